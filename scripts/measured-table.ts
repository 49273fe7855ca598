// The README's table of what was measured, and of what is slower than a peer, from bench/RESULTS.md.
import { BROKER, CLASS, MOSQUITTO, NODE_RED, ON_MOSQUITTO, SEED_GRAPH } from "../bench/names.ts";

/** Messages a second by `contender | way`, as bench/report.ts writes them. */
export type Rates = ReadonlyMap<string, number>;

const GRAPHS = "iotctl, 40 seed graphs";
const WINDOWS = [1, 16, 256];
const EACH = [1, 6];

/** Reads the table of rates. */
export function ratesIn(results: string): Rates {
	const rows = results.matchAll(/^\| ([^|]+) \| ([^|]+) \| ([\d,]+) \([\d,]+–[\d,]+\) \|/gm);
	return new Map(
		[...rows].map(([, who, way, rate = ""]) => [
			`${who} | ${way}`,
			Number(rate.replaceAll(",", "")),
		]),
	);
}

/** Both tables and the list, as Markdown. */
export function measuredTable(results: string): string {
	const rates = ratesIn(results);
	return [
		...windowRows(rates),
		"",
		...classRows(rates),
		"",
		"### Slower than a peer",
		"",
		...slower(rates),
		"",
	].join("\n");
}

function windowRows(rates: Rates): string[] {
	const row = (name: string, who: string, ...qos: readonly number[]) => {
		const cells = WINDOWS.map((window) =>
			qos.map((one) => shown(rates, who, `QoS ${one}, ${window}`)).join(" / "),
		);
		return `| ${name} | ${cells.join(" | ")} |`;
	};
	return [
		`| Messages in flight | ${WINDOWS.join(" | ")} |`,
		`|---|${"---|".repeat(WINDOWS.length)}`,
		row("mosquitto alone, QoS 0 / 1 / 2", MOSQUITTO, 0, 1, 2),
		row("`iotctl`, broker alone, QoS 0 / 1 / 2", BROKER, 0, 1, 2),
		row("`iotctl`, a graph with two Python functions, QoS 0 / 2", SEED_GRAPH, 0, 2),
		row("`iotctl` on mosquitto, the same graph, QoS 0 / 2", ON_MOSQUITTO, 0, 2),
		`| Node-RED on mosquitto, the same in JavaScript, QoS 0 / 2 | ${WINDOWS.map(
			(window) =>
				`${shown(rates, NODE_RED, `QoS 0, ${window}`)} / ${shown(rates, `${NODE_RED}, QoS 2`, `QoS 2, ${window}`)}`,
		).join(" | ")} |`,
	];
}

function classRows(rates: Rates): string[] {
	const row = (name: string, who: string) => {
		const cells = EACH.map((each) =>
			[0, 1].map((qos) => shown(rates, `${who}, ${CLASS}`, `QoS ${qos}, ${each} each`)).join(" / "),
		);
		return `| ${name} | ${cells.join(" | ")} |`;
	};
	return [
		"| A class: 40 publishers, 40 subscribers, QoS 0 / 1 | one in flight each | six each |",
		"|---|---|---|",
		row("mosquitto alone", MOSQUITTO),
		row("`iotctl`, broker alone", BROKER),
		row("`iotctl`, 40 graphs with two Python functions", GRAPHS),
	];
}

function shown(rates: Rates, who: string, way: string): string {
	return rates.get(`${who} | ${way}`)?.toLocaleString("en") ?? "–";
}

/** Who is compared with whom, and how that is said. */
const PEERS: readonly (readonly [ours: string, peer: string, what: string])[] = [
	[BROKER, MOSQUITTO, "The broker alone, of mosquitto"],
	[`${BROKER}, ${CLASS}`, `${MOSQUITTO}, ${CLASS}`, "The broker alone with a class, of mosquitto"],
	[ON_MOSQUITTO, NODE_RED, "A graph on mosquitto, of Node-RED"],
	[ON_MOSQUITTO, `${NODE_RED}, QoS 2`, "A graph on mosquitto, of Node-RED"],
	[SEED_GRAPH, MOSQUITTO, "A graph with Python, of mosquitto, which computes nothing"],
	[
		`${GRAPHS}, ${CLASS}`,
		`${MOSQUITTO}, ${CLASS}`,
		"40 graphs with Python, of mosquitto, which computes nothing",
	],
];

function slower(rates: Rates): string[] {
	const lines = PEERS.flatMap(([ours, peer, what]) => {
		const found = [...rates].flatMap(([key, rate]) => {
			const [who, way = ""] = key.split(" | ");
			const ratio = rate / (rates.get(`${peer} | ${way}`) ?? Number.NaN);
			return who === ours && ratio < 0.995 ? [`${ratio.toFixed(2)} at ${way}`] : [];
		});
		return found.length === 0 ? [] : [`- ${what}: ${found.join("; ")} in flight.`];
	});
	return lines.length === 0 ? ["Nothing in this run."] : lines;
}

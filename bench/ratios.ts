// Which measurements are compared with which, and what their ratios were in the last recorded run.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { BROKER, CLASS, MOSQUITTO, NODE_RED, ON_MOSQUITTO, SEED_GRAPH } from "./names.ts";

/** Two contenders whose rates are compared. */
interface Comparison {
	readonly name: string;
	readonly measured: string;
	readonly reference: string;
	/** What the ratio is to be at least, by the way they are loaded. */
	readonly targets: Readonly<Record<string, number>>;
}

const MANY = "QoS 0, 256";
const PASS_THROUGH = "iotctl, pass-through graph";

/** The same target for each window of these QoS. */
const everywhere = (target: number, ...qos: readonly number[]) =>
	Object.fromEntries(
		qos.flatMap((one) => [256, 16, 1].map((window) => [`QoS ${one}, ${window}`, target])),
	);
const eachOf = (six: number, one: number) => ({
	"QoS 0, 6 each": six,
	"QoS 0, 1 each": one,
	"QoS 1, 6 each": six,
	"QoS 1, 1 each": one,
});

const COMPARISONS: readonly Comparison[] = [
	{
		...{ name: "seed graph", measured: SEED_GRAPH, reference: MOSQUITTO },
		// With 256 it is not to fall behind what it was before engines polled.
		targets: { [MANY]: 2.19, "QoS 0, 16": 0.8, "QoS 0, 1": 0.7 },
	},
	{
		...{ name: "raw", measured: BROKER, reference: MOSQUITTO },
		targets: everywhere(1, 0, 1, 2),
	},
	{
		...{ name: "pass-through graph", measured: PASS_THROUGH, reference: MOSQUITTO },
		targets: { [MANY]: 1.5 },
	},
	{
		...{ name: "100 graphs, of one", measured: "iotctl, 100 seed graphs", reference: SEED_GRAPH },
		targets: { [MANY]: 0.8 },
	},
	{
		...{ name: "class room, raw", measured: `${BROKER}, ${CLASS}` },
		...{ reference: `${MOSQUITTO}, ${CLASS}`, targets: eachOf(1, 1) },
	},
	{
		...{ name: "class room, 40 seed graphs", measured: `iotctl, 40 seed graphs, ${CLASS}` },
		...{ reference: `${MOSQUITTO}, ${CLASS}`, targets: eachOf(1.2, 0.6) },
	},
	{
		...{ name: "watched seed graph, of unwatched", measured: `${SEED_GRAPH}, watched` },
		...{ reference: SEED_GRAPH, targets: { [MANY]: 0.9, "QoS 0, 1": 0.9 } },
	},
	{
		...{ name: "watched pass-through graph, of unwatched", measured: `${PASS_THROUGH}, watched` },
		...{ reference: PASS_THROUGH, targets: { [MANY]: 0.9 } },
	},
	{
		...{ name: "on mosquitto, of mosquitto alone", measured: ON_MOSQUITTO, reference: MOSQUITTO },
		targets: { [MANY]: 0.34, "QoS 0, 16": 0.28, "QoS 0, 1": 0.36 },
	},
	{
		...{ name: "on mosquitto, of Node-RED", measured: ON_MOSQUITTO },
		...{ reference: NODE_RED, targets: everywhere(1, 0) },
	},
	{
		...{ name: "on mosquitto, of Node-RED", measured: ON_MOSQUITTO },
		...{ reference: `${NODE_RED}, QoS 2`, targets: everywhere(1, 2) },
	},
];

/** Ratio → [measured, reference, target]; the first two are `contender | way`. */
export const TARGETS: Readonly<Record<string, readonly [string, string, number]>> =
	Object.fromEntries(
		COMPARISONS.flatMap(({ name, measured, reference, targets }) =>
			Object.entries(targets).map(([way, target]) => [
				`${name}, ${way}`,
				[`${measured} | ${way}`, `${reference} | ${way}`, target] as const,
			]),
		),
	);

/** Ratios of the last recorded run. */
export function recordedRatios(): Readonly<Record<string, number>> {
	return JSON.parse(readFileSync(join(import.meta.dir, "ratios.json"), "utf8"));
}

/** A line for each ratio that has collapsed, below half of the recorded one, or has nothing to be compared with. */
export function problemsOf(
	found: Readonly<Record<string, number>>,
	recorded: Readonly<Record<string, number>>,
): string[] {
	return Object.entries(found).flatMap(([name, ratio]) => {
		const before = recorded[name];
		if (before === undefined)
			return [`not recorded: ${name} is ${ratio}; add it to bench/ratios.json`];
		return ratio < before / 2 ? [`collapsed: ${name} is ${ratio}, was ${before}`] : [];
	});
}

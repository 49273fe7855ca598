// How soon stored graphs answer again after a start; the last one is asked.
import { COUNTS as INTEGERS, readArguments } from "../scripts/program-arguments.ts";
import { TestClient } from "../test/support/mqtt.ts";
import { BINARY } from "../test/support/target.ts";
import { until } from "../test/support/waiting.ts";
import { atMost, type Finding, middle } from "./finding.ts";
import { cpuSeconds, residentMiB } from "./servers.ts";
import { startStored } from "./stored.ts";

const GIVE_UP_MS = 120_000;
const FIRST_ROUNDS = 5;
const RESTORED_ROUNDS = 3;

/** What a start with so many graphs took, seconds from the start of the process. */
interface Restored {
	readonly http: number;
	readonly answer: number;
	readonly serverCpu: number;
	readonly engineCpu: number;
	readonly serverMiB: number;
}

/** First data after a start, with one graph and with 5,000. */
export async function restoring(): Promise<Finding[]> {
	const answers = async (graphs: number, rounds: number) => {
		const found: number[] = [];
		for (let n = 0; n < rounds; n++) found.push((await restore(graphs)).answer);
		return found;
	};
	const first = await answers(1, FIRST_ROUNDS);
	const all = await answers(5000, RESTORED_ROUNDS);
	const shown = (found: readonly number[]) => ({
		...{ unit: "s", digits: 2 },
		more: ` (${Math.min(...found).toFixed(2)}–${Math.max(...found).toFixed(2)})`,
	});
	return [
		atMost("start to first data through Python", middle(first), 0.7, shown(first)),
		atMost("start to data through the last of 5,000 graphs", middle(all), 4, shown(all)),
	];
}

async function restore(graphs: number, binary?: string): Promise<Restored> {
	const server = await startStored({ graphs }, {}, binary);
	const seconds = () => (performance.now() - server.begun) / 1000;
	try {
		const http = seconds();
		const { to, from } = server.pairs.at(-1) ?? { to: "", from: "" };
		const client = await TestClient.connect(`mqtt://127.0.0.1:${server.mqtt}`);
		let answered = false;
		client.raw.on("message", () => {
			answered = true;
		});
		await client.subscribe(from);
		const asks = () => {
			if (!answered) client.raw.publish(to, "3");
			return answered;
		};
		await until(asks, "the last graph's answer", { ms: GIVE_UP_MS });
		const answer = seconds();
		await client.end();
		return {
			http,
			answer,
			serverCpu: cpuSeconds(server.pid),
			engineCpu: server
				.engines()
				.map(cpuSeconds)
				.reduce((sum, cpu) => sum + cpu, 0),
			serverMiB: residentMiB(server.pid),
		};
	} finally {
		await server.stop();
	}
}

if (import.meta.main) {
	const { values, positionals } = readArguments(
		{
			usage: "bun bench/restore.ts [GRAPHS…] [--binary FILE]",
			about:
				"Measures how soon stored graphs answer again after a start: 5000 and 10000 of them, unless told.",
			words: INTEGERS,
		},
		{ binary: { type: "string", default: BINARY } },
	);
	const counts = positionals.length === 0 ? [5000, 10_000] : positionals.map(Number);
	for (const graphs of counts) {
		const { http, answer, serverCpu, engineCpu, serverMiB } = await restore(graphs, values.binary);
		console.log(
			`${graphs} graphs: HTTP after ${http.toFixed(2)} s, the last graph answers after ${answer.toFixed(2)} s; CPU: server ${serverCpu.toFixed(1)} s, engine ${engineCpu.toFixed(1)} s; server ${Math.round(serverMiB)} MiB`,
		);
	}
	process.exit(0);
}

// What server and engine need when there is little or nothing to do, with polling before they sleep and without
// (docs/adr/0030-polling-before-sleeping.md).
import { readArguments } from "../scripts/program-arguments.ts";
import { openLoop } from "./contenders.ts";
import { atMost, type Finding, middle, print } from "./finding.ts";
import { processorMicros } from "./growth-cost.ts";
import { iotctl, measure, type Ours, SEED } from "./servers.ts";

const ROUNDS = 3;
/** After a load, until what follows from it is over: two seconds later the runtime collects its garbage. */
const SETTLE_SECONDS = 10;
const IDLE_SECONDS = 5;
const LOAD_SECONDS = 5;
const PER_SECOND = 100;
/** A larger ratio is not taken for chance. */
const CHANCE = 1.05;

/** Milliseconds of processor time in a second, of server and engine. */
interface Needed {
	readonly idle: number;
	readonly loaded: number;
}

async function needed(polling: "auto" | "off"): Promise<Needed> {
	const subject = await iotctl("steady", SEED, 1, false, { esm: { "busy-poll": polling } });
	const load = { ...openLoop(PER_SECOND), seconds: LOAD_SECONDS, warmupSeconds: 0 };
	await measure(subject, { ...load, seconds: 2 });
	const loaded = await millisecondsOf(subject, async () => {
		await measure(subject, load);
	});
	await Bun.sleep(SETTLE_SECONDS * 1000);
	const idle = await millisecondsOf(subject, () => Bun.sleep(IDLE_SECONDS * 1000));
	await subject.stop();
	return { idle: idle / IDLE_SECONDS, loaded: loaded / LOAD_SECONDS };
}

async function millisecondsOf(subject: Ours, work: () => Promise<void>): Promise<number> {
	const { server = 0, engine = 0 } = subject.pids();
	const sum = () => processorMicros(server) + processorMicros(engine);
	const before = sum();
	await work();
	return (sum() - before) / 1000;
}

/** Both, in turn. */
export async function steady(): Promise<Finding[]> {
	const [polling, without]: [Needed[], Needed[]] = [[], []];
	for (let n = 0; n < ROUNDS; n++) {
		polling.push(await needed("auto"));
		without.push(await needed("off"));
	}
	const idle = middle(polling.map((one) => one.idle)) / 10;
	const [withPolling, off] = [polling, without].map((all) => middle(all.map((one) => one.loaded)));
	if (withPolling === undefined || off === undefined) return [];
	return [
		atMost(
			`processor time with an engine and nothing to do, from ${SETTLE_SECONDS} s after a load on`,
			idle,
			0.5,
			{ unit: "% of one", digits: 2 },
		),
		{
			what: `processor time of ${PER_SECOND} messages a second, server and engine`,
			measured: `${withPolling.toFixed(1)} ms/s (without polling ${off.toFixed(1)})`,
			target: "not more than without polling",
			isMet: withPolling <= off * CHANCE,
		},
	];
}

if (import.meta.main) {
	readArguments(
		{ usage: "bun bench/steady.ts", about: "Measures what little traffic costs, and none." },
		{},
	);
	print(await steady());
	process.exit(0);
}

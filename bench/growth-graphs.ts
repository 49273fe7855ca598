// What a message costs by how many graphs there are, and by how long their functions take.
import { Flow } from "../test/support/flow.ts";
import { publishFrame } from "../test/support/raw-mqtt.ts";
import type { Target } from "../test/support/target.ts";
import { WIDE } from "./growth-broker.ts";
import { costOf, costsOf, mainThreadMicros, processorMicros, type Subject } from "./growth-cost.ts";
import { Traffic } from "./growth-traffic.ts";
import { type StoredServer, startStored } from "./stored.ts";

const MESSAGES = 20_000;
const WINDOW = 64;
/** Work for functions of each duration, microseconds, and messages at most. */
const FUNCTION_MICROS = 4_000_000;
const FUNCTION_MESSAGES = 10_000;
const FUNCTION_MESSAGES_LEAST = 20;
/** Quick messages before those that count: the same for all durations. */
const WARM_UP = 10_000;
/** How long to look at what processes do by themselves. */
const IDLE_MS = 1000;

/** Graphs of the seed's functions that get messages in turn. */
export const graphs: Subject = {
	name: "graphs",
	unit: "µs a message",
	sizes: [1, 10, 100, 1000, 10_000],
	shortSizes: [1, 10, 100],
	measure: async (size, share) => {
		const server = await startStored({ graphs: size }, WIDE);
		const traffic = await Traffic.open(server.mqtt, [server.pairs.map(({ from }) => from)]);
		const frames = server.pairs.map(({ to }) => publishFrame(to, "3").frame);
		const frame = (n: number) => frames[n % size] ?? Buffer.alloc(0);
		const count = Math.max(size, Math.ceil(MESSAGES * share));
		// One at a time at first: what comes before an engine has all graphs waits in them.
		await traffic.run({ frame, count: Math.min(size, 100), window: 1 });
		const course = { frame, count, window: WINDOW };
		await traffic.run(course);
		const [engine = 0] = server.engines();
		const [ofServer = 0, ofEngine = 0] = await costsOf([server.pid, engine], count, () =>
			traffic.run(course),
		);
		traffic.close();
		await server.stop();
		return { server: ofServer, engine: ofEngine };
	},
};

/** Counts as far as the message says, and answers with the seconds that all of it has taken so far. */
const BUSY = `
from time import perf_counter
total = 0.0
def run(x):
  global total
  begun = perf_counter()
  for _ in range(x): pass
  total += perf_counter() - begun
  return total
`;
/** How far it counts to learn how long that takes. */
const FAR = 1_000_000;
const TRIES = 5;

/** What a message costs beside its function's own time. */
export const functions: Subject = {
	name: "a function's time in µs",
	unit: "µs a message beyond it",
	sizes: [1, 10, 100, 1000, 10_000],
	shortSizes: [1, 100, 10_000],
	measure: async (size, share) => {
		const server = await startStored({}, WIDE);
		const target = {
			http: `http://127.0.0.1:${server.http}`,
			mqtt: `mqtt://127.0.0.1:${server.mqtt}`,
		} as Target;
		const flow = await Flow.build(target, { idfs: [{ code: BUSY }], odfs: [{}] });
		await flow.device.client.end();
		const traffic = await Traffic.open(server.mqtt, [[flow.odfTopics[0] ?? ""]]);
		const frameOf = (far: number) => publishFrame(flow.idfTopics[0] ?? "", String(far)).frame;
		const perMicro = await countedInMicro(traffic, frameOf);
		const [frame, quick] = [size, 1].map((micros) => frameOf(Math.round(micros * perMicro)));
		if (frame === undefined || quick === undefined) throw new Error("there is no message");
		const most = Math.min(FUNCTION_MESSAGES, FUNCTION_MICROS / size) * share;
		const count = Math.max(FUNCTION_MESSAGES_LEAST, Math.ceil(most));
		const costs: Record<string, number> = {};
		for (const window of [1, WINDOW]) {
			const course = { frame: () => frame, count, window };
			await traffic.run({ frame: () => quick, count: Math.ceil(WARM_UP * share), window });
			await traffic.run({ ...course, count: FUNCTION_MESSAGES_LEAST });
			const { ofServer, ofEngine } = await beyond(server, traffic, course);
			const name = window === 1 ? "one at a time" : `${window} on their way`;
			costs[`server, ${name}`] = ofServer / count;
			costs[`engine, ${name}`] = ofEngine / count;
		}
		traffic.close();
		await server.stop();
		return costs;
	},
};

/**
 * Processor time of server and engine without that of the functions, and without what both do when there is nothing to
 * do. The functions say how long they took; what of that the engine waited for a processor is taken off in proportion.
 */
async function beyond(
	server: StoredServer,
	traffic: Traffic,
	course: Parameters<Traffic["run"]>[0],
): Promise<{ ofServer: number; ofEngine: number }> {
	const [engine = 0] = server.engines();
	const idle = await idleOf([server.pid, engine]);
	const taken = () => takenMicros(traffic);
	const [takenBefore, mainBefore] = [taken(), mainThreadMicros(engine)];
	const [allBefore, begun] = [processorMicros(engine), performance.now()];
	const serverMicros = await costOf(server.pid, 1, () => traffic.run(course));
	const ms = performance.now() - begun;
	const [inFunctions, main] = [taken() - takenBefore, mainThreadMicros(engine)];
	const [ran, waited] = [main.ran - mainBefore.ran, main.waited - mainBefore.waited];
	const besideMain = processorMicros(engine) - allBefore - ran;
	const engineMicros = besideMain + ran * (1 - inFunctions / (ran + waited));
	return {
		ofServer: serverMicros - (idle[0] ?? 0) * ms,
		ofEngine: engineMicros - (idle[1] ?? 0) * ms,
	};
}

/** How long the functions have taken so far. */
function takenMicros({ last }: Traffic): number {
	return Number(JSON.parse(last.toString())[0]) * 1e6;
}

/** How far the function counts in a microsecond, at its best. */
async function countedInMicro(traffic: Traffic, frameOf: (far: number) => Buffer): Promise<number> {
	const one = (far: number) => traffic.run({ frame: () => frameOf(far), count: 1, window: 1 });
	await one(1);
	let best = 0;
	for (let n = 0; n < TRIES; n++) {
		const before = takenMicros(traffic);
		await one(FAR);
		best = Math.max(best, FAR / (takenMicros(traffic) - before));
	}
	return best;
}

/** Microseconds of processor time in a millisecond without messages, of each process. */
async function idleOf(pids: readonly number[]): Promise<number[]> {
	const [before, begun] = [pids.map(processorMicros), performance.now()];
	await Bun.sleep(IDLE_MS);
	const ms = performance.now() - begun;
	return pids.map((pid, n) => (processorMicros(pid) - (before[n] ?? 0)) / ms);
}

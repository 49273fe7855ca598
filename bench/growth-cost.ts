// What a unit of work costs, by the processor time of the processes that do it: what else the machine does changes that
// less than how long it takes.
import { readFileSync } from "node:fs";
import { openLibc } from "../src/kit/libc.ts";
import { middle } from "./finding.ts";

/** Microseconds of processor time for a unit, by what is counted. */
export type Costs = Readonly<Record<string, number>>;

/** Something whose cost is to stay what it is while it grows. */
export interface Subject {
	/** What there is more and more of. */
	readonly name: string;
	readonly unit: string;
	readonly sizes: readonly number[];
	/** For the short run. */
	readonly shortSizes: readonly number[];
	/** @param share Of the work of the long run. */
	measure(size: number, share: number): Promise<Costs>;
}

const ROUNDS = 5;
const libc = openLibc({ clock_gettime: { args: ["int", "ptr"], returns: "int" } });
/** In the number of a clock: that of a process's processor time (`clock_getcpuclockid(3)`). */
const CPUCLOCK_SCHED = 2;

/** Processor time of a process so far, threads that have ended included, in microseconds. */
export function processorMicros(pid: number): number {
	const time = new BigInt64Array(2);
	if (libc()?.clock_gettime((~pid << 3) | CPUCLOCK_SCHED, time) !== 0) {
		throw new Error(`process ${pid} is not there`);
	}
	return Number(time[0]) * 1e6 + Number(time[1]) / 1000;
}

/** Time of a process's main thread, microseconds: on a processor, and waiting for one. */
export function mainThreadMicros(pid: number): { ran: number; waited: number } {
	const [ran = 0, waited = 0] = readFileSync(`/proc/${pid}/schedstat`, "utf8")
		.split(" ")
		.map(Number);
	return { ran: ran / 1000, waited: waited / 1000 };
}

/** Microseconds of processor time for each of so many units of the work. */
export async function costOf(
	pid: number,
	units: number,
	work: () => Promise<void>,
): Promise<number> {
	const before = processorMicros(pid);
	await work();
	return (processorMicros(pid) - before) / units;
}

/** The same for several processes and work that can be done again: the median of some rounds, for each process. */
export async function costsOf(
	pids: readonly number[],
	units: number,
	work: () => Promise<void>,
): Promise<number[]> {
	const rounds: number[][] = [];
	for (let n = 0; n < ROUNDS; n++) {
		const before = pids.map(processorMicros);
		await work();
		rounds.push(pids.map((pid, at) => (processorMicros(pid) - (before[at] ?? 0)) / units));
	}
	return pids.map((_, at) => middle(rounds.map((round) => round[at] ?? Number.NaN)));
}

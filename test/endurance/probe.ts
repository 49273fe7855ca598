// A well-behaved device whose messages are timed while others misbehave.
import { readFileSync } from "node:fs";
import { Flow } from "../support/flow.ts";
import type { Target } from "../support/target.ts";
import { DEADLINE_MS } from "../support/waiting.ts";

const EVERY_MS = 5;

export interface Timing {
	readonly sent: number;
	readonly lost: number;
	/** Milliseconds from sending to receiving. */
	readonly p50: number;
	readonly p99: number;
	readonly max: number;
	/** Every one of them. */
	readonly took: readonly number[];
}

/** Sends a number through a graph with a Python function and waits for it, again and again. */
export class Probe {
	readonly #flow: Flow;
	readonly #sentAt = new Map<number, number>();
	#took: number[] = [];
	#next = 1;

	private constructor(flow: Flow) {
		this.#flow = flow;
		flow.device.client.raw.on("message", (_topic, payload) => {
			const sentAt = this.#sentAt.get(Number(JSON.parse(payload.toString())[0]));
			if (sentAt !== undefined) this.#took.push(performance.now() - sentAt);
		});
	}

	static async start(target: Target): Promise<Probe> {
		const flow = await Flow.build(target, {
			idfs: [{ code: "def run(x): return x\n" }],
			odfs: [{}],
		});
		await flow.expect(0, [0]);
		return new Probe(flow);
	}

	/** Times the messages of so many milliseconds. */
	async measure(ms: number): Promise<Timing> {
		this.#sentAt.clear();
		this.#took = [];
		const end = performance.now() + ms;
		while (performance.now() < end) {
			this.#sentAt.set(this.#next, performance.now());
			const topic = this.#flow.idfTopics[0] ?? "";
			this.#flow.device.client.raw.publish(topic, String(this.#next++), { qos: 1 });
			await Bun.sleep(EVERY_MS);
		}
		const sent = this.#sentAt.size;
		const deadline = performance.now() + DEADLINE_MS;
		while (this.#took.length < sent && performance.now() < deadline) await Bun.sleep(1);
		return timingOf(sent, this.#took);
	}

	async end(): Promise<void> {
		await this.#flow.device.client.end();
	}
}

/** Several timings as one. */
export function together(timings: readonly Timing[]): Timing {
	const sent = timings.reduce((sum, timing) => sum + timing.sent, 0);
	return timingOf(
		sent,
		timings.flatMap(({ took }) => took),
	);
}

function timingOf(sent: number, took: readonly number[]): Timing {
	const sorted = took.toSorted((a, b) => a - b);
	const at = (share: number) =>
		sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
	return { sent, lost: sent - sorted.length, p50: at(0.5), p99: at(0.99), max: at(1), took };
}

export function show({ sent, lost, p50, p99, max }: Timing): string {
	const ms = (value: number) => value.toFixed(2);
	return `p50 ${ms(p50)} p99 ${ms(p99)} max ${ms(max)} ms (${sent} sent, ${lost} lost)`;
}

/** Resident memory of a process, MiB. */
export function residentMiB(pid: number): number {
	const status = readFileSync(`/proc/${pid}/status`, "utf8");
	return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
}

/** Lines of the log that no client may be able to cause. */
export function ownFailures(target: Target): string[] {
	const lines = target
		.log()
		.split("\n")
		.filter((line) => /unexpected failure|broker failure|request failed/.test(line));
	return lines.slice(0, 3);
}

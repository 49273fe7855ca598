import { readSync, writeSync } from "node:fs";
import { InvariantError } from "../../kit/mod.ts";
import { recvInto } from "./channel-recv.ts";
import { encodeFrame, FrameReader } from "./frames.ts";
import { type Interpreter, startInterpreter } from "./interpreter.ts";
import { ENGINE_CHANNEL, type EngineLimits, SEPARATOR, SLICE_MS } from "./protocol.ts";
import { RequestPoll } from "./request-poll.ts";
import { dieWithParent, enterSandbox, renewCpuTime } from "./sandbox.ts";
import { Watchdog } from "./watchdog.ts";

/** Exit code after user code broke the interpreter; the host starts a new engine. */
const EXIT_BROKEN = 70;
/** Processor time beyond the limits of batch and call: collecting garbage and compiling count too. */
const CPU_SLACK_SECONDS = 30;

/** Largest request. */
const MAX_REQUEST_BYTES = 1 << 28;
const READ_BYTES = 1 << 18;
/** So much is worked on before the runtime gets a turn: it frees memory only between turns. */
const BYTES_PER_TURN = 1 << 15;

/**
 * The engine process's main loop: takes requests from the host until it goes away. Reading waits in the
 * kernel, not in an event loop: an engine has nothing else to do, and a request is worked on at once.
 * @param limits JSON text of {@link EngineLimits}.
 */
export async function runEngine(limits: string): Promise<void> {
	// A function stuck in a C loop never sees the channel close, so the kernel has to end it.
	dieWithParent();
	// pyodide prints a page of its own on a fatal error; the host reports it in one line.
	console.error = () => {};
	const known: EngineLimits = JSON.parse(limits);
	const { maxMemoryBytes } = known;
	const watchdog = new Watchdog(known.callTimeoutMs + SLICE_MS);
	await watchdog.start();
	const chunk = Buffer.allocUnsafeSlow(READ_BYTES);
	// Before the filter, which refuses to open libraries.
	const read = reading(chunk, known.busyPoll);
	const interpreter = await startInterpreter(known, watchdog.interrupt);
	const { isFiltered, reason } = enterSandbox(maxMemoryBytes);
	const cpuSeconds = CPU_SLACK_SECONDS + (2 * known.callTimeoutMs) / 1000;
	let renewedAt = -Infinity;
	const reader = new FrameReader((word, text) => {
		if (performance.now() - renewedAt > 1000) {
			renewedAt = performance.now();
			renewCpuTime(cpuSeconds + known.batchTimeoutMs / 1000);
		}
		answer(interpreter, watchdog, word, text);
	}, MAX_REQUEST_BYTES);
	reply("ready", isFiltered ? "" : (reason ?? "reason unknown"));
	let taken = 0;
	try {
		for (;;) {
			const size = read();
			if (size === 0) process.exit(0);
			reader.read(chunk.subarray(0, size));
			taken += size;
			if (taken < BYTES_PER_TURN) continue;
			taken = 0;
			await nextTurn();
		}
	} catch {
		process.exit(EXIT_BROKEN);
	}
}

/** How requests are waited for. */
function reading(chunk: Buffer, busyPoll: boolean): () => number {
	const wait = () => readSync(ENGINE_CHANNEL, chunk);
	const recv = busyPoll ? recvInto(ENGINE_CHANNEL, chunk) : undefined;
	if (recv === undefined) return wait;
	const poll = new RequestPoll({ recv, wait, now: Bun.nanoseconds });
	return () => poll.read();
}

function nextTurn(): Promise<void> {
	return new Promise((resolve) => setImmediate(resolve));
}

function answer(interpreter: Interpreter, watchdog: Watchdog, ask: string, text: string): void {
	if (ask !== "batch") {
		reply(
			"done",
			watchdog.watch(() => askFor(interpreter, ask, text)),
		);
		return;
	}
	const total = (count(text, SEPARATOR) + 1) / 2;
	let done = 0;
	while (done < total) {
		const slice = watchdog.watch(() =>
			done === 0 ? interpreter.startBatch(text) : interpreter.continueBatch(),
		);
		done += Number.parseInt(slice, 10);
		reply("slice", slice);
	}
}

function askFor(interpreter: Interpreter, ask: string, text: string): string {
	switch (ask) {
		case "prepare":
		case "release":
		case "declare":
		case "drop":
		case "record":
		case "tool":
			return interpreter[ask](text);
		default:
			throw new InvariantError(`unknown request ${ask}`);
	}
}

function count(text: string, mark: string): number {
	let found = 0;
	for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + 1)) found += 1;
	return found;
}

function reply(word: string, text: string): void {
	const frame = encodeFrame(word, text);
	for (let at = 0; at < frame.length; ) at += writeSync(ENGINE_CHANNEL, frame, at);
}

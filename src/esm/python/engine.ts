import { type Interpreter, startInterpreter } from "./interpreter.ts";
import {
	type EngineLimits,
	type EngineReply,
	type EngineRequest,
	SEPARATOR,
	SLICE_MS,
} from "./protocol.ts";
import { dieWithParent, enterSandbox, renewCpuTime } from "./sandbox.ts";
import { Watchdog } from "./watchdog.ts";

/** Exit code after user code broke the interpreter; the host starts a new engine. */
const EXIT_BROKEN = 70;
/** Processor time beyond the limits of batch and call: collecting garbage and compiling count too. */
const CPU_SLACK_SECONDS = 30;

/**
 * The engine process's main loop: takes requests from the host until it goes away.
 * @param limits JSON text of {@link EngineLimits}.
 */
export async function runEngine(limits: string): Promise<void> {
	// A function stuck in a C loop never sees the channel close, so the kernel has to end it.
	dieWithParent();
	// pyodide prints a page of its own on a fatal error; the host reports it in one line.
	console.error = () => {};
	process.on("disconnect", () => process.exit(0));
	const known: EngineLimits = JSON.parse(limits);
	const { maxMemoryBytes } = known;
	const watchdog = new Watchdog(known.callTimeoutMs + SLICE_MS);
	watchdog.start();
	const interpreter = await startInterpreter(known, watchdog.interrupt);
	const filtered = enterSandbox(maxMemoryBytes);
	const cpuSeconds = CPU_SLACK_SECONDS + (2 * known.callTimeoutMs) / 1000;
	let renewedAt = -Infinity;
	process.on("message", (request: EngineRequest) => {
		if (performance.now() - renewedAt > 1000) {
			renewedAt = performance.now();
			renewCpuTime(cpuSeconds + known.batchTimeoutMs / 1000);
		}
		try {
			answer(interpreter, watchdog, request);
		} catch {
			process.exit(EXIT_BROKEN);
		}
	});
	reply({ answer: "ready", filtered });
}

function answer(interpreter: Interpreter, watchdog: Watchdog, { ask, text }: EngineRequest): void {
	if (ask !== "batch") {
		reply({ answer: "done", text: watchdog.watch(() => interpreter[ask](text)) });
		return;
	}
	const total = (count(text, SEPARATOR) + 1) / 2;
	let done = 0;
	while (done < total) {
		const slice = watchdog.watch(() =>
			done === 0 ? interpreter.startBatch(text) : interpreter.continueBatch(),
		);
		done += Number.parseInt(slice, 10);
		reply({ answer: "slice", text: slice });
	}
}

function count(text: string, mark: string): number {
	let found = 0;
	for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + 1)) found += 1;
	return found;
}

function reply(message: EngineReply): void {
	process.send?.(message);
}

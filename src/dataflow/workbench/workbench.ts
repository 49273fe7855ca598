import { type Clock, type Logger, messageOf, systemClock } from "../../kit/mod.ts";
import { type EngineOptions, launcher } from "../python/launcher.ts";
import type { Launch } from "../python/task.ts";
import { readReason } from "./bench-answers.ts";
import type { Outcome } from "./bench-engine.ts";
import { BenchHost, CALL_TIMEOUT_MS, LATE } from "./bench-host.ts";
import { memoryLimit } from "./memory-limit.ts";

/** `[gui] workbench`: `auto` is on unless there is less than {@link LEAST_MEMORY_BYTES}. */
export type WorkbenchSetting = "auto" | "on" | "off";

/** Below this much memory, of the machine or of the control group, `auto` means off. */
export const LEAST_MEMORY_BYTES = 1e9;

const MAX_RESULT_BYTES = 64 << 10;
const MAX_PRINT_CHARS = 4000;

export interface WorkbenchOptions
	extends Pick<EngineOptions, "engine" | "packagesDir" | "maxMemoryBytes" | "recursionLimit"> {
	readonly setting: WorkbenchSetting;
	/** Largest source, bytes of UTF-8; a getter where a reload may change it. */
	readonly maxSourceBytes: number;
}

/** What a workbench lives on; tests pass their own. */
export interface WorkbenchParts {
	readonly launch: Launch;
	readonly clock: Clock;
	/** Bytes of memory there are; undefined: not known. */
	readonly memoryBytes: number | undefined;
}

/** What the workbench does at the moment, for status and metrics; nothing else depends on it. */
export interface WorkbenchStats {
	/** `disabled`: by the setting, or for want of memory; `off`: it starts when it is used. */
	readonly state: "disabled" | "off" | "starting" | "ready";
	readonly pid: number | null;
	/** Requests that wait for their turn. */
	readonly waiting: number;
}

/**
 * Looks at sources in an engine of its own, so that nothing of them runs in the server or beside the functions that
 * carry traffic. The engine starts with the first use and ends after a minute without any.
 */
export class Workbench {
	readonly #options: WorkbenchOptions;
	readonly #log: Logger;
	readonly #host: BenchHost;
	/** Whether sources are checked and drafts can be tried. */
	readonly isOn: boolean;

	constructor(
		options: WorkbenchOptions,
		log: Logger,
		{ launch, clock, memoryBytes }: WorkbenchParts = partsFor(options, log),
	) {
		this.#options = options;
		this.#log = log;
		this.#host = new BenchHost(launch, clock, log);
		const fits = memoryBytes === undefined || memoryBytes >= LEAST_MEMORY_BYTES;
		this.isOn = options.setting === "on" || (options.setting === "auto" && fits);
	}

	get stats(): WorkbenchStats {
		const { state, pid, waiting } = this.#host;
		return { state: this.isOn ? state : "disabled", pid, waiting };
	}

	/**
	 * What speaks against a source, in Python's words (`ccm-gui.md §3.4`): it does not compile, or has no `run`. It is
	 * compiled in the engine and not executed. Undefined where nothing does, and where it is not known because the
	 * workbench is off, overloaded or without an engine, or compiling takes too long: then the CSM's refusal tells. Never rejects.
	 */
	async check(code: string): Promise<string | undefined> {
		const tooLong = this.#tooLong(code);
		if (tooLong !== undefined || !this.isOn) return tooLong;
		const verdict = await this.#host.use(null, () => this.#checked(code));
		if ("found" in verdict) return verdict.found;
		this.#log.debug("source stored unchecked", { reason: verdict.reason });
		return undefined;
	}

	/** Ends the engine; it is gone when the promise resolves. */
	stop(): Promise<void> {
		return this.#host.stop();
	}

	async #checked(code: string): Promise<{ found: string | undefined }> {
		let outcome = await this.#host.ask("check", code);
		// Something else may have ended the engine just then: a source is to blame if it does so twice.
		if (isCrash(outcome) && (await this.#host.start()) === undefined) {
			outcome = await this.#host.ask("check", code);
		}
		if (this.#host.isStopped || ("lost" in outcome && !isCrash(outcome))) {
			return { found: undefined };
		}
		return { found: (await this.#read(outcome, readReason)) ?? undefined };
	}

	/** The engine's answer, or in its place why there is none. */
	async #read<T>(outcome: Outcome, read: (text: string) => T): Promise<T | string> {
		if ("lost" in outcome) return outcome.lost;
		try {
			return read(outcome.text);
		} catch (error) {
			// User code runs on the other side: an answer that makes no sense costs the engine, nothing else.
			await this.#host.replace(messageOf(error));
			return messageOf(error);
		}
	}

	#tooLong(code: string): string | undefined {
		const { maxSourceBytes } = this.#options;
		const bytes = Buffer.byteLength(code, "utf8");
		if (bytes <= maxSourceBytes) return undefined;
		return `it is ${bytes} bytes long, at most ${maxSourceBytes} are accepted`;
	}
}

/** Whether the engine ended by itself. */
function isCrash(outcome: Outcome): boolean {
	return "lost" in outcome && outcome.lost !== LATE;
}

function partsFor(options: WorkbenchOptions, log: Logger): WorkbenchParts {
	const { engine, packagesDir, maxMemoryBytes, recursionLimit } = options;
	const limits = {
		...{ engine, packagesDir, maxMemoryBytes, recursionLimit },
		callTimeoutMs: CALL_TIMEOUT_MS,
		batchTimeoutMs: CALL_TIMEOUT_MS,
		maxResultBytes: MAX_RESULT_BYTES,
		maxPrintChars: MAX_PRINT_CHARS,
	};
	return { launch: launcher(limits, log), clock: systemClock, memoryBytes: memoryLimit() };
}

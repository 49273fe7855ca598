import { type Clock, type Logger, messageOf, systemClock } from "../../kit/mod.ts";
import { memoryLimit } from "../machine-limits.ts";
import { type EngineOptions, launcher } from "../python/launcher.ts";
import type { Launch } from "../python/task.ts";
import { hasWorkbench, type WorkbenchSetting } from "../workbench-setting.ts";
import {
	type Finding,
	MAX_PRINT_CHARS,
	MAX_RESULT_BYTES,
	readFindings,
	readReason,
} from "./bench-answers.ts";
import type { Outcome } from "./bench-engine.ts";
import { BenchHost, CALL_TIMEOUT_MS, LATE, type Unavailable } from "./bench-host.ts";
import { type Completions, completions } from "./completions.ts";
import { type Draft, type DraftReport, readDraft, tooLong } from "./draft.ts";
import { DraftTrial } from "./draft-trial.ts";

/** Drafts leave files and modules behind: after so many of them the engine is replaced. */
const DRAFTS_PER_ENGINE = 50;
const DISABLED: Unavailable = {
	refused: "off",
	reason: "the workbench is off: workbench in [gui], or less than 1 GB of memory",
};

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
	readonly #clock: Clock;
	readonly #host: BenchHost;
	#drafts = 0;
	/** Whether sources are checked and drafts can be tried. */
	readonly isOn: boolean;

	constructor(
		options: WorkbenchOptions,
		log: Logger,
		{ launch, clock, memoryBytes }: WorkbenchParts = partsFor(options, log),
	) {
		this.#options = options;
		this.#log = log;
		this.#clock = clock;
		this.#host = new BenchHost(launch, clock, log);
		this.isOn = hasWorkbench(options.setting, memoryBytes);
	}

	/** Whether what is tried can do nothing to the server: not with the machine's own Python. */
	get isSandboxed(): boolean {
		return this.#options.engine === "embedded";
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
		const problem = tooLong(code, this.#options.maxSourceBytes);
		if (problem !== undefined || !this.isOn) return problem;
		const verdict = await this.#host.use(null, () => this.#checked(code));
		if ("found" in verdict) return verdict.found;
		this.#log.debug("source stored unchecked", { reason: verdict.reason });
		return undefined;
	}

	/**
	 * What looks wrong in a source, with places. It is compiled and not executed.
	 * @param who People take turns.
	 * @param hasHelpers Whether it has an `iot`.
	 */
	async lint(who: string, code: string, hasHelpers = false): Promise<Finding[] | Unavailable> {
		const problem = tooLong(code, this.#options.maxSourceBytes);
		if (problem !== undefined) return { refused: "input", reason: problem };
		if (!this.isOn) return DISABLED;
		return this.#host.use(who, async () => {
			const outcome = await this.#host.ask("lint", { code, has_helpers: hasHelpers });
			const findings = await this.#read(outcome, readFindings);
			return typeof findings === "string" ? [notChecked(findings)] : findings;
		});
	}

	/**
	 * Calls a draft with samples; within two seconds once it is its turn and the engine runs.
	 * @param who People take turns, and each has a few that may wait.
	 */
	async try(who: string, draft: Draft): Promise<DraftReport | Unavailable> {
		const samples = readDraft(draft, this.#options.maxSourceBytes);
		if (typeof samples === "string") return { refused: "input", reason: samples };
		if (!this.isOn) return DISABLED;
		const early = Promise.withResolvers<DraftReport>();
		const done = this.#host.use(who, async () => {
			const trial = new DraftTrial(this.#host, this.#clock);
			const report = await trial.run(draft, samples);
			early.resolve(report);
			this.#drafts += 1;
			if (!(await trial.close()) || this.#drafts >= DRAFTS_PER_ENGINE) {
				this.#drafts = 0;
				await this.#host.replace("drafts have changed it");
			}
			return report;
		});
		return Promise.race([early.promise, done]);
	}

	/** Names and signatures an editor can offer, of the built-in Python; also where the workbench is off. */
	completions(): Completions {
		return completions();
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
}

function notChecked(message: string): Finding {
	return { line: 1, column: 1, severity: "error", text_id: "not_checked", args: { message } };
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
		busyPoll: false,
	};
	return { launch: launcher(limits, log), clock: systemClock, memoryBytes: memoryLimit() };
}

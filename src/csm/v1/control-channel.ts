import type { Cancel, Clock } from "../../kit/mod.ts";
import { isJsonObject } from "../../kit/mod.ts";

/** What the server tells a device, and what the device answers. */
export const TO_DEVICE = "__Ctl_O__";
export const FROM_DEVICE = "__Ctl_I__";

export interface ControlDeps {
	/** Features as they were registered, in order, repeated ones as well. */
	readonly features: readonly string[];
	readonly model: string;
	readonly isLinked: (feature: string) => boolean;
	/** Puts a message in the slot that the device polls. @param text JSON of a list. */
	readonly put: (text: string) => void;
	readonly clock: Clock;
}

/** Changes of links are told together. */
const GATHER_MS = 300;
/** A device that saw its flags and does not say so resumes anyway. */
const SEEN_MS = 3000;
const UNSEEN_MS = 40_000;
/** Of these models all features are always selected. */
const ALWAYS_ALL: readonly string[] = ["MorSensor"];
/** These are told neither to resume nor to stop. */
const NEVER_RESUMED: readonly string[] = ["Remote_control", "Message"];

/**
 * Tells a device which of its features are in use, and then that it may send (`v1-http.md §4`). Clients look at the newest
 * message alone, and old ones need both: so the second follows when the first was seen.
 */
export class ControlChannel {
	readonly #deps: ControlDeps;
	/** Flags told last; undefined: the device was told to stop, or nothing yet. */
	#told: string | undefined;
	/** It had links since it was last told to stop: it may send, also by what it was told before a restart. */
	#mayRun = false;
	#isWaiting = false;
	#cancelGather: Cancel | undefined;
	#cancelResume: Cancel | undefined;
	#wasSeen = false;

	constructor(deps: ControlDeps) {
		this.#deps = deps;
	}

	/** A link came or went. */
	changed(): void {
		if (this.#flags.includes("1")) this.#mayRun = true;
		this.#cancelGather?.();
		this.#cancelGather = this.#deps.clock.after(GATHER_MS, () => this.#tell());
	}

	/** The device polled its control messages. */
	polled(): void {
		if (!this.#isWaiting || this.#wasSeen) return;
		this.#wasSeen = true;
		this.#resumeAfter(SEEN_MS);
	}

	/** @param message What the device answered, parsed. */
	answered(message: readonly unknown[]): void {
		const [command, body] = message;
		if (command !== "SET_DF_STATUS_RSP" || !isJsonObject(body) || !this.#isWaiting) return;
		const { cmd_params: params } = body;
		if (Array.isArray(params) && params[0] === this.#told) this.#resume();
	}

	stop(): void {
		this.#cancelGather?.();
		this.#cancelResume?.();
	}

	#tell(): void {
		const flags = this.#flags;
		if (!flags.includes("1")) {
			this.#suspend();
			return;
		}
		// One that is told its flags again stops until it is told to resume.
		if (flags === this.#told) return;
		this.#told = flags;
		this.#isWaiting = !NEVER_RESUMED.includes(this.#deps.model);
		this.#wasSeen = false;
		this.#say("SET_DF_STATUS", [flags]);
		if (this.#isWaiting) this.#resumeAfter(UNSEEN_MS);
	}

	#suspend(): void {
		const mayRun = this.#mayRun;
		this.#mayRun = false;
		this.#told = undefined;
		this.#isWaiting = false;
		this.#cancelResume?.();
		if (mayRun && !NEVER_RESUMED.includes(this.#deps.model)) this.#say("SUSPEND", []);
	}

	get #flags(): string {
		const { features, model, isLinked } = this.#deps;
		const flags = features.map((feature) => isLinked(feature) && !isControl(feature));
		const isAll = ALWAYS_ALL.includes(model) && flags.includes(true);
		return flags.map((flag) => (flag || isAll ? "1" : "0")).join("");
	}

	#resumeAfter(ms: number): void {
		this.#cancelResume?.();
		this.#cancelResume = this.#deps.clock.after(ms, () => this.#resume());
	}

	#resume(): void {
		this.#isWaiting = false;
		this.#cancelResume?.();
		this.#say("RESUME", []);
	}

	#say(command: string, params: readonly string[]): void {
		this.#deps.put(JSON.stringify([command, { cmd_params: params }]));
	}
}

/** Whether a feature is one of the two control channels, which some devices list among their own. */
export function isControl(feature: string): boolean {
	return feature === TO_DEVICE || feature === FROM_DEVICE;
}

import type { ProgressView } from "../../../contract/mod.ts";
import type { Contact } from "../project/open-project.ts";

/**
 * How a wire stands: `off` while the project is, `unbound` while no device is at its end, `away` while that device is
 * not online, `broken` when its function failed on the last message, `stale` while nothing is known.
 */
export type WireState =
	| "stale"
	| "off"
	| "failed"
	| "broken"
	| "unbound"
	| "away"
	| "applying"
	| "running";

export interface WireFacts {
	readonly contact: Contact["state"];
	readonly isOn: boolean;
	readonly isBound: boolean;
	/** Undefined: not told yet. */
	readonly isOnline: boolean | undefined;
	readonly progress: ProgressView["state"] | undefined;
	readonly hasFailure: boolean;
}

/** The one thing that has to be said of a wire; without contact to the server nothing else counts. */
export function wireState(facts: WireFacts): WireState {
	const { contact, isOn, isBound, isOnline, progress, hasFailure } = facts;
	if (contact !== "live") return "stale";
	if (!isOn) return "off";
	if (progress === "failed") return "failed";
	// Simulated devices are bound to nothing, and their links have a progress.
	if (!isBound && progress === undefined) return "unbound";
	if (isBound && isOnline === false) return "away";
	if (hasFailure) return "broken";
	return progress ?? "applying";
}

/** Whether values of a wire in this state are what goes over it now. */
export function isAlive(state: WireState): boolean {
	return state === "running" || state === "broken";
}

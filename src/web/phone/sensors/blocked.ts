/** State of a sensor of the phone, also of its microphone or location. */
export type SensorState =
	/** It has not been asked for. */
	| "off"
	/** The browser is asking the reader, or nothing has come yet. */
	| "asking"
	| "on"
	/** Browsers give it to pages over HTTPS only. */
	| "insecure"
	/** The reader or the browser's settings said no. */
	| "denied"
	/** This browser does not have it. */
	| "missing"
	/** The browser has it, but nothing comes: the device has no such sensor. */
	| "silent"
	/** Another program uses it. */
	| "busy";

/** The state before the reader has asked for it: no one should be asked for what cannot be. */
export function beforeAsked(isSecure: boolean): SensorState {
	return isSecure ? "off" : "insecure";
}

/** Why a promise of the browser was rejected, by the name of its error. */
export function blockedBy(error: unknown, isSecure: boolean): SensorState {
	if (!isSecure) return "insecure";
	const name = error instanceof Error ? error.name : "";
	if (name === "NotFoundError" || name === "OverconstrainedError") return "missing";
	if (name === "NotReadableError" || name === "AbortError") return "busy";
	return "denied";
}

/** Why positions do not come, by the code of their error (Geolocation API). */
export function blockedByCode(code: number, isSecure: boolean): SensorState {
	if (!isSecure) return "insecure";
	return code === 1 ? "denied" : "silent";
}

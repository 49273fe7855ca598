import type { Feature } from "../features.ts";

/** State of the connection between a page and the server. */
export type State =
	/** Not known yet. */
	| "starting"
	/** The server has it as a device, and both hear each other. */
	| "ready"
	/** The browser has no network. */
	| "offline"
	/** The server does not answer. */
	| "away"
	/** The class is over. */
	| "ended"
	/** It is registered no more: someone took it out, or it did so itself. */
	| "removed"
	/** It has no seat here. */
	| "join"
	/** The same device is open in another tab. */
	| "elsewhere"
	/** The server wants a login for new devices. */
	| "login"
	/** The server does not take it, for the reason that is shown. */
	| "refused";

/** What the page is, once the server has said so. */
export interface Opened {
	readonly kind: "open";
	readonly id: string;
	/** What requests of this device show; nothing: its cookie. */
	readonly headers: Readonly<Record<string, string>>;
	readonly features: readonly Feature[];
	/** Its name; `title` and `place` are of the class, where it is in one. */
	readonly name: string;
	readonly title?: string;
	readonly seat?: number;
	readonly nickname?: string;
	/** This page over HTTPS, where there is one. */
	readonly https?: string;
}

/** Why it is not open. */
export interface Shut {
	/** `wait`: it is worth another try by itself. */
	readonly kind: "wait" | "stop";
	readonly state: State;
	readonly reason?: string;
	readonly retryAfterS?: number | undefined;
}

/** Access of a page as a device: by its seat in a class, or by registering itself. */
export interface DeviceAccess {
	/** Whether its login is a cookie. */
	readonly hasCookie: boolean;
	open(): Promise<Opened | Shut>;
	/** What to do when requests of the open device were refused. @param status 0: the server said that it was removed. */
	afterRefusal(status: number): Shut | "open again";
}

/** Where the trouble is when a request did not get through. */
export function troubleOf({
	status,
	retryAfterS,
}: {
	status: number;
	retryAfterS?: number | undefined;
}): Shut {
	return { kind: "wait", state: status === 0 && isOffline() ? "offline" : "away", retryAfterS };
}

const THIS_MACHINE = ["localhost", "127.0.0.1", "[::1]"];

/** Whether the browser has no network; a server on the same machine needs none. */
function isOffline(): boolean {
	const { navigator, location } = globalThis as Partial<Pick<Window, "navigator" | "location">>;
	return navigator?.onLine === false && !THIS_MACHINE.includes(location?.hostname ?? "");
}

/** Whether another try may bring another answer. */
export function isPassing(status: number): boolean {
	return status === 0 || status === 408 || status === 429 || status >= 500;
}

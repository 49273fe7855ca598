/** `nothing`: not registered (any more). */
export type PresenceState = "nothing" | "offline" | "online";

export type PresenceEvent = "registered" | "online" | "offline" | "deregistered";

/** What the device API tells its clients (`csm.md §7`). */
export type Announcement = "register" | "online" | "offline" | "deregister";

/** What follows from an event besides the new state. */
export interface PresenceEffects {
	readonly state: PresenceState;
	/** The expiry timer: `start` over, `cancel`, or leave as it is. */
	readonly timer: "start" | "cancel" | "keep";
	/** What the device API announces. */
	readonly announce: Announcement | null;
	/** Send CONNECT for every link of the device. */
	readonly connect: boolean;
}

/** The presence state machine of `csm.md §3.1`. Pure: the caller carries the effects out. */
export function nextPresence(state: PresenceState, event: PresenceEvent): PresenceEffects {
	switch (event) {
		case "registered":
			return { state: "offline", timer: "start", announce: "register", connect: false };
		case "deregistered":
			return { state: "nothing", timer: "cancel", announce: "deregister", connect: false };
		case "online":
			// A client that says it again has forgotten its topics (JS SDK after a reconnect).
			if (state === "online") return { state, timer: "keep", announce: null, connect: true };
			return { state: "online", timer: "cancel", announce: "online", connect: true };
		case "offline":
			if (state !== "online") return { state, timer: "keep", announce: null, connect: false };
			return { state: "offline", timer: "start", announce: "offline", connect: false };
	}
}

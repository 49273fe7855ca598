import { describe, expect, test } from "bun:test";
import {
	nextPresence,
	type PresenceEvent,
	type PresenceState,
} from "../../../src/csm/devices/presence.ts";

describe("presence follows the table of csm.md §3.1", () => {
	test.each<[PresenceState, PresenceEvent, string]>([
		["nothing", "registered", "offline start register -"],
		["offline", "registered", "offline start register -"],
		["online", "registered", "offline start register -"],
		["nothing", "online", "online cancel online connect"],
		["offline", "online", "online cancel online connect"],
		["online", "online", "online keep null connect"],
		["online", "offline", "offline start offline -"],
		["offline", "offline", "offline keep null -"],
		["offline", "deregistered", "nothing cancel deregister -"],
		["online", "deregistered", "nothing cancel deregister -"],
	])("%s, %s → %s", (state, event, wanted) => {
		const next = nextPresence(state, event);
		const text = `${next.state} ${next.timer} ${next.announce} ${next.connect ? "connect" : "-"}`;
		expect(text).toBe(wanted);
	});
});

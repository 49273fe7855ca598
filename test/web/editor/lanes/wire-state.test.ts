import { expect, test } from "bun:test";
import {
	isAlive,
	type WireFacts,
	type WireState,
	wireState,
} from "../../../../src/web/editor/lanes/wire-state.ts";

const FINE: WireFacts = {
	contact: "live",
	isOn: true,
	isBound: true,
	isOnline: true,
	progress: "running",
	hasFailure: false,
};

const CASES: [WireState, Partial<WireFacts>][] = [
	["running", {}],
	["applying", { progress: "applying" }],
	["applying", { progress: undefined }],
	["applying", { isOnline: undefined, progress: undefined }],
	["broken", { hasFailure: true }],
	["failed", { progress: "failed" }],
	["failed", { progress: "failed", isOnline: false, hasFailure: true }],
	["away", { isOnline: false }],
	["away", { isOnline: false, hasFailure: true }],
	["unbound", { isBound: false, isOnline: undefined, progress: undefined }],
	["running", { isBound: false, isOnline: undefined }],
	["off", { isOn: false, progress: undefined }],
	["off", { isOn: false, progress: "failed", hasFailure: true }],
	["stale", { contact: "lost" }],
	["stale", { contact: "loading", progress: "failed" }],
	["stale", { contact: "ended", isOn: false }],
];

test.each(CASES)("a wire is %s with %j", (state, facts) => {
	expect(wireState({ ...FINE, ...facts })).toBe(state);
});

test("only a wire that runs looks alive", () => {
	const alive = [...new Set(CASES.map(([state]) => state))].filter(isAlive);
	expect(alive).toEqual(["running", "broken"]);
});

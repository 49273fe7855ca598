import { expect, test } from "bun:test";
import {
	beforeAsked,
	blockedBy,
	blockedByCode,
} from "../../../../src/web/phone/sensors/blocked.ts";

const error = (name: string) => Object.assign(new Error("no"), { name });

test.each([
	["NotAllowedError", true, "denied"],
	["NotFoundError", true, "missing"],
	["NotReadableError", true, "busy"],
	["SecurityError", true, "denied"],
	["NotAllowedError", false, "insecure"],
])("%s, secure %p: %s", (name, isSecure, state) => {
	expect<string>(blockedBy(error(name), isSecure)).toBe(state);
});

test.each([
	[1, true, "denied"],
	[2, true, "silent"],
	[3, true, "silent"],
	[1, false, "insecure"],
])("code %d of a position, secure %p: %s", (code, isSecure, state) => {
	expect<string>(blockedByCode(code, isSecure)).toBe(state);
});

test("no one is asked for what only HTTPS gives", () => {
	expect([true, false].map(beforeAsked)).toEqual(["off", "insecure"]);
});

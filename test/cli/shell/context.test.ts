import { describe, expect, test } from "bun:test";
import { find } from "../../../src/cli/shell/context.ts";
import { ConfigError } from "../../../src/kit/errors.ts";

const known = ["ab", "abc", "xy"];
const search = (typed: string) => find("device ID", known, (id) => id, typed);

describe("an entry by what was typed", () => {
	test("is the one that starts with it, or is it", () => {
		expect(search("x")).toBe("xy");
		expect(search("ab")).toBe("ab");
		expect(search("abc")).toBe("abc");
	});

	test.each([
		["", "missing device ID (a unique prefix is enough)"],
		["z", 'no device ID starts with "z"'],
		["a", '2 device IDs start with "a"; type more of it'],
	])("%j names none: %p", (typed, message) => {
		expect(() => search(typed)).toThrow(new ConfigError(message));
	});
});

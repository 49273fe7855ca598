import { describe, expect, test } from "bun:test";
import { plainName, problemWithName, problemWithPassword } from "../../src/auth/names.ts";

describe("names of people", () => {
	test.each(["ann", "王小明", "s-1764100000", "o.k_@x-1", "Ä".normalize("NFD"), "x".repeat(64)])(
		"%j is one",
		(name) => expect(problemWithName(name)).toBeUndefined(),
	);

	test.each([
		["ccm", 'the name "ccm" is reserved (so are: ccm, ec, local, token, anyone)'],
		["EC", 'the name "EC" is reserved (so are: ccm, ec, local, token, anyone)'],
		["anyone", 'the name "anyone" is reserved (so are: ccm, ec, local, token, anyone)'],
		[
			"01234567-89AB-4def-8123-456789abcdef",
			'the name "01234567-89AB-4def-8123-456789abcdef" is a UUID: devices have such names',
		],
		["a/b", 'the name "a/b" has one of the characters / + # :'],
		["a+b", 'the name "a+b" has one of the characters / + # :'],
		["#", 'the name "#" has one of the characters / + # :'],
		["a:b", 'the name "a:b" has one of the characters / + # :'],
	])("%j is refused with its reason", (name, reason) => {
		expect(problemWithName(name)).toBe(reason);
	});

	test.each(["", " ", "a b", "-a", "x".repeat(65), "a\n", "\u202eann"])(
		"%j is not valid",
		(name) => {
			expect(problemWithName(name)).toContain("is not a valid name: use 1 to 64 letters");
		},
	);

	test("are the same however their letters are written", () => {
		expect(plainName("A\u0308")).toBe(plainName("\u00c4"));
	});
});

test("passwords have a length, a longer one for administrators", () => {
	const problems = ["", "pw", "x".repeat(8), "x".repeat(1001)].map((password) => [
		problemWithPassword(password, true) === undefined,
		problemWithPassword(password, false) === undefined,
	]);
	expect(problems).toEqual([
		[false, false],
		[false, true],
		[true, true],
		[false, false],
	]);
});

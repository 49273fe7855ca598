import { beforeEach, describe, expect, test } from "bun:test";
import { codeKept, keepCode, type Shelf } from "../../../../src/web/editor/invite/kept-code.ts";

const CODE = { code: "KWQFTM", address: "http://10.0.0.2:9992/join", mark: 5000 };
const IDS = [3, 5] as const;

describe("a code in the browser", () => {
	let kept: Map<string, string>;
	let shelf: () => Shelf;
	beforeEach(() => {
		kept = new Map();
		shelf = () => ({
			getItem: (name) => kept.get(name) ?? null,
			setItem: (name, value) => void kept.set(name, value),
			removeItem: (name) => void kept.delete(name),
		});
	});

	test("is there again for its block, until it is forgotten", () => {
		keepCode(shelf, IDS, CODE);
		expect(codeKept(shelf, IDS)).toEqual(CODE);
		expect(codeKept(shelf, [3, 6])).toBeUndefined();
		keepCode(shelf, IDS, undefined);
		expect(codeKept(shelf, IDS)).toBeUndefined();
		expect(kept.size).toBe(0);
	});

	test.each(["{", "null", "7", "[]", '{"code":1}', '{"code":"A","address":"b","mark":"c"}'])(
		"is none where %s is kept",
		(text) => {
			kept.set("iottalk-invitation-3-5", text);
			expect(codeKept(shelf, IDS)).toBeUndefined();
		},
	);

	test("is none where a browser keeps nothing", () => {
		const none = () => {
			throw new Error("denied");
		};
		keepCode(none, IDS, CODE);
		expect(codeKept(none, IDS)).toBeUndefined();
	});
});

import { beforeEach, describe, expect, test } from "bun:test";
import {
	codeKept,
	keepCode,
	keptCode,
	msLeft,
	type Shelf,
} from "../../../../src/web/editor/invite/kept-code.ts";

const NOW = 1_000_000_000_000;
const MADE = { code: "KWQFTM", address: "http://10.0.0.2:9992/join", until: 5000, left_s: 3600 };
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

	test("counts down by the server's clock, whatever the browser's says", () => {
		const code = keptCode(MADE, NOW);
		expect(msLeft(code, NOW)).toBe(3_600_000);
		expect(msLeft(code, NOW + 60_000)).toBe(3_540_000);
	});

	test("is there again for its block, until it ends", () => {
		const code = keptCode(MADE, NOW);
		keepCode(shelf, IDS, code);
		expect(codeKept(shelf, IDS, NOW + 3_599_000)).toEqual(code);
		expect(codeKept(shelf, [3, 6], NOW)).toBeUndefined();
		expect(codeKept(shelf, IDS, NOW + 3_600_001)).toBeUndefined();
		expect(kept.size).toBe(0);
	});

	test("is forgotten when it is told to be", () => {
		keepCode(shelf, IDS, keptCode(MADE, NOW));
		keepCode(shelf, IDS, undefined);
		expect(codeKept(shelf, IDS, NOW)).toBeUndefined();
	});

	test.each(["{", "null", "7", "[]", '{"code":1}', '{"code":"A","address":"b","until":"c"}'])(
		"is none where %s is kept",
		(text) => {
			kept.set("iottalk-invitation-3-5", text);
			expect(codeKept(shelf, IDS, NOW)).toBeUndefined();
		},
	);

	test("is none where a browser keeps nothing", () => {
		const none = () => {
			throw new Error("denied");
		};
		keepCode(none, IDS, keptCode(MADE, NOW));
		expect(codeKept(none, IDS, NOW)).toBeUndefined();
	});
});

import { expect, test } from "bun:test";
import { LinkTopics } from "../../../src/csm/store/link-topics.ts";

const key = { daId: "d", mode: "idf", feature: "f" } as const;

function topics(): LinkTopics {
	let given = 0;
	return new LinkTopics(() => {
		given += 1;
		return `t${given}`;
	});
}

test("links of one key share its topic until the last is released; the next gets a new one", () => {
	const known = topics();
	expect(known.claim(key)).toEqual({ topic: "t1", isFirst: true });
	expect(known.claim(key)).toEqual({ topic: "t1", isFirst: false });
	expect(known.claim({ ...key, mode: "odf" })).toEqual({ topic: "t2", isFirst: true });
	expect(known.release(key)).toBe(false);
	expect(known.release(key)).toBe(true);
	expect(known.claim(key)).toEqual({ topic: "t3", isFirst: true });
});

test("what is undone is as it was: a released key has its topic again", () => {
	const known = topics();
	known.restore(key, "stored");
	expect(known.claim(key)).toEqual({ topic: "stored", isFirst: false });
	known.release(key);
	expect(known.release(key)).toBe(true);
	known.restore(key, "stored");
	expect(known.claim(key)).toEqual({ topic: "stored", isFirst: false });
});

test("keys differ in device, mode and feature", () => {
	const known = topics();
	for (const other of [key, { ...key, daId: "e" }, { ...key, mode: "odf" as const }]) {
		expect(known.claim(other)).toMatchObject({ isFirst: true });
		expect(known.claim({ ...other, feature: "f/f" })).toMatchObject({ isFirst: true });
	}
});

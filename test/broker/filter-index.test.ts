import { describe, expect, test } from "bun:test";
import { FilterIndex } from "../../src/broker/filter-index.ts";
import { isFilter, isTopic, topicMatches } from "../../src/kit/topic-filters.ts";
import { chance, SEED } from "../support/chance.ts";

describe("filter index", () => {
	test("finds what the filters mean one by one, whatever was added and taken out", () => {
		const random = chance(SEED);
		const pick = <T>(items: readonly T[]) => items[Math.floor(random() * items.length)] as T;
		const levels = (names: readonly string[]) =>
			Array.from({ length: 1 + Math.floor(random() * 4) }, () => pick(names)).join("/");
		const index = new FilterIndex<string>();
		const present = new Set<string>();
		for (let n = 0; n < 3000; n++) {
			const filter = levels(["a", "b", "", "$a", "+", "+", "#"]);
			if (!isFilter(filter)) continue;
			if (random() < 0.6) {
				index.add(filter, filter);
				present.add(filter);
			} else {
				const gone = pick([...present, filter]);
				index.delete(gone, gone);
				present.delete(gone);
			}
			const topic = levels(["a", "b", "", "$a", "c"]);
			if (!isTopic(topic)) continue;
			const expected = [...present].filter((each) => topicMatches(each, topic)).sort();
			expect([SEED, topic, index.matching(topic).sort()]).toEqual([SEED, topic, expected]);
		}
	});

	test("is empty again when everything is taken out", () => {
		const index = new FilterIndex<number>();
		const filters = ["a", "a/+", "a/#", "#", "+/+", "/", "a/b/c"];
		for (const filter of filters) for (const value of [1, 2]) index.add(filter, value);
		for (const filter of filters) for (const value of [1, 2]) index.delete(filter, value);
		index.delete("never/added/#", 1);
		for (const topic of ["a", "a/b", "/", "a/b/c"]) expect(index.matching(topic)).toEqual([]);
	});
});

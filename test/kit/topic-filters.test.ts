import { describe, expect, test } from "bun:test";
import { coversFilter, isFilter, isTopic, topicMatches } from "../../src/kit/topic-filters.ts";

describe("a topic matches a filter", () => {
	test.each<[string, string, boolean]>([
		["a/b", "a/b", true],
		["a/b", "a", false],
		["a", "a/b", false],
		["+/ctrl/i", "x/ctrl/i", true],
		["+/ctrl/i", "x/y/ctrl/i", false],
		["+/ctrl/i", "/ctrl/i", true],
		["a/+", "a/", true],
		["a/+", "a", false],
		["a/#", "a", true],
		["a/#", "a/b/c", true],
		["#", "a/b", true],
		["#", "$SYS/x", false],
		["+/x", "$SYS/x", false],
		["$SYS/#", "$SYS/x", true],
	])("%s and %s: %p", (filter, topic, wanted) => {
		expect(topicMatches(filter, topic)).toBe(wanted);
	});
});

describe("a filter covers a narrower one", () => {
	test.each<[string, string, boolean]>([
		["#", "#", true],
		["#", "a/+/b", true],
		["#", "+", true],
		["+/#", "#", false],
		["a/#", "a/b/#", true],
		["a/#", "a", true],
		["a/#", "#", false],
		["a/#", "+/b", false],
		["a/+", "a/+", true],
		["a/+", "a/#", false],
		["a/+/c", "a/b/c", true],
		["a/+/c", "a/b/+", false],
		["a/b", "a/+", false],
		["#", "$SYS/#", false],
		["+/x", "$share/x", false],
		["$SYS/#", "$SYS/+/x", true],
	])("%s and %s: %p", (filter, narrower, wanted) => {
		expect(coversFilter(filter, narrower)).toBe(wanted);
	});
});

describe("topics and filters", () => {
	test.each([
		["a", true, true],
		["/", true, true],
		["a//b", true, true],
		["$SYS/x", true, true],
		["#", false, true],
		["+", false, true],
		["a/+/b/#", false, true],
		["a#", false, false],
		["a/#/b", false, false],
		["a+/b", false, false],
		["+a", false, false],
		["", false, false],
		["a\0", false, false],
	])("%p is a topic: %p, a filter: %p", (text, topic, filter) => {
		expect([isTopic(text), isFilter(text)]).toEqual([topic, filter]);
	});
});

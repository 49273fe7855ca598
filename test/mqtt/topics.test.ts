import { expect, test } from "bun:test";
import { topicMatches } from "../../src/mqtt/topics.ts";

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

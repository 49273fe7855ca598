import { expect, test } from "bun:test";
import { partitionList } from "../../src/cluster/partition-list.ts";

test.each([
	[[], ""],
	[[5], "5"],
	[[2, 0, 1, 7, 9, 10], "0-2 7 9-10"],
	[[0, -1, 1], "router 0-1"],
	[[-2, 64, -1], "projects router 64"],
])("partitions %j are %p", (ids, text) => {
	expect(partitionList(ids)).toBe(text);
});

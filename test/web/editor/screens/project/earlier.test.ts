import { expect, test } from "bun:test";
import { earlier, type Operation } from "../../../../../src/web/editor/screens/project/earlier.ts";

const operation = (at: number, rev?: number): Operation => ({
	...{ at: new Date(at).toISOString(), u_name: "ann", operation: "update_na" },
	details: rev === undefined ? {} : { rev },
});

test("operations are earlier by their revision, whatever the clocks say, or else by their time", () => {
	const begin = { rev: 4, at: new Date(1000) };
	const all = [operation(10, 5), operation(5000, 4), operation(1001), operation(999)];
	expect(earlier(all, begin)).toEqual([operation(5000, 4), operation(999)]);
});

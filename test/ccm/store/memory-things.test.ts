import { expect, test } from "bun:test";
import { MemoryThings } from "../../../src/ccm/store/memory-things.ts";

const unit = (unit_id: number) => ({ unit_id, unit_name: `u${unit_id}` });
const units = () => new MemoryThings<"unit_id", ReturnType<typeof unit>>("unit_id");

test("things are found by their fields, in the order of ids", async () => {
	const things = units();
	for (const id of [3, 1, 2]) await things.put(unit(id));
	expect(await things.list()).toEqual([unit(1), unit(2), unit(3)]);
	expect(await things.list({ unit_name: "u2" })).toEqual([unit(2)]);
	expect(await things.list({ unit_id: 2, unit_name: "u1" })).toEqual([]);
	await things.remove(2);
	expect(await things.get(2)).toBeUndefined();
});

test("a change of a copy leaves the first as it was", async () => {
	const first = units();
	await first.put(unit(1));
	const copy = units();
	copy.fill(first);
	await copy.put({ unit_id: 1, unit_name: "other" });
	await copy.put(unit(2));
	expect(await first.list()).toEqual([unit(1)]);
	expect(await copy.list()).toHaveLength(2);
});

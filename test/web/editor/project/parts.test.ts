import { expect, test } from "bun:test";
import type { Block } from "../../../../src/contract/mod.ts";
import { withParts } from "../../../../src/web/editor/project/parts.ts";
import { documentOf } from "../support/scripted-project.ts";

const block = (do_id: number, dm_name = "Lamp"): Block => ({
	...{ do_id, dm_id: 1, dm_name, seats: null, bindings: [], ports: [] },
});
const DOCUMENT = documentOf(4, { blocks: [block(1), block(2), block(3)] });

test("parts that are not mentioned stay the same objects", () => {
	const after = withParts(DOCUMENT, 5, { head: { p_name: "lamp", status: "off", sim: "off" } });
	expect(after).toEqual({ ...DOCUMENT, rev: 5, status: "off" });
	expect(after.blocks).toBe(DOCUMENT.blocks);
});

test("blocks change in their place, come, go and move", () => {
	const changed = withParts(DOCUMENT, 5, { blocks: [block(2, "Fan")] });
	expect(changed.blocks).toEqual([block(1), block(2, "Fan"), block(3)]);
	expect(changed.blocks[0]).toBe(DOCUMENT.blocks[0] ?? block(0));
	const moved = withParts(changed, 6, { blocks: [block(9)], block_ids: [3, 9, 1] });
	expect(moved.blocks.map(({ do_id }) => do_id)).toEqual([3, 9, 1]);
});

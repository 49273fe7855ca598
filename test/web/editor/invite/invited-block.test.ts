import { describe, expect, test } from "bun:test";
import type { Block } from "../../../../src/contract/mod.ts";
import { inOrder, invitedBlock } from "../../../../src/web/editor/invite/invited-block.ts";
import { block, port } from "../../../ccm/support/documents.ts";

const input = (dfo_id: number) => port({ dfo_id, df_type: "input", df_name: `In${dfo_id}-I` });
const output = (dfo_id: number) => port({ dfo_id, df_type: "output", df_name: `Out${dfo_id}-O` });
const crowd = (do_id: number, seats = 40): Block => ({ ...block(do_id, 7, [input(do_id)]), seats });

const LAMP = block(1, 7, [output(1)]);
const SENSOR = block(2, 7, [input(2)]);

describe("the block phones are invited to", () => {
	test("is the only one with seats, whatever is selected", () => {
		const document = { blocks: [LAMP, SENSOR, crowd(3)] };
		for (const selection of [undefined, { kind: "block", id: 1 }, { kind: "log" }] as const) {
			expect(invitedBlock(document, selection)?.do_id).toBe(3);
		}
	});

	test("is among several with seats the selected one, or that of the selected feature", () => {
		const document = { blocks: [crowd(3), crowd(4)] };
		expect(invitedBlock(document, undefined)).toBeUndefined();
		expect(invitedBlock(document, { kind: "block", id: 4 })?.do_id).toBe(4);
		expect(invitedBlock(document, { kind: "port", id: 3 })?.do_id).toBe(3);
		expect(invitedBlock(document, { kind: "join", id: 3 })).toBeUndefined();
	});

	test("is chosen by the reader where none has seats", () => {
		expect(invitedBlock({ blocks: [LAMP, SENSOR] }, { kind: "block", id: 2 })).toBeUndefined();
		expect(inOrder([LAMP, SENSOR, crowd(3)]).map(({ do_id }) => do_id)).toEqual([3, 2, 1]);
	});
});

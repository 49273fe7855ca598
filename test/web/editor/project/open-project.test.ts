import { expect, test } from "bun:test";
import { joinIn, portOf } from "../../../../src/web/editor/project/open-project.ts";
import { documentOf } from "../support/scripted-project.ts";

const port = {
	...{ dfo_id: 9, df_id: 1, df_name: "Color-O", df_type: "output" as const },
	...{ alias_name: "Color", param_no: 1, tags: [], tag_param_no: 0 },
};
const block = { do_id: 4, dm_id: 1, dm_name: "Lamp", seats: null, bindings: [], ports: [port] };
const join = { na_id: 7, na_name: "a", na_idx: 0, fn_id: null, crowd: "each" as const, links: [] };

test("ports and joins are found by their ids", () => {
	const document = documentOf(1, { blocks: [block], joins: [join] });
	expect(portOf(document, 9)).toEqual({ block, port });
	expect(joinIn(document, 7)).toEqual(join);
	expect([portOf(document, 7), joinIn(document, 9)]).toEqual([undefined, undefined]);
	expect([portOf(undefined, 9), joinIn(undefined, 7)]).toEqual([undefined, undefined]);
});

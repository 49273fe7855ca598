import { expect, test } from "bun:test";
import { PartNames } from "../../../../src/web/editor/project/names.ts";
import { documentOf } from "../support/scripted-project.ts";

test("parts keep their last name after they are gone", () => {
	const names = new PartNames();
	const join = { na_id: 7, na_idx: 0, fn_id: null, crowd: "each" as const, links: [] };
	for (const na_name of ["a", "b"]) names.note(documentOf(1, { joins: [{ ...join, na_name }] }));
	const port = {
		...{ dfo_id: 4, df_id: 1, df_name: "Color-O", df_type: "output" as const },
		...{ alias_name: "red", param_no: 1, tags: [], tag_param_no: 0 },
	};
	const block = { do_id: 4, dm_id: 1, dm_name: "Lamp", seats: null, bindings: [], ports: [port] };
	names.note(documentOf(2, { blocks: [block] }));
	expect([names.of("join", 7), names.of("block", 4), names.of("port", 4)]).toEqual([
		...["b", "Lamp", "red"],
	]);
	expect(names.of("join", 4)).toBeUndefined();
});

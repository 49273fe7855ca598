import { expect, test } from "bun:test";
import { subjectOf } from "../../../src/ccm/projects/subject.ts";
import { block, join } from "../support/documents.ts";

test("a change is named by what it is about", () => {
	const at = 0;
	expect(subjectOf({ kind: "rename_project", p_name: "x" })).toBe("the project's name");
	expect(subjectOf({ kind: "set_status", status: "on" })).toBe("the project's status");
	expect(subjectOf({ kind: "set_simulation", sim: "on" })).toBe("the project's simulation");
	expect(subjectOf({ kind: "add_block", dm_id: 4, df_ids: [1] })).toBe(
		"Device Object of Device Model id 4",
	);
	expect(subjectOf({ kind: "restore_block", block: block(3, null, []), at })).toBe(
		"Device Object id 3",
	);
	expect(subjectOf({ kind: "move_block", do_id: 3, at })).toBe("Device Object id 3");
	expect(subjectOf({ kind: "set_alias", dfo_id: 5, alias_name: "a" })).toBe(
		"Device Feature Object id 5",
	);
	const made = { kind: "add_join", na_name: "J", na_idx: 0, dfo_ids: [1, 2] } as const;
	expect(subjectOf({ ...made, dfo_ids: [1, 2] })).toBe("NetworkApplication J");
	expect(subjectOf({ kind: "restore_join", join: join(7, []), at })).toBe(
		"NetworkApplication id 7",
	);
	expect(subjectOf({ kind: "remove_link", na_id: 7, dfo_id: 5 })).toBe("NetworkApplication id 7");
});

import type { Change } from "../../contract/mod.ts";

/** What a change is about, for people to read. */
export function subjectOf(change: Change): string {
	switch (change.kind) {
		case "rename_project":
			return "the project's name";
		case "set_status":
			return "the project's status";
		case "set_simulation":
			return "the project's simulation";
		case "add_block":
			return `Device Object of Device Model id ${change.dm_id}`;
		case "add_join":
			return `NetworkApplication ${change.na_name}`;
		case "restore_block":
			return `Device Object id ${change.block.do_id}`;
		case "restore_join":
			return `NetworkApplication id ${change.join.na_id}`;
		case "set_alias":
			return `Device Feature Object id ${change.dfo_id}`;
		default:
			return "na_id" in change
				? `NetworkApplication id ${change.na_id}`
				: `Device Object id ${change.do_id}`;
	}
}

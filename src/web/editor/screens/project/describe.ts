import type { Change } from "../../../../contract/mod.ts";
import type { OpenProject } from "../../project/open-project.ts";
import { texts } from "../../texts/texts.ts";

type Names = Pick<OpenProject, "nameOf">;

/** What a change did, in the reader's words. */
export function describeChange(change: Change, { nameOf }: Names): string {
	const { changes, unnamed } = texts.value.projectLater;
	const block = (id: number) => nameOf("block", id) ?? unnamed;
	const port = (id: number) => nameOf("port", id) ?? unnamed;
	const join = (id: number) => nameOf("join", id) ?? unnamed;
	switch (change.kind) {
		case "rename_project":
			return changes.rename_project(change.p_name);
		case "set_status":
			return changes.set_status(change.status === "on");
		case "set_simulation":
			return changes.set_simulation(change.sim === "on");
		case "set_alias":
			return changes.set_alias(change.alias_name);
		case "add_block":
			return changes.add_block(unnamed);
		case "restore_block":
			return changes.restore_block(change.block.dm_name);
		case "set_ports":
			return changes.set_features(block(change.do_id));
		case "add_join":
		case "rename_join":
			return changes[change.kind](change.na_name);
		case "restore_join":
			return changes.restore_join(change.join.na_name);
		case "restore_link":
			return changes.restore_link(port(change.link.dfo_id), join(change.na_id));
		case "add_link":
		case "remove_link":
		case "move_link":
		case "set_link_param":
			return changes[change.kind](port(change.dfo_id), join(change.na_id));
		case "remove_join":
		case "set_join_function":
		case "set_crowd_rule":
			return changes[change.kind](join(change.na_id));
		case "remove_block":
		case "set_features":
		case "set_seats":
		case "move_block":
		case "bind":
		case "unbind":
			return changes[change.kind](block(change.do_id));
	}
}

/** Changes of one request: each sentence once, at most three. */
export function describeChanges(changes: readonly Change[], names: Names): string {
	return listed(changes.map((change) => describeChange(change, names)));
}

/** The same of kinds of changes, such as `add_join, bind`, whose names are not known; undefined: none can be told. */
export function describeKinds(kinds: string): string | undefined {
	const { set_status: _, set_simulation: __, ...named } = texts.value.projectLater.changes;
	const says = new Map<string, (one: string, other: string) => string>(Object.entries(named));
	const all = kinds.split(", ").flatMap((kind) => says.get(kind)?.("…", "…") ?? []);
	return all.length > 0 ? listed(all) : undefined;
}

function listed(sentences: readonly string[]): string {
	const all = [...new Set(sentences)];
	const separator = texts.value.lang === "en" ? ", " : "、";
	return all.slice(0, 3).join(separator) + (all.length > 3 ? " …" : "");
}

import type { Change, Join, Link, LinkParam, ProjectDocument } from "../../contract/mod.ts";
import type { Changed, ChangeTable } from "./change-table.ts";
import { LinkParams } from "./link-params.ts";
import {
	hasLink,
	inserted,
	joinOf,
	linkOf,
	type Ports,
	portIn,
	portOf,
	portsOf,
} from "./lookup.ts";
import type { ChangeContext } from "./model.ts";
import { badRequest, Refusal } from "./refusal.ts";

type Kinds =
	| "add_join"
	| "rename_join"
	| "remove_join"
	| "restore_join"
	| "set_join_function"
	| "set_crowd_rule"
	| "add_link"
	| "remove_link"
	| "restore_link"
	| "move_link"
	| "set_link_param";

const PLAIN_PARAM: LinkParam = {
	idf_type: "sample",
	fn_id: null,
	min: 0,
	max: 0,
	normalization: false,
};

/** Changes of network applications and their links. */
export const joinChanges: ChangeTable<Kinds> = {
	add_join: (document, { na_name, na_idx, dfo_ids }, context) => {
		checkIndex(document, na_idx);
		const ids = [...new Set(dfo_ids)];
		const ports = portsOf(document);
		const links = ids.map((id) => freshLink(ports, id, context));
		checkBothSides(ports, links);
		checkTags(ports, links);
		const na_id = context.newId("na");
		const join: Join = { na_id, na_name, na_idx, fn_id: null, crowd: "each", links };
		return {
			document: { ...document, joins: [...document.joins, join] },
			done: { kind: "restore_join", join, at: document.joins.length },
			inverse: [{ kind: "remove_join", na_id }],
		};
	},
	rename_join: (document, { na_id, na_name }) => {
		const join = joinOf(document, na_id);
		return {
			document: replaced(document, join, { ...join, na_name }),
			inverse: [{ kind: "rename_join", na_id, na_name: join.na_name }],
		};
	},
	remove_join: (document, { na_id }) => removeJoin(document, joinOf(document, na_id)),
	restore_join: (document, { join, at }) => {
		checkIndex(document, join.na_idx);
		if (document.joins.some(({ na_id }) => na_id === join.na_id)) {
			throw new Refusal(409, `NetworkApplication id ${join.na_id} is there already`);
		}
		const ports = portsOf(document);
		for (const { dfo_id } of join.links) portIn(ports, dfo_id);
		return {
			document: { ...document, joins: inserted(document.joins, at, join) },
			inverse: [{ kind: "remove_join", na_id: join.na_id }],
		};
	},
	set_join_function: (document, { na_id, fn_id }) => {
		const join = joinOf(document, na_id);
		return {
			document: replaced(document, join, { ...join, fn_id }),
			inverse: [{ kind: "set_join_function", na_id, fn_id: join.fn_id }],
		};
	},
	set_crowd_rule: (document, { na_id, crowd }) => {
		const join = joinOf(document, na_id);
		return {
			document: replaced(document, join, { ...join, crowd }),
			inverse: [{ kind: "set_crowd_rule", na_id, crowd: join.crowd }],
		};
	},
	add_link: (document, { na_id, dfo_id }, context) => {
		const join = joinOf(document, na_id);
		const ports = portsOf(document);
		const link = freshLink(ports, dfo_id, context);
		const { document: after, inverse } = addLink(document, join, link, join.links.length);
		checkTags(ports, joinOf(after, na_id).links);
		return {
			document: after,
			done: { kind: "restore_link", na_id, link, at: join.links.length },
			inverse,
		};
	},
	remove_link: (document, { na_id, dfo_id }) => {
		const join = joinOf(document, na_id);
		return removeLink(document, portsOf(document), join, linkOf(join, dfo_id));
	},
	restore_link: (document, { na_id, link, at }) => {
		portOf(document, link.dfo_id);
		return addLink(document, joinOf(document, na_id), link, at);
	},
	move_link: (document, { na_id, dfo_id, at }) => {
		const join = joinOf(document, na_id);
		const link = linkOf(join, dfo_id);
		const others = join.links.filter((other) => other !== link);
		return {
			document: replaced(document, join, { ...join, links: inserted(others, at, link) }),
			inverse: [{ kind: "move_link", na_id, dfo_id, at: join.links.indexOf(link) }],
		};
	},
	set_link_param: (document, change) => {
		const params = new LinkParams(document);
		const inverse = [params.set(change)];
		return { document: params.document, inverse };
	},
};

/** @throws Refusal 400: a join has this place. */
export function checkIndex({ joins }: ProjectDocument, naIdx: number): void {
	if (joins.some(({ na_idx }) => na_idx === naIdx))
		badRequest(`na_idx ${naIdx} is taken`, "na_idx");
}

/** Takes all links of some ports away, and joins that become one-sided (`ccm-gui.md §6`). */
export function removeLinks(before: ProjectDocument, dfoIds: ReadonlySet<number>): Changed {
	let document = before;
	const ports = portsOf(before);
	const inverse: Change[] = [];
	const take = (changed: Changed) => {
		document = changed.document;
		inverse.unshift(...changed.inverse);
	};
	for (const { na_id, links } of before.joins) {
		for (const { dfo_id } of links) {
			if (!dfoIds.has(dfo_id)) continue;
			const join = document.joins.find((one) => one.na_id === na_id);
			const link = join?.links.find((one) => one.dfo_id === dfo_id);
			if (join !== undefined && link !== undefined) take(removeLink(document, ports, join, link));
		}
	}
	return { document, inverse };
}

/** A join without inputs or without outputs is none (`ccm-gui.md §6`). */
function removeLink(document: ProjectDocument, ports: Ports, join: Join, link: Link): Changed {
	const links = join.links.filter((other) => other !== link);
	const hasBoth = hasLink(ports, links, "input") && hasLink(ports, links, "output");
	if (!hasBoth) return removeJoin(document, join);
	const { na_id } = join;
	return {
		document: replaced(document, join, { ...join, links }),
		inverse: [{ kind: "restore_link", na_id, link, at: join.links.indexOf(link) }],
	};
}

function removeJoin(document: ProjectDocument, join: Join): Changed {
	return {
		document: { ...document, joins: document.joins.filter((other) => other !== join) },
		inverse: [{ kind: "restore_join", join, at: document.joins.indexOf(join) }],
	};
}

function addLink(document: ProjectDocument, join: Join, link: Link, at: number): Changed {
	const { na_id } = join;
	const { dfo_id } = link;
	if (join.links.some((other) => other.dfo_id === dfo_id)) {
		badRequest(`Device Feature Object id ${dfo_id} is linked to this join already`, "dfo_id");
	}
	return {
		document: replaced(document, join, { ...join, links: inserted(join.links, at, link) }),
		inverse: [{ kind: "remove_link", na_id, dfo_id }],
	};
}

/** A new link begins with the model's parameters. */
function freshLink(ports: Ports, dfoId: number, context: ChangeContext): Link {
	const { block, port } = portIn(ports, dfoId);
	const feature = context.model(block.dm_id)?.features.find(({ df_id }) => df_id === port.df_id);
	const params = Array.from(
		{ length: port.param_no },
		(_, i) => feature?.params[i] ?? { ...PLAIN_PARAM },
	);
	return { dfo_id: dfoId, params };
}

function checkBothSides(ports: Ports, links: readonly Link[]): void {
	for (const type of ["input", "output"] as const) {
		if (hasLink(ports, links, type)) continue;
		badRequest(`NetworkApplication needs at least one ${type} feature`, "dfo_ids");
	}
}

/** Tags are passed on one by one: all features of a join carry the same (`ccm-gui.md §6`). */
function checkTags(ports: Ports, links: readonly Link[]): void {
	const sets = links.map(({ dfo_id }) => portIn(ports, dfo_id).port.tags.toSorted().join("\n"));
	if (new Set(sets).size > 1) {
		badRequest("NetworkApplication should use the Features with the same Tag.", "dfo_ids");
	}
}

function replaced(document: ProjectDocument, before: Join, after: Join): ProjectDocument {
	return { ...document, joins: document.joins.map((join) => (join === before ? after : join)) };
}

import type { Binding, Block, Change, Port, ProjectDocument } from "../../contract/mod.ts";
import type { Changed, ChangeTable } from "./change-table.ts";
import { removeLinks } from "./join-changes.ts";
import { blockOf, inserted, portOf } from "./lookup.ts";
import type { BlockModel, ChangeContext } from "./model.ts";
import { badRequest, notFound, Refusal } from "./refusal.ts";

type Kinds =
	| "add_block"
	| "remove_block"
	| "restore_block"
	| "set_features"
	| "set_ports"
	| "set_seats"
	| "move_block"
	| "set_alias"
	| "bind"
	| "unbind";

/** Changes of device objects, their features and bindings. */
export const blockChanges: ChangeTable<Kinds> = {
	add_block: (document, { dm_id, df_ids }, context) => {
		const model = modelOf(context, dm_id);
		const block: Block = {
			do_id: context.newId("do"),
			dm_id,
			dm_name: model.dm_name,
			seats: null,
			bindings: [],
			ports: portsOf(model, df_ids, [], context),
		};
		return {
			document: { ...document, blocks: [...document.blocks, block] },
			done: { kind: "restore_block", block, at: document.blocks.length },
			inverse: [{ kind: "remove_block", do_id: block.do_id }],
		};
	},
	remove_block: (document, { do_id }) => {
		const block = blockOf(document, do_id);
		const at = document.blocks.indexOf(block);
		const { document: unlinked, inverse } = removeLinks(document, portIds(block.ports));
		const blocks = unlinked.blocks.filter((other) => other !== block);
		const restore: Change = { kind: "restore_block", block, at };
		return { document: { ...unlinked, blocks }, inverse: [restore, ...inverse] };
	},
	restore_block: (document, { block, at }) => {
		if (document.blocks.some(({ do_id }) => do_id === block.do_id)) {
			throw new Refusal(409, `Device Object id ${block.do_id} is there already`);
		}
		return {
			document: { ...document, blocks: inserted(document.blocks, at, block) },
			inverse: [{ kind: "remove_block", do_id: block.do_id }],
		};
	},
	set_features: (document, { do_id, df_ids }, context) => {
		const block = blockOf(document, do_id);
		const ports = portsOf(modelOf(context, block.dm_id), df_ids, block.ports, context);
		return withPorts(document, block, ports);
	},
	set_ports: (document, { do_id, ports }) => withPorts(document, blockOf(document, do_id), ports),
	set_seats: (document, { do_id, seats }) => {
		const block = blockOf(document, do_id);
		const bindings = block.bindings.filter(({ seat }) => seat < (seats ?? 1));
		const inverse: Change[] = [
			{ kind: "set_seats", do_id, seats: block.seats },
			...rebind(do_id, block.bindings, bindings),
		];
		return { document: replaced(document, block, { ...block, seats, bindings }), inverse };
	},
	move_block: (document, { do_id, at }) => {
		const block = blockOf(document, do_id);
		const before = document.blocks.indexOf(block);
		const others = document.blocks.filter((other) => other !== block);
		return {
			document: { ...document, blocks: inserted(others, at, block) },
			inverse: [{ kind: "move_block", do_id, at: before }],
		};
	},
	set_alias: (document, { dfo_id, alias_name }) => {
		const { block, port } = portOf(document, dfo_id);
		const ports = block.ports.map((one) => (one === port ? { ...port, alias_name } : one));
		return {
			document: replaced(document, block, { ...block, ports }),
			inverse: [{ kind: "set_alias", dfo_id, alias_name: port.alias_name }],
		};
	},
	bind: (document, { do_id, mac_addr, seat = 0 }) => {
		const block = blockOf(document, do_id);
		if (seat >= (block.seats ?? 1)) {
			const has = block.seats === null ? "is for one device" : `has seats 0 to ${block.seats - 1}`;
			badRequest(`Device Object id ${do_id} ${has}: there is no seat ${seat}`, "seat");
		}
		const own = block.bindings.find((one) => one.mac_addr === mac_addr && one.seat !== seat);
		if (own !== undefined) {
			badRequest(
				`the device has seat ${own.seat} of Device Object id ${do_id} already`,
				"mac_addr",
			);
		}
		const others = block.bindings.filter((binding) => binding.seat !== seat);
		const bindings = [...others, { seat, mac_addr }].sort((a, b) => a.seat - b.seat);
		return {
			document: replaced(document, block, { ...block, bindings }),
			inverse: [seatAsBefore(block, seat)],
		};
	},
	unbind: (document, { do_id, seat = 0 }) => {
		const block = blockOf(document, do_id);
		const bindings = block.bindings.filter((binding) => binding.seat !== seat);
		if (bindings.length === block.bindings.length) return { document, inverse: [] };
		return {
			document: replaced(document, block, { ...block, bindings }),
			inverse: [seatAsBefore(block, seat)],
		};
	},
};

function modelOf(context: ChangeContext, dmId: number): BlockModel {
	return context.model(dmId) ?? notFound(`Device Model id ${dmId}`);
}

function portIds(ports: readonly Port[]): ReadonlySet<number> {
	return new Set(ports.map(({ dfo_id }) => dfo_id));
}

/** Ports of these features, in their order; those that are there stay as they are. */
function portsOf(
	model: BlockModel,
	dfIds: readonly number[],
	before: readonly Port[],
	context: ChangeContext,
): Port[] {
	return [...new Set(dfIds)].map((dfId) => {
		const known = before.find(({ df_id }) => df_id === dfId);
		if (known !== undefined) return known;
		const feature = model.features.find(({ df_id }) => df_id === dfId);
		if (feature === undefined) return notFound(`Device Feature id ${dfId}`);
		const { df_id, df_name, df_type, params, tags, tag_param_no } = feature;
		return {
			dfo_id: context.newId("dfo"),
			df_id,
			df_name,
			df_type,
			alias_name: df_name,
			param_no: params.length,
			tags: [...tags],
			tag_param_no,
		};
	});
}

/** Links of ports that go, go too. */
function withPorts(document: ProjectDocument, block: Block, ports: readonly Port[]): Changed {
	const { do_id } = block;
	const stay = portIds(ports);
	const gone = new Set([...portIds(block.ports)].filter((id) => !stay.has(id)));
	const { document: unlinked, inverse } = removeLinks(document, gone);
	return {
		document: replaced(unlinked, block, { ...block, ports: [...ports] }),
		done: { kind: "set_ports", do_id, ports: [...ports] },
		inverse: [{ kind: "set_ports", do_id, ports: block.ports }, ...inverse],
	};
}

function replaced(document: ProjectDocument, before: Block, after: Block): ProjectDocument {
	const blocks = document.blocks.map((block) => (block.do_id === before.do_id ? after : block));
	return { ...document, blocks };
}

function seatAsBefore({ do_id, bindings }: Block, seat: number): Change {
	const before = bindings.find((binding) => binding.seat === seat);
	if (before === undefined) return { kind: "unbind", do_id, seat };
	return { kind: "bind", do_id, mac_addr: before.mac_addr, seat };
}

/** What brings back bindings that were lost. */
function rebind(do_id: number, before: readonly Binding[], after: readonly Binding[]): Change[] {
	return before
		.filter((binding) => !after.includes(binding))
		.map(({ mac_addr, seat }) => ({ kind: "bind", do_id, mac_addr, seat }));
}

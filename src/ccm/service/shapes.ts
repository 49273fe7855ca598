// Results as REST v0 and the GUI API give them (`ccm-gui.md §3.6`): rows carry all their columns, those that are dropped
// as constants (`ccm-gui.md §14`).
import type { Block, Join, Link, Port, ProjectDocument } from "../../contract/mod.ts";
import { type Ports, portIn, portsOf } from "../projects/lookup.ts";
import type {
	CcmTables,
	DeviceRecord,
	Feature,
	FunctionRecord,
	Model,
	Param,
	ProjectHead,
} from "../store/port.ts";

export function projectRow({ p_id, p_name, u_id, status, sim }: ProjectHead) {
	return { p_id, p_name, u_id, status, sim, restart: false, exception: "" };
}

export function featureRow({ df_id, df_name, df_type, df_category, comment, params }: Feature) {
	return { df_id, df_name, df_type, df_category, param_no: params.length, comment };
}

export function paramRows(
	params: readonly Param[],
	owner: { readonly df_id: number | null; readonly mf_id: number | null },
) {
	return params.map((param, param_i) => ({ ...owner, u_id: null, param_i, ...param }));
}

export function modelRow({ dm_id, dm_name, plural, device_only }: Model) {
	return { dm_id, dm_name, dm_type: "other", plural, device_only };
}

export function functionItem({ fn_id, fn_name, is_protect }: FunctionRecord) {
	return { fn_id, fn_name, is_protect };
}

/** Model info (`ccm-gui.md §3.6`): the model with its features, their parameters and tags. */
export async function modelInfo(tables: CcmTables, model: Model) {
	const tags = await tables.tags.list();
	const df_list = [];
	for (const { df_id, mf_id, params, tag_ids } of model.members) {
		const feature = await tables.features.get(df_id);
		if (feature === undefined) continue;
		df_list.push({
			...featureRow(feature),
			mf_id,
			df_parameter: paramRows(params, { df_id: null, mf_id }),
			tags: tags.filter(({ tag_id }) => tag_ids.includes(tag_id)),
		});
	}
	return { ...modelRow(model), df_list };
}

/** A DO item: the ports of one direction, and the device bound to the block. */
function blockItem(block: Block, ports: readonly Port[], device: DeviceRecord | undefined) {
	const { do_id, dm_id, dm_name } = block;
	const shown = device?.is_sim === true ? undefined : device;
	return {
		do_id,
		dm_id,
		dm_name,
		d_id: device?.d_id ?? null,
		d_name: shown?.d_name ?? null,
		status: device?.status ?? null,
		dfo: ports.map(({ dfo_id, df_id, alias_name, df_type, tags }) => ({
			dfo_id,
			df_id,
			alias_name,
			df_type,
			src: iconOf(tags),
		})),
	};
}

export function joinRow({ na_id, na_name, na_idx }: Join, p_id: number) {
	return { na_id, na_name, na_idx, p_id };
}

/** An NA item: the join and what it links. */
export function joinItem(p_id: number, ports: Ports, join: Join) {
	const items = join.links.map(({ dfo_id }) => ({
		dfo_id,
		color: "black",
		df_type: portIn(ports, dfo_id).port.df_type,
	}));
	return {
		...joinRow(join, p_id),
		input: items.filter(({ df_type }) => df_type === "input"),
		output: items.filter(({ df_type }) => df_type === "output"),
	};
}

/** Rows of DF_Module. */
export function linkRows(na_id: number, { dfo_id, params }: Link) {
	return params.map((param, param_i) => ({ na_id, dfo_id, param_i, ...param, color: "black" }));
}

/** The device of a block's first seat, as far as it is known. */
export async function deviceOf(tables: CcmTables, block: Block): Promise<DeviceRecord | undefined> {
	const mac_addr = block.bindings[0]?.mac_addr;
	return mac_addr === undefined ? undefined : (await tables.devices.list({ mac_addr }))[0];
}

/** Project info: the project with its joins, and its blocks by direction. */
export async function projectInfo(tables: CcmTables, project: ProjectDocument) {
	const ido = [];
	const odo = [];
	for (const block of project.blocks) {
		const device = await deviceOf(tables, block);
		const inputs = block.ports.filter(({ df_type }) => df_type === "input");
		const outputs = block.ports.filter(({ df_type }) => df_type === "output");
		if (inputs.length > 0) ido.push(blockItem(block, inputs, device));
		if (outputs.length > 0) odo.push(blockItem(block, outputs, device));
	}
	const ports = portsOf(project);
	const na = project.joins.map((join) => joinItem(project.p_id, ports, join));
	return { ...projectRow(project), na, ido, odo };
}

/** An icon by the first letter of the feature's tag (`ccm-gui.md §3.6`). */
function iconOf([tag]: readonly string[]): string | null {
	return tag === undefined ? null : `/static/images/${tag.charAt(0).toUpperCase()}.png`;
}

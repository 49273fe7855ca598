import { Type } from "@sinclair/typebox";
import type { Block, Join, Link, ProjectDocument } from "../../contract/mod.ts";
import { portOf } from "../projects/lookup.ts";
import type { CcmTables } from "../store/port.ts";
import { projectFor } from "./access.ts";
import { IdOrName } from "./inputs.ts";
import { operation } from "./operation.ts";

const getOutline = operation({
	name: "get_project_outline",
	rest: { method: "GET", path: "/project/:p_id/outline", as: "data" },
	who: "student",
	reads: true,
	local: true,
	input: Type.Object({ p_id: IdOrName }),
	run: async (call, { p_id: idOrName }) => {
		const { tables } = call;
		const project = await projectFor(call, idOrName, "look", `project ${idOrName}`);
		const { p_id, p_name, u_id, rev, status, sim, blocks, joins } = project;
		const names = await functionNames(tables, project);
		const owner = await tables.people.byId(u_id);
		return {
			...{ p_id, p_name, u_id, u_name: owner?.name ?? null, rev, status, sim },
			objects: await Promise.all(blocks.map((block) => objectOf(tables, block))),
			joins: joins.map((join) => joinOf(project, join, names)),
		};
	},
});

type Names = ReadonlyMap<number, string>;

/** Names of the functions a project uses, by id. */
async function functionNames(tables: CcmTables, { joins }: ProjectDocument): Promise<Names> {
	const links = joins.flatMap((join) => join.links);
	const params = links.flatMap((link) => link.params);
	const ids = new Set([...joins, ...params].flatMap(({ fn_id }) => fn_id ?? []));
	const found = await Promise.all([...ids].map((id) => tables.functions.get(id)));
	return new Map(found.flatMap((fn) => (fn === undefined ? [] : [[fn.fn_id, fn.fn_name]])));
}

async function objectOf(tables: CcmTables, { do_id, dm_name, seats, bindings, ports }: Block) {
	const devices = bindings.map(async ({ seat, mac_addr }) => {
		const [device] = await tables.devices.list({ mac_addr });
		const { d_name = null, status = "offline" } = device ?? {};
		return { seat, mac_addr, d_name, status };
	});
	const features = ports.map(({ dfo_id, df_name, df_type, alias_name }) => ({
		...{ dfo_id, df_name, df_type, alias_name },
	}));
	return { do_id, dm_name, seats, devices: await Promise.all(devices), features };
}

function joinOf(project: ProjectDocument, join: Join, names: Names) {
	const { na_id, na_name, na_idx, fn_id, links } = join;
	const nameOf = (id: number | null) => (id === null ? null : (names.get(id) ?? null));
	const linked = links.map(({ dfo_id, params }: Link) => {
		const { block, port } = portOf(project, dfo_id);
		const isInput = port.df_type === "input";
		// Of an input the first value's function takes all of them (`ccm-gui.md §2`).
		const used = isInput ? params.slice(0, 1) : params;
		const functions = used.flatMap((param) => nameOf(param.fn_id) ?? []);
		return { isInput, shown: { do_id: block.do_id, dfo_id, functions } };
	});
	const side = (wanted: boolean) =>
		linked.flatMap(({ isInput, shown }) => (isInput === wanted ? [shown] : []));
	return {
		...{ na_id, na_name, na_idx, function: nameOf(fn_id) },
		inputs: side(true),
		outputs: side(false),
	};
}

export const outlineOperations = [getOutline] as const;

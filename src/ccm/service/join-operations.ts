import { type Static, Type } from "@sinclair/typebox";
import {
	type Change,
	IdSchema,
	type Join,
	MAX_JOINS,
	NameSchema,
	type ProjectDocument,
} from "../../contract/mod.ts";
import { checkIndex } from "../projects/join-changes.ts";
import { joinOf, linkOf, portIn, portsOf } from "../projects/lookup.ts";
import { badRequest } from "../projects/refusal.ts";
import { projectFor, projectWith } from "./access.ts";
import { changeProject } from "./change-project.ts";
import { FnId, Ids, ParamInputs } from "./inputs.ts";
import { type Call, operation } from "./operation.ts";
import { checkFunctions, functionsFor, paramChange } from "./params.ts";
import { functionItem, joinItem, joinRow, linkRows } from "./shapes.ts";

const JOIN = "/project/:p_id/na";
const Place = Type.Object({ p_id: Type.Optional(IdSchema), na_id: IdSchema });
const LinkUpdates = Type.Array(Type.Object({ dfo_id: IdSchema, dfmp_list: ParamInputs }), {
	maxItems: 10_000,
});

function projectOfJoin(
	call: Call,
	{ p_id, na_id }: Static<typeof Place>,
	wish: "look" | "edit",
): Promise<ProjectDocument> {
	const part = { kind: "na", id: na_id, ...(p_id !== undefined && { p_id }) } as const;
	return projectWith(call, part, wish, `NetworkApplication id ${na_id}`);
}

/** A join that is to change, in the contract's words where its project is given. @throws Refusal 400: it has none; 404 */
async function joinToUpdate(
	call: Call,
	place: Static<typeof Place>,
): Promise<{ project: ProjectDocument; join: Join }> {
	const { p_id, na_id } = place;
	if (p_id === undefined) {
		const project = await projectOfJoin(call, place, "edit");
		return { project, join: joinOf(project, na_id) };
	}
	const project = await projectFor(call, p_id, "edit");
	const join = project.joins.find((one) => one.na_id === na_id);
	return { project, join: join ?? badRequest("NetworkApplication not find.", "na_id") };
}

const createJoin = operation({
	name: "create_na",
	rest: { method: "PUT", path: JOIN },
	who: "student",
	reads: false,
	input: Type.Object({
		p_id: IdSchema,
		na_name: NameSchema,
		na_idx: Type.Integer({ minimum: 0, maximum: MAX_JOINS }),
		dfo_ids: Ids,
	}),
	run: async (call, { p_id, na_name, na_idx, dfo_ids }) => {
		const project = await projectFor(call, p_id, "edit", `Project id ${p_id}`);
		checkIndex(project, na_idx);
		const add: Change = { kind: "add_join", na_name, na_idx, dfo_ids };
		const { document } = await changeProject(call, project, [add]);
		return { na_id: document.joins.at(-1)?.na_id };
	},
});

const getJoins = operation({
	name: "get_na_list",
	rest: { method: "GET", path: JOIN, rename: { na: "data" } },
	who: "student",
	reads: true,
	input: Type.Object({ p_id: IdSchema }),
	run: async (call, { p_id }) => {
		const project = await projectFor(call, p_id, "look", `Project id ${p_id}`);
		const ports = portsOf(project);
		return { p_id, na: project.joins.map((join) => joinItem(p_id, ports, join)) };
	},
});

const getJoin = operation({
	name: "get_na_info",
	rest: { method: "GET", path: `${JOIN}/:na_id`, as: "data" },
	who: "student",
	reads: true,
	input: Place,
	run: async (call, input) => {
		const project = call.simulated(await projectOfJoin(call, input, "look"));
		const join = joinOf(project, input.na_id);
		const fn_list = (await functionsFor(call, project)).map(functionItem);
		const ports = portsOf(project);
		const sides = join.links.map((link) => {
			const { block, port } = portIn(ports, link.dfo_id);
			const { dfo_id, alias_name, df_id, df_name, df_type } = port;
			return {
				...{ dfo_id, alias_name, df_id, df_name, df_type, dm_name: block.dm_name },
				mac_addr: block.bindings[0]?.mac_addr ?? null,
				fn_list,
				dfmp: linkRows(join.na_id, link),
			};
		});
		const input_ = sides.filter(({ df_type }) => df_type === "input");
		return {
			...joinRow(join, project.p_id),
			fn_list,
			input: input_,
			output: sides.filter(({ df_type }) => df_type === "output"),
			multiple: input_.map(({ dfo_id }, param_i) => multipleRow(join, dfo_id, param_i)),
		};
	},
});

function multipleRow({ na_id, fn_id }: Join, dfo_id: number, param_i: number) {
	return { na_id, param_i, dfo_id, fn_id };
}

const updateJoin = operation({
	name: "update_na",
	rest: { method: "POST", path: `${JOIN}/:na_id` },
	who: "student",
	reads: false,
	input: Type.Object({
		...Place.properties,
		na_name: Type.Optional(NameSchema),
		/** Absent: it stays; null: none. */
		multiplejoin_fn_id: Type.Optional(FnId),
		dfm_list: Type.Optional(LinkUpdates),
	}),
	run: async (call, input) => {
		const { na_id, na_name, multiplejoin_fn_id, dfm_list = [] } = input;
		const { project, join } = await joinToUpdate(call, input);
		for (const { dfo_id } of dfm_list) linkOf(join, dfo_id);
		const used = dfm_list.flatMap(({ dfmp_list }) => dfmp_list.map(({ fn_id }) => fn_id));
		await checkFunctions(call, project, [multiplejoin_fn_id, ...used]);
		const changes: Change[] = dfm_list.flatMap(({ dfo_id, dfmp_list }) =>
			dfmp_list.map((values, index) => paramChange(na_id, dfo_id, index, values)),
		);
		if (na_name !== undefined) changes.push({ kind: "rename_join", na_id, na_name });
		if (multiplejoin_fn_id !== undefined) {
			changes.push({ kind: "set_join_function", na_id, fn_id: multiplejoin_fn_id });
		}
		if (changes.length > 0) await changeProject(call, project, changes);
		return { na_id };
	},
});

const deleteJoin = operation({
	name: "delete_na",
	rest: { method: "DELETE", path: `${JOIN}/:na_id` },
	who: "student",
	reads: false,
	input: Place,
	run: async (call, input) => {
		const { na_id } = input;
		const project = await projectOfJoin(call, input, "edit");
		await changeProject(call, project, [{ kind: "remove_join", na_id }]);
		return { na_id };
	},
});

const LinkPlace = Type.Object({ ...Place.properties, dfo_id: IdSchema });

const createLink = operation({
	name: "create_link",
	who: "student",
	reads: false,
	input: LinkPlace,
	run: async (call, input) => {
		const { na_id, dfo_id } = input;
		const project = await projectOfJoin(call, input, "edit");
		await changeProject(call, project, [{ kind: "add_link", na_id, dfo_id }]);
		return { na_id };
	},
});

const deleteLink = operation({
	name: "delete_link",
	who: "student",
	reads: false,
	input: LinkPlace,
	/** Null when the join went with it. */
	run: async (call, input): Promise<{ na_id: number } | null> => {
		const { na_id, dfo_id } = input;
		const project = await projectOfJoin(call, input, "edit");
		const remove: Change = { kind: "remove_link", na_id, dfo_id };
		const { document } = await changeProject(call, project, [remove]);
		return document.joins.some((join) => join.na_id === na_id) ? { na_id } : null;
	},
});

export const joinOperations = [
	createJoin,
	getJoins,
	getJoin,
	updateJoin,
	deleteJoin,
	createLink,
	deleteLink,
] as const;

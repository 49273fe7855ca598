// What pages show of joins and features beside what REST gives (`ccm-gui.md §5`), and their switch of the simulation.
import { Type } from "@sinclair/typebox";
import { IdSchema, type ProjectDocument } from "../../contract/mod.ts";
import { joinOf, portOf } from "../projects/lookup.ts";
import { badRequest } from "../projects/refusal.ts";
import { maySee, projectFor, projectWith } from "./access.ts";
import { changeProject } from "./change-project.ts";
import { type Call, operation } from "./operation.ts";
import { functionsFor } from "./params.ts";
import { functionItem } from "./shapes.ts";

const P = Type.Optional(IdSchema);

/** The page's monitor topic is not here: it is announced when CSM has begun. */
const getJoinMonitor = operation({
	name: "get_na_monitor",
	who: "student",
	reads: true,
	input: Type.Object({
		na_id: IdSchema,
		p_id: P,
		aa_credential_id: Type.Optional(Type.Union([Type.String({ maxLength: 100 }), Type.Null()])),
	}),
	run: async (call, { na_id, p_id }) => {
		const what = `NetworkApplication id ${na_id}`;
		const part = { kind: "na", id: na_id, ...(p_id !== undefined && { p_id }) } as const;
		const project = call.simulated(await projectWith(call, part, "look", what));
		const sides = joinOf(project, na_id).links.map(({ dfo_id }) => {
			const { block, port } = portOf(project, dfo_id);
			const { alias_name, df_id, df_name, df_type, param_no } = port;
			const mac_addr = block.bindings[0]?.mac_addr ?? null;
			return { dfo_id, alias_name, df_id, df_name, df_type, param_no, mac_addr };
		});
		return {
			input: sides.filter(({ df_type }) => df_type === "input"),
			output: sides.filter(({ df_type }) => df_type === "output"),
		};
	},
});

/** Functions that are offered for a feature, or (null) for joins, and the other ones the project may use. */
async function offers(call: Call, owner: { readonly u_id: number }, df_id: number | null) {
	const { person, tables } = call;
	const favourites = await tables.favourites.list({ df_id });
	const ids = new Set(
		favourites
			.filter(({ u_id }) => u_id === null || u_id === person.u_id)
			.map(({ fn_id }) => fn_id),
	);
	const all = await functionsFor(call, owner);
	const isOffered = (fn: { readonly fn_id: number }) => ids.has(fn.fn_id);
	return {
		fn_list: all.filter((fn) => isOffered(fn) && maySee(person, fn)).map(functionItem),
		other_fn_list: all.filter((fn) => !isOffered(fn)).map(functionItem),
	};
}

const getFunctionsOf = operation({
	name: "get_dfo_function_info",
	who: "student",
	reads: true,
	input: Type.Object({
		dfo_id: Type.Optional(Type.Union([IdSchema, Type.Null()])),
		na_id: Type.Optional(Type.Union([IdSchema, Type.Null()])),
	}),
	run: async (call, { dfo_id, na_id }) => {
		if (typeof dfo_id === "number") {
			const what = `Device Feature Object id ${dfo_id}`;
			const project = await projectWith(call, { kind: "dfo", id: dfo_id }, "look", what);
			const { df_id, df_name } = portOf(project, dfo_id).port;
			const links = project.joins
				.filter((join) => typeof na_id !== "number" || join.na_id === na_id)
				.flatMap((join) => join.links.filter((link) => link.dfo_id === dfo_id));
			const dfm_fn_list = links.flatMap(({ params }) => params.map(({ fn_id }) => fn_id));
			return { df_id, dfo_id, df_name, ...(await offers(call, project, df_id)), dfm_fn_list };
		}
		if (typeof na_id !== "number") {
			return badRequest("one of the fields `dfo_id` and `na_id` is required", "dfo_id");
		}
		const what = `NetworkApplication id ${na_id}`;
		const project = await projectWith(call, { kind: "na", id: na_id }, "look", what);
		const multiplejoin_fn_id = joinOf(project, na_id).fn_id;
		const nothing = { df_id: null, dfo_id: null, df_name: null };
		return { ...nothing, ...(await offers(call, project, null)), multiplejoin_fn_id };
	},
});

const switchSimulation = (name: string, sim: ProjectDocument["sim"]) =>
	operation({
		name,
		who: "student",
		reads: false,
		input: Type.Object({ p_id: IdSchema }),
		run: async (call, { p_id }) => {
			const project = await projectFor(call, p_id, "edit");
			await changeProject(call, project, [{ kind: "set_simulation", sim }]);
			return sim;
		},
	});

export const pageOperations = [
	getJoinMonitor,
	getFunctionsOf,
	switchSimulation("turn_on_simulation", "on"),
	switchSimulation("turn_off_simulation", "off"),
] as const;

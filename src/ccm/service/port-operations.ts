// Features of a device object one by one; REST sets them all at once.
import { Type } from "@sinclair/typebox";
import { type Change, IdSchema, NameSchema } from "../../contract/mod.ts";
import { blockOf } from "../projects/lookup.ts";
import { badRequest, notFound } from "../projects/refusal.ts";
import { changeProject } from "./change-project.ts";
import { projectOfObject } from "./object-operations.ts";
import { operation } from "./operation.ts";

const createPort = operation({
	name: "create_device_feature_object",
	who: "student",
	reads: false,
	input: Type.Object({
		do_id: IdSchema,
		df_id: IdSchema,
		alias_name: Type.Optional(NameSchema),
	}),
	run: async (call, { do_id, df_id, alias_name }) => {
		const project = await projectOfObject(call, { do_id }, "edit");
		const { ports } = blockOf(project, do_id);
		if (ports.some((port) => port.df_id === df_id)) {
			badRequest(`Device Object id ${do_id} has Device Feature id ${df_id}`, "df_id");
		}
		const df_ids = [...ports.map((port) => port.df_id), df_id];
		const { document } = await changeProject(call, project, [
			{ kind: "set_features", do_id, df_ids },
		]);
		const made = blockOf(document, do_id).ports.find((port) => port.df_id === df_id);
		if (made === undefined) return notFound(`Device Feature id ${df_id}`);
		const { dfo_id } = made;
		if (alias_name !== undefined && alias_name !== made.alias_name) {
			const rename: Change = { kind: "set_alias", dfo_id, alias_name };
			await changeProject(call, document, [rename]);
		}
		return { dfo_id };
	},
});

const deletePort = operation({
	name: "delete_device_feature_object",
	who: "student",
	reads: false,
	input: Type.Object({ do_id: IdSchema, dfo_id: IdSchema }),
	run: async (call, { do_id, dfo_id }) => {
		const project = await projectOfObject(call, { do_id }, "edit");
		const { ports } = blockOf(project, do_id);
		const rest = ports.filter((port) => port.dfo_id !== dfo_id);
		if (rest.length === ports.length) return notFound(`Device Feature Object id ${dfo_id}`);
		if (rest.length === 0) {
			badRequest("it is the only feature of the Device Object: delete that instead", "dfo_id");
		}
		const df_ids = rest.map(({ df_id }) => df_id);
		await changeProject(call, project, [{ kind: "set_features", do_id, df_ids }]);
		return { dfo_id };
	},
});

export const portOperations = [createPort, deletePort] as const;

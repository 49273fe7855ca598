import { Type } from "@sinclair/typebox";
import { IdSchema } from "../../contract/mod.ts";
import { Refusal } from "../projects/refusal.ts";
import { maySee } from "./access.ts";
import { functionFor } from "./function-for.ts";
import { FnId } from "./inputs.ts";
import { type Call, operation } from "./operation.ts";
import { functionItem } from "./shapes.ts";

/**
 * Offers a function for a device feature, or (null) for joins.
 * @throws Refusal 404: there is no such feature.
 */
export async function offer(call: Call, fn_id: number, df_id: number | null): Promise<void> {
	const { tables, person } = call;
	if (df_id !== null && (await tables.features.get(df_id)) === undefined) {
		throw new Refusal(404, `Device Feature id ${df_id} not found`);
	}
	await tables.favourites.add({ fn_id, df_id, u_id: person.u_id });
}

/** Functions that are offered for a feature, or (null) for joins. */
async function offered({ person, tables }: Call, df_id: number | null) {
	const favourites = await tables.favourites.list({ df_id });
	const ids = new Set(
		favourites
			.filter(({ u_id }) => u_id === null || u_id === person.u_id)
			.map(({ fn_id }) => fn_id),
	);
	const functions = (await tables.functions.list()).filter((fn) => maySee(person, fn));
	return { fn_list: functions.filter(({ fn_id }) => ids.has(fn_id)).map(functionItem) };
}

export const getFeatureFunctions = operation({
	name: "get_device_feature_function_list",
	rest: { method: "GET", path: "/function/devicefeature/:df_id" },
	who: "student",
	reads: true,
	input: Type.Object({ df_id: IdSchema }),
	run: (call, { df_id }) => offered(call, df_id),
});

export const getJoinFunctions = operation({
	name: "get_na_function_list",
	rest: { method: "GET", path: "/function/networkapplication" },
	who: "student",
	reads: true,
	input: Type.Object({}),
	run: (call) => offered(call, null),
});

const Sdf = { fn_id: IdSchema };

export const addOffer = (name: string, path: string, hasFeature: boolean) =>
	operation({
		name,
		rest: { method: "PUT", path, status: 201, as: "data" },
		who: "teacher",
		reads: false,
		input: Type.Object(hasFeature ? { ...Sdf, df_id: Type.Optional(FnId) } : Sdf),
		run: async (call, input: { fn_id: number; df_id?: number | null }) => {
			const { fn_id, df_id = null } = input;
			await functionFor(call, fn_id, "look");
			await offer(call, fn_id, df_id);
			return { fn_id, df_id };
		},
	});

export const removeOffer = (name: string, path: string, hasFeature: boolean) =>
	operation({
		name,
		rest: { method: "DELETE", path, as: "data" },
		who: "teacher",
		reads: false,
		input: Type.Object(hasFeature ? { ...Sdf, df_id: Type.Optional(FnId) } : Sdf),
		run: async (call, input: { fn_id: number; df_id?: number | null }) => {
			const { fn_id, df_id = null } = input;
			const { tables, person } = call;
			await functionFor(call, fn_id, "look");
			await tables.favourites.remove({ fn_id, df_id, u_id: person.u_id });
			if (person.role === "admin") await tables.favourites.remove({ fn_id, df_id, u_id: null });
			return { fn_id, df_id };
		},
	});

import { Value } from "@sinclair/typebox/value";
import { NameSchema } from "../../contract/mod.ts";
import { DEFAULT_PARAM } from "../catalog/default-param.ts";
import { badRequest, Refusal } from "../projects/refusal.ts";
import type { DeviceRecord, Feature, ModelMember } from "../store/port.ts";
import { featuresOf } from "./device-views.ts";
import type { Call } from "./operation.ts";

type Registered = ReturnType<typeof featuresOf>[number];

/**
 * Makes a model of the features a device registered; those that are not in the catalog are made too. A feature whose
 * name the catalog has for the other direction is left out: a name stands for one direction.
 * @param named Its name; undefined: the one the device gave.
 * @throws Refusal 400: there is no name or no feature that it could have; 409: there is a model of that name.
 */
export async function modelOfDevice(call: Call, device: DeviceRecord, named: string | undefined) {
	const { person, tables, registered } = call;
	const dm_name = named ?? device.dm_name;
	if (dm_name === "") badRequest("the device gave no name of a model: send `dm_name`", "dm_name");
	if (!Value.Check(NameSchema, dm_name)) {
		badRequest("the name the device gave its model is too long: send `dm_name`", "dm_name");
	}
	if ((await tables.models.list({ dm_name })).length > 0) {
		throw new Refusal(409, `Device Model "${dm_name}" already exists`, "dm_name");
	}
	const wanted = featuresOf(registered(device.mac_addr));
	if (wanted.length === 0) {
		badRequest("the device has no features, or is not registered at the moment", "mac_addr");
	}
	const members = new Map<number, ModelMember>();
	const features_made: string[] = [];
	const left_out: string[] = [];
	for (const one of wanted) {
		const [known] = await tables.features.list({ df_name: one.df_name });
		if (known?.df_type === other(one) || !Value.Check(NameSchema, one.df_name)) {
			left_out.push(one.df_name);
			continue;
		}
		const feature = known ?? newFeature(call, one);
		if (known === undefined) {
			await tables.features.put(feature);
			features_made.push(one.df_name);
		}
		const { df_id, params } = feature;
		members.set(df_id, { mf_id: tables.newId("mf"), df_id, params, tag_ids: [] });
	}
	if (members.size === 0) {
		badRequest("the catalog has the names of all its features for the other direction", "mac_addr");
	}
	const dm_id = tables.newId("dm");
	const own = { u_id: person.u_id, plural: false, device_only: false };
	await tables.models.put({ dm_id, dm_name, ...own, members: [...members.values()] });
	return { dm_id, dm_name, features_made, left_out };
}

function other({ df_type }: Registered): Feature["df_type"] {
	return df_type === "input" ? "output" : "input";
}

function newFeature({ person, tables }: Call, { df_name, df_type, param_no }: Registered): Feature {
	// What a device sends is not known: decimals lose nothing.
	const params = Array.from({ length: param_no }, () => ({
		...DEFAULT_PARAM,
		param_type: "float",
	}));
	const { u_id } = person;
	const df_id = tables.newId("df");
	return { df_id, df_name, df_type, df_category: "None", comment: "", params, u_id };
}

// Devices as their page shows them: claimed, released, and made into models.
import { Type } from "@sinclair/typebox";
import { MacAddrSchema, NameSchema } from "../../contract/mod.ts";
import { notFound } from "../projects/refusal.ts";
import { deviceFor, deviceView, deviceViews } from "./device-views.ts";
import { modelOfDevice } from "./model-of-device.ts";
import { operation } from "./operation.ts";

const Device = Type.Object({ mac_addr: MacAddrSchema });

const listDevices = operation({
	name: "list_devices",
	who: "student",
	reads: true,
	input: Type.Object({}),
	run: async (call) => ({ devices: await deviceViews(call) }),
});

const claim = operation({
	name: "claim_registered_device",
	who: "teacher",
	reads: false,
	input: Device,
	run: async (call, { mac_addr }) => {
		const { person, tables } = call;
		const device = await deviceFor(call, mac_addr);
		const isTheirs = device.u_id === person.u_id;
		// Another's device looks like one that does not exist, as it does to `claim_device`.
		if (device.u_id !== null && !isTheirs) return notFound(`Device ${mac_addr}`);
		if (!isTheirs) await tables.devices.put({ ...device, u_id: person.u_id });
		return { device: await deviceView(call, mac_addr) };
	},
});

const release = operation({
	name: "release_device",
	who: "teacher",
	reads: false,
	input: Device,
	run: async (call, { mac_addr }) => {
		const { person, tables } = call;
		const device = await deviceFor(call, mac_addr);
		const isTheirs = device.u_id === person.u_id || person.role === "admin";
		if (device.u_id !== null && !isTheirs) return notFound(`Device ${mac_addr}`);
		if (device.u_id !== null) await tables.devices.put({ ...device, u_id: null });
		return { device: await deviceView(call, mac_addr) };
	},
});

const makeModel = operation({
	name: "create_model_of_device",
	who: "teacher",
	reads: false,
	input: Type.Object({
		mac_addr: MacAddrSchema,
		/** Without one the name the device gave; only devices that give it are of the model. */
		dm_name: Type.Optional(NameSchema),
	}),
	run: async (call, { mac_addr, dm_name }) =>
		modelOfDevice(call, await deviceFor(call, mac_addr), dm_name),
});

export const deviceOperations = [listDevices, claim, release, makeModel] as const;

import { Type } from "@sinclair/typebox";
import {
	type Block,
	IdSchema,
	NameSchema,
	type Port,
	type ProjectDocument,
} from "../../contract/mod.ts";
import { blockOf } from "../projects/lookup.ts";
import { notFound, Refusal } from "../projects/refusal.ts";
import type { DeviceRecord } from "../store/port.ts";
import { candidatesFor } from "./candidates-for.ts";
import { changeProject } from "./change-project.ts";
import { IdOrName } from "./inputs.ts";
import { projectOfObject } from "./object-operations.ts";
import { type Call, operation } from "./operation.ts";

const DEVICE = "/project/:p_id/deviceobject/:do_id/device";
const Place = Type.Object({ p_id: Type.Optional(IdSchema), do_id: IdSchema });

const getDevices = operation({
	name: "get_device_list",
	rest: { method: "GET", path: DEVICE, rename: { device_list: "data" } },
	who: "student",
	reads: true,
	input: Place,
	run: async (call, input) => {
		const project = await projectOfObject(call, input, "look");
		const block = blockOf(project, input.do_id);
		const device_list = (await candidatesFor(call, project, block)).map(({ dm_name, ...row }) => ({
			...row,
			dm_id: block.dm_id,
			dm_name,
		}));
		return { do_id: input.do_id, device_list };
	},
});

const bindDevice = operation({
	name: "bind_device",
	rest: { method: "POST", path: `${DEVICE}/bind/:d_id` },
	who: "student",
	reads: false,
	input: Type.Object({ ...Place.properties, d_id: IdOrName }),
	run: async (call, input) => {
		const { do_id, d_id } = input;
		const project = await projectOfObject(call, input, "edit");
		const block = blockOf(project, do_id);
		const devices = await candidatesFor(call, project, block);
		const isMeant = (device: DeviceRecord) =>
			typeof d_id === "number" ? device.d_id === d_id : device.mac_addr === d_id.toLowerCase();
		const device = devices.find(isMeant);
		if (device === undefined) {
			if (typeof d_id === "number") return notFound(`Device id ${d_id}`);
			throw new Refusal(404, "unknown mac_addr", "d_id");
		}
		const { mac_addr, d_name } = device;
		await changeProject(call, project, [{ kind: "bind", do_id, mac_addr, ...firstSeat(block) }]);
		return { d_name };
	},
});

const unbindDevice = operation({
	name: "unbind_device",
	rest: { method: "POST", path: `${DEVICE}/unbind` },
	who: "student",
	reads: false,
	input: Place,
	run: async (call, input) => {
		const { do_id } = input;
		const project = await projectOfObject(call, input, "edit");
		const block = blockOf(project, do_id);
		if (block.bindings.length > 0) {
			await changeProject(call, project, [{ kind: "unbind", do_id, ...firstSeat(block) }]);
		}
		return { do_id };
	},
});

/** To these clients a crowd is a device object that is bound to its first member. */
function firstSeat({ bindings }: Block): { readonly seat?: number } {
	const seat = bindings[0]?.seat ?? 0;
	return seat === 0 ? {} : { seat };
}

const Alias = Type.Object({ mac_addr: NameSchema, df_name: NameSchema });

/** A feature of a bound device in one of the person's projects. @throws Refusal 404 */
async function boundPort(
	{ person, tables }: Call,
	macAddr: string,
	dfName: string,
): Promise<{ project: ProjectDocument; port: Port }> {
	const mac = macAddr.toLowerCase();
	for (const p_id of await tables.projects.mentioning({ kind: "mac", ref: mac })) {
		const [project] = await tables.projects.list({ p_id, u_id: person.u_id });
		for (const { bindings, ports } of project?.blocks ?? []) {
			const port = ports.find(({ df_name }) => df_name === dfName);
			const isBound = bindings.some(({ mac_addr }) => mac_addr === mac);
			if (project !== undefined && isBound && port !== undefined) return { project, port };
		}
	}
	throw new Refusal(404, "alias_name not find");
}

const getAlias = operation({
	name: "get_alias_name",
	rest: { method: "GET", path: "/alias/:mac_addr/:df_name" },
	who: "student",
	reads: true,
	input: Alias,
	run: async (call, { mac_addr, df_name }) => {
		const { port } = await boundPort(call, mac_addr, df_name);
		return { alias_name: port.alias_name };
	},
});

const setAlias = operation({
	name: "set_alias_name",
	rest: { method: "POST", path: "/alias/:mac_addr/:df_name" },
	who: "student",
	reads: false,
	input: Type.Object({ ...Alias.properties, alias_name: NameSchema }),
	run: async (call, { mac_addr, df_name, alias_name }) => {
		const { project, port } = await boundPort(call, mac_addr, df_name);
		const { dfo_id } = port;
		await changeProject(call, project, [{ kind: "set_alias", dfo_id, alias_name }]);
		return { alias_name };
	},
});

export const bindingOperations = [
	getDevices,
	bindDevice,
	unbindDevice,
	getAlias,
	setAlias,
] as const;

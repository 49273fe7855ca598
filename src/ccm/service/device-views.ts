import type { CcmDevice, ProjectDocument } from "../../contract/mod.ts";
import type { RegisteredDevice } from "../devices/sightings.ts";
import { notFound } from "../projects/refusal.ts";
import type { DeviceRecord } from "../store/port.ts";
import { rightOn, type Wish } from "./access.ts";
import type { Call, Person } from "./operation.ts";

type Looking = Pick<Call, "person" | "tables" | "registered">;

/** Where each device is bound. */
interface Bound {
	/** Blocks in projects the person may look at. */
	readonly places: CcmDevice["bound"];
	/** Blocks in projects of others. */
	readonly elsewhere: number;
}

/** What many devices are shown with. */
interface Catalog {
	readonly names: ReadonlyMap<number, string>;
	readonly models: ReadonlyMap<string, number>;
	readonly bound: ReadonlyMap<string, Bound>;
}

/** Devices a person may see, without simulated ones. */
export async function deviceViews(call: Looking): Promise<CcmDevice[]> {
	const devices = (await call.tables.devices.list()).filter(({ is_sim }) => !is_sim);
	const catalog = await catalogFor(call, devices);
	return devices
		.filter((device) => maySeeDevice(call.person, device, catalog.bound))
		.map((device) => viewOf(call, device, catalog));
}

/** One of them. @throws Refusal 404: there is none, or it is not for this person. */
export async function deviceView(call: Looking, macAddr: string): Promise<CcmDevice> {
	const device = await deviceFor(call, macAddr);
	return viewOf(call, device, await catalogFor(call, [device]));
}

/** @throws Refusal 404: there is none, or the person may not see it. */
export async function deviceFor(call: Looking, macAddr: string): Promise<DeviceRecord> {
	const [device] = await call.tables.devices.list({ mac_addr: macAddr.toLowerCase() });
	if (device === undefined || device.is_sim) return notFound(`Device ${macAddr}`);
	const bound = await boundPlaces(call, [device]);
	return maySeeDevice(call.person, device, bound) ? device : notFound(`Device ${macAddr}`);
}

/** A student sees what is bound in projects; a student that knows the id of another device could pose as it. */
function maySeeDevice(
	{ role, u_id }: Person,
	{ u_id: owner, mac_addr }: DeviceRecord,
	bound: ReadonlyMap<string, Bound>,
): boolean {
	if (role === "admin" || owner === u_id) return true;
	if (owner === null && role === "teacher") return true;
	return (bound.get(mac_addr)?.places.length ?? 0) > 0;
}

async function catalogFor(call: Looking, devices: readonly DeviceRecord[]): Promise<Catalog> {
	const { people, models } = call.tables;
	return {
		names: new Map((await people.list()).map(({ id, name }) => [id, name])),
		models: new Map((await models.list()).map(({ dm_name, dm_id }) => [dm_name, dm_id])),
		bound: await boundPlaces(call, devices),
	};
}

async function boundPlaces(
	call: Looking,
	devices: readonly DeviceRecord[],
): Promise<ReadonlyMap<string, Bound>> {
	const projects = new Map<number, { document: ProjectDocument; may: Wish | undefined }>();
	const bound = new Map<string, Bound>();
	const mentions = await mentionsOf(call, devices);
	for (const { mac_addr } of devices) {
		const places: CcmDevice["bound"] = [];
		let elsewhere = 0;
		for (const p_id of mentions.get(mac_addr) ?? []) {
			const known = projects.get(p_id) ?? (await projectWithRight(call, p_id));
			if (known === undefined) continue;
			projects.set(p_id, known);
			const { document, may } = known;
			for (const { do_id, bindings } of document.blocks) {
				if (!bindings.some((binding) => binding.mac_addr === mac_addr)) continue;
				if (may === undefined) elsewhere += 1;
				else places.push({ p_id, p_name: document.p_name, do_id, may });
			}
		}
		bound.set(mac_addr, { places, elsewhere });
	}
	return bound;
}

/** Projects that mention them; of many devices in one query. */
async function mentionsOf(
	{ tables: { projects } }: Looking,
	devices: readonly DeviceRecord[],
): Promise<ReadonlyMap<string, readonly number[]>> {
	const [first, ...others] = devices;
	if (first === undefined || others.length > 0) return projects.mentions("mac");
	const { mac_addr: ref } = first;
	return new Map([[ref, await projects.mentioning({ kind: "mac", ref })]]);
}

async function projectWithRight(call: Looking, pId: number) {
	const document = await call.tables.projects.find(pId);
	return document && { document, may: await rightOn(call, document) };
}

function viewOf(
	{ person, registered }: Looking,
	device: DeviceRecord,
	catalog: Catalog,
): CcmDevice {
	const { d_id, mac_addr, d_name, status, u_id, dm_name, register_time } = device;
	const { extra_setup_webpage, device_webpage } = device;
	const known = registered(mac_addr);
	const features = featuresOf(known);
	const { places = [], elsewhere = 0 } = catalog.bound.get(mac_addr) ?? {};
	const dm_id = catalog.models.get(dm_name) ?? null;
	const isTeacher = person.role !== "student";
	return {
		...{ d_id, mac_addr, d_name, status, seen: known?.seen ?? null, register_time },
		is_http: known?.isHttp ?? false,
		...{ u_id, u_name: u_id === null ? null : (catalog.names.get(u_id) ?? null) },
		...{ dm_id, dm_name, features },
		may: {
			claim: isTeacher && u_id === null,
			release: u_id !== null && (person.role === "admin" || u_id === person.u_id),
			model: isTeacher && dm_id === null && features.length > 0,
		},
		...{ device_webpage, extra_setup_webpage, bound: places, bound_elsewhere: elsewhere },
	};
}

/** What a device registered, as features of a model would be. */
export function featuresOf(known: RegisteredDevice | undefined): CcmDevice["features"] {
	const side = (list: RegisteredDevice["inputs"], df_type: "input" | "output") =>
		list.map(({ name: df_name, values: param_no }) => ({ df_name, df_type, param_no }));
	return known === undefined
		? []
		: [...side(known.inputs, "input"), ...side(known.outputs, "output")];
}

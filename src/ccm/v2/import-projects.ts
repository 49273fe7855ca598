import { Value } from "@sinclair/typebox/value";
import { MacAddrSchema } from "../../contract/mod.ts";
import { ExportFileSchema } from "../projects/export-file.ts";
import { importFile } from "../projects/import-file.ts";
import type { BlockModel } from "../projects/model.ts";
import { Refusal } from "../projects/refusal.ts";
import { blockModel } from "../service/change-project.ts";
import type { CcmTables } from "../store/port.ts";
import type { V2Functions } from "./import-functions.ts";
import { secondsOf, type V2People } from "./import-people.ts";
import { indexV2, projectFile, type V2Index } from "./project-file.ts";
import type { V2Report } from "./v2-report.ts";
import type { V2Data } from "./v2-tables.ts";

interface Known {
	readonly people: V2People;
	readonly functions: V2Functions;
}

/** Adds the devices of a file that have an owner or a place in a project; new ones are made for simulated ones. */
export async function importDevices(
	tables: CcmTables,
	{ Device, DeviceModel, DeviceObject }: V2Data,
	people: V2People,
	report: V2Report,
): Promise<void> {
	const bound = new Set(DeviceObject.map(({ d_id }) => d_id));
	const models = new Map(DeviceModel.map(({ dm_id, dm_name }) => [dm_id, dm_name]));
	for (const device of Device) {
		const { d_id, d_name, dm_id, extra_setup_webpage, device_webpage } = device;
		const owner = device.u_id === null ? undefined : people.get(device.u_id)?.id;
		if (device.is_sim || (owner === undefined && !bound.has(d_id))) continue;
		const mac_addr = device.mac_addr.toLowerCase();
		if (!Value.Check(MacAddrSchema, mac_addr)) {
			report.left(
				`device ${JSON.stringify(d_name)}`,
				`its id ${JSON.stringify(mac_addr)} is not a UUID`,
			);
			continue;
		}
		if ((await tables.devices.list({ mac_addr })).length > 0) {
			report.there("devices");
			continue;
		}
		await tables.devices.put({
			...{ d_id: tables.newId("d"), mac_addr, d_name, status: "offline", u_id: owner ?? null },
			...{ dm_name: models.get(dm_id) ?? "", is_sim: false, extra_setup_webpage, device_webpage },
			register_time: secondsOf(device.register_time) ?? 0,
		});
		report.added("devices");
	}
}

/** Adds the projects of a file whose owners are here, each with all that can be, with its devices bound. */
export async function importProjects(
	tables: CcmTables,
	data: V2Data,
	known: Known,
	report: V2Report,
): Promise<void> {
	const index = indexV2(data);
	const models = new Map<string, BlockModel>();
	for (const model of await tables.models.list()) {
		models.set(model.dm_name, await blockModel(tables, model));
	}
	const devices = new Map(data.Device.map((device) => [device.d_id, device]));
	const sideOf = { index, models, devices, ...known };
	for (const project of data.Project) {
		const owner = known.people.get(project.u_id);
		const shown = `project ${JSON.stringify(project.p_name)} of ${owner?.name ?? `account ${project.u_id}`}`;
		if (owner?.id === undefined) {
			report.left(shown, owner === undefined ? "there is no such account" : owner.why);
			continue;
		}
		const { p_name } = project;
		if ((await tables.projects.heads({ u_id: owner.id, p_name })).length > 0) {
			report.there("projects");
			continue;
		}
		try {
			await importProject(tables, project, owner.id, sideOf, (what, why) =>
				report.left(`${what} of ${shown}`, why),
			);
			report.added("projects");
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			report.left(shown, error.message.replace(/^(Invalid format|save error): /, ""));
		}
	}
}

interface Around extends Known {
	readonly index: V2Index;
	readonly models: ReadonlyMap<string, BlockModel>;
	readonly devices: ReadonlyMap<number, V2Data["Device"][number]>;
}

/** @throws Refusal when it cannot be made as it is. */
async function importProject(
	tables: CcmTables,
	project: V2Data["Project"][number],
	u_id: number,
	{ index, models, devices, functions }: Around,
	left: (what: string, why: string) => void,
): Promise<void> {
	const ids = new Map<string, number>();
	let isWhole = true;
	const nameOf = (fnId: number | null) => {
		if (fnId === null) return null;
		const name = functions.nameOf(fnId);
		const id = functions.idFor(fnId, u_id);
		if (name !== undefined && id !== undefined) {
			ids.set(name, id);
			return name;
		}
		isWhole = false;
		left(`function ${name ?? fnId}`, "its owner has no version of it; the project is off");
		return null;
	};
	const file = projectFile(project, index, nameOf, left);
	if (!Value.Check(ExportFileSchema, file)) {
		const { path, message } = Value.Errors(ExportFileSchema, file).First() ?? {};
		throw new Refusal(400, `${path}: ${message}`);
	}
	const { blocks, joins } = importFile(file, {
		model: (name) => models.get(name),
		fnId: (name) => ids.get(name),
		newId: (kind) => tables.newId(kind),
	});
	// As the file has them: by their id there.
	const objects = (index.objects.get(project.p_id) ?? []).filter(
		({ do_id }) => `${do_id}` in file.project.DeviceObject,
	);
	const bound = blocks.map((block, place) => {
		const dId = objects[place]?.d_id ?? null;
		const device = dId === null ? undefined : devices.get(dId);
		if (dId !== null && device === undefined) left(`device ${dId}`, "it is not in the file");
		const mac_addr = device?.mac_addr.toLowerCase();
		const isReal = device !== undefined && !device.is_sim && Value.Check(MacAddrSchema, mac_addr);
		if (device?.is_sim) left(`device ${JSON.stringify(device.d_name)}`, "it is a simulated one");
		return isReal && mac_addr !== undefined
			? { ...block, bindings: [{ seat: 0, mac_addr }] }
			: block;
	});
	await tables.projects.put({
		...{ p_id: tables.newId("p"), p_name: project.p_name, u_id, rev: 0, joins, blocks: bound },
		status: project.status === "on" && isWhole ? "on" : "off",
		sim: project.sim === "on" ? "on" : "off",
	});
}

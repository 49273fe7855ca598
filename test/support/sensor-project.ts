// A project that runs: a sensor and a display of a test's own models, with a join.
import type { ProjectDocument } from "../../src/contract/mod.ts";
import { TestDevice } from "./gateway.ts";
import type { ProjectServer, WebPerson } from "./project-server.ts";
import { LONG_DEADLINE_MS, until } from "./waiting.ts";

export interface SensorProject {
	readonly pId: number;
	readonly naId: number;
	readonly input: number;
	readonly output: number;
	/** Ids of the two objects. */
	readonly objects: readonly [number, number];
	readonly dmId: number;
	readonly dfIds: readonly [number, number];
}

/** A project with two objects of one model, and a join from one to the other. */
export async function drawProject(person: WebPerson, name: string): Promise<SensorProject> {
	const feature = async (df_name: string, df_type: string) =>
		Number(
			(await person.ok("PUT", "/api/v0/devicefeature", { df_name, df_type, df_parameter: [{}] }))
				.df_id,
		);
	const dfIds = [
		await feature(`${name}-I`, "input"),
		await feature(`${name}-O`, "output"),
	] as const;
	const df_list = dfIds.map((df_id) => ({ df_id, df_parameter: [{}] }));
	const model = { dm_name: `${name}Model`, df_list };
	const dmId = Number((await person.ok("PUT", "/api/v0/devicemodel", model)).dm_id);
	const pId = Number((await person.ok("PUT", "/api/v0/project", { p_name: name })).p_id);
	const object = async (df: number) =>
		Number(
			(await person.ok("PUT", `/api/v0/project/${pId}/deviceobject`, { dm_id: dmId, df: [df] }))
				.do_id,
		);
	const objects = [await object(dfIds[0]), await object(dfIds[1])] as const;
	const { blocks } = await documentOf(person, pId);
	const [input = 0, output = 0] = blocks.flatMap(({ ports }) => ports.map(({ dfo_id }) => dfo_id));
	const join = { na_name: "Join", na_idx: 0, dfo_ids: [input, output] };
	const naId = Number((await person.ok("PUT", `/api/v0/project/${pId}/na`, join)).na_id);
	return { pId, naId, input, output, objects, dmId, dfIds };
}

export async function documentOf(person: WebPerson, pId: number): Promise<ProjectDocument> {
	return (await person.ok("GET", `/api/v1/projects/${pId}`)).project as ProjectDocument;
}

/** Carries changes of a project out, on the revision it has. */
export async function change(person: WebPerson, pId: number, ...changes: readonly object[]) {
	const { rev: base_rev } = await documentOf(person, pId);
	return person.ok("POST", `/api/v1/projects/${pId}/changes`, { base_rev, changes });
}

/** The devices of a project, online, bound and running. */
export interface Devices {
	readonly sensor: TestDevice;
	readonly display: TestDevice;
	/** Topics of the two features. */
	readonly from: string;
	readonly to: string;
}

const listOf = (features: readonly string[]) =>
	features.length === 0 ? null : features.map((one) => [one, [null]]);

/** Registers a sensor and a display, binds them, and turns the project on. */
export async function runProject(
	server: ProjectServer,
	person: WebPerson,
	name: string,
	{ pId, objects }: SensorProject,
): Promise<Devices> {
	const target = { http: server.http, mqtt: server.mqtt } as Parameters<
		typeof TestDevice.register
	>[0];
	const device = (idf: string[], odf: string[]) =>
		TestDevice.register(target, {
			name: null,
			profile: { model: `${name}Model` },
			idf_list: listOf(idf),
			odf_list: listOf(odf),
		});
	const sensor = await device([`${name}-I`], []);
	const display = await device([], [`${name}-O`]);
	for (const [n, one] of [sensor, display].entries()) {
		await one.say("online");
		const path = `/api/v0/project/${pId}/deviceobject/${objects[n]}/device/bind/${one.id}`;
		const bind = async () => (await person.send("POST", path, {})).status === 200;
		await until(bind, "the device to be known", { ms: LONG_DEADLINE_MS });
	}
	await person.ok("POST", `/api/v0/project/${pId}`, { status: "on" });
	const from = String((await sensor.signal()).topic);
	const to = String((await display.signal()).topic);
	await display.client.subscribe(to);
	return { sensor, display, from, to };
}

// A project as large as the page has to carry: 200 blocks and 130 wires, with devices that send ten times a second.
import { TestDevice } from "../test/support/gateway.ts";
import type { ProjectServer, WebPerson } from "../test/support/project-server.ts";
import { documentOf } from "../test/support/sensor-project.ts";
import { LONG_DEADLINE_MS, until } from "../test/support/waiting.ts";

export const BLOCKS = 200;
export const WIRES = 130;
const JOINS = WIRES / 2;
const EVERY_MS = 100;
/** Devices that are registered at once. */
const AT_ONCE = 10;
const PROJECT = "bench page";

/** The project, and what ends its devices. */
export interface LargeProject {
	readonly pId: number;
	/** Port of a linked input. */
	readonly input: number;
	stop(): Promise<void>;
}

interface Side {
	readonly model: string;
	readonly feature: string;
	readonly dmId: number;
	readonly dfId: number;
}

/** Draws it, binds a device to each linked block, and turns it on; values flow until it is stopped. */
export async function largeProject(
	server: ProjectServer,
	person: WebPerson,
): Promise<LargeProject> {
	const pId = Number((await person.ok("PUT", "/api/v0/project", { p_name: PROJECT })).p_id);
	const from = await side(person, "Sensor", "input");
	const to = await side(person, "Lamp", "output");
	const inputs = await blocks(person, pId, from);
	const outputs = await blocks(person, pId, to);
	const document = await documentOf(person, pId);
	const port = new Map(
		document.blocks.map(({ do_id, ports: [first] }) => [do_id, first?.dfo_id ?? 0]),
	);
	for (let n = 0; n < JOINS; n++) {
		const dfo_ids = [port.get(inputs[n] ?? 0), port.get(outputs[n] ?? 0)];
		const join = { na_name: `Join ${n + 1}`, na_idx: n, dfo_ids };
		await person.ok("PUT", `/api/v0/project/${pId}/na`, join);
	}
	const sensors = await devices(server, person, pId, from, inputs.slice(0, JOINS));
	const lamps = await devices(server, person, pId, to, outputs.slice(0, JOINS));
	await person.ok("POST", `/api/v0/project/${pId}`, { status: "on" });
	const topics = await Promise.all(
		sensors.map(async (one) => String((await one.signal(true, LONG_DEADLINE_MS)).topic)),
	);
	await Promise.all(lamps.map((one) => one.signal(true, LONG_DEADLINE_MS)));
	let round = 0;
	const timer = setInterval(() => {
		round += 1;
		for (const [n, { client }] of sensors.entries()) {
			const value = Math.round(50 + 40 * Math.sin((round + n) / 7));
			client.raw.publish(topics[n] ?? "", `[${value}]`);
		}
	}, EVERY_MS);
	return {
		pId,
		input: port.get(inputs[0] ?? 0) ?? 0,
		stop: async () => {
			clearInterval(timer);
			await Promise.all([...sensors, ...lamps].map(({ client }) => client.end()));
		},
	};
}

/** A model with one feature. */
async function side(person: WebPerson, name: string, df_type: "input" | "output"): Promise<Side> {
	const feature = `Page${name}-${df_type === "input" ? "I" : "O"}`;
	const param = { df_name: feature, df_type, df_parameter: [{}] };
	const dfId = Number((await person.ok("PUT", "/api/v0/devicefeature", param)).df_id);
	const model = `Page${name}`;
	const body = { dm_name: model, df_list: [{ df_id: dfId, df_parameter: [{}] }] };
	const dmId = Number((await person.ok("PUT", "/api/v0/devicemodel", body)).dm_id);
	return { model, feature, dmId, dfId };
}

/** Half of the blocks. @returns their ids. */
async function blocks(person: WebPerson, pId: number, { dmId, dfId }: Side): Promise<number[]> {
	const ids: number[] = [];
	for (let n = 0; n < BLOCKS / 2; n++) {
		const path = `/api/v0/project/${pId}/deviceobject`;
		ids.push(Number((await person.ok("PUT", path, { dm_id: dmId, df: [dfId] })).do_id));
	}
	return ids;
}

/** A device for each block, online and bound. */
async function devices(
	server: ProjectServer,
	person: WebPerson,
	pId: number,
	{ model, feature }: Side,
	objects: readonly number[],
): Promise<TestDevice[]> {
	const target = { http: server.http, mqtt: server.mqtt } as Parameters<
		typeof TestDevice.register
	>[0];
	const list = [[feature, [null]]];
	const isInput = feature.endsWith("-I");
	const one = async (doId: number, n: number) => {
		const device = await TestDevice.register(target, {
			name: `${model} ${n}`,
			profile: { model },
			idf_list: isInput ? list : null,
			odf_list: isInput ? null : list,
		});
		await device.say("online");
		const path = `/api/v0/project/${pId}/deviceobject/${doId}/device/bind/${device.id}`;
		const bind = async () => (await person.send("POST", path, {})).status === 200;
		await until(bind, "the device to be known", { ms: LONG_DEADLINE_MS });
		return device;
	};
	const all: TestDevice[] = [];
	for (let at = 0; at < objects.length; at += AT_ONCE) {
		const some = objects.slice(at, at + AT_ONCE);
		all.push(...(await Promise.all(some.map((doId, n) => one(doId, at + n)))));
	}
	return all;
}

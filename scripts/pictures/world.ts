// What the pictures of the editor show: people, models, devices, functions and projects with names that do not change.
import type { ProjectDocument } from "../../src/contract/mod.ts";
import { type Json, TestDevice } from "../../test/support/gateway.ts";
import type { PhoneClient } from "../../test/support/phone-client.ts";
import { PASSWORD, type ProjectServer, type WebPerson } from "../../test/support/project-server.ts";
import { change, documentOf } from "../../test/support/sensor-project.ts";
import type { Target } from "../../test/support/target.ts";
import { LONG_DEADLINE_MS, until } from "../../test/support/waiting.ts";
import { type Lesson, openLesson, playLesson } from "./lesson.ts";

const EVERY_MS = 600;

const NAMES = {
	en: {
		...{
			owner: "ada",
			project: "Greenhouse",
			fan: "Fan speed",
			lamp: "Lamp",
			failing: "Night light",
		},
		...{ sensor: "Greenhouse sensor", blower: "Greenhouse fan" },
	},
	zh: {
		...{ owner: "mei", project: "溫室", fan: "風扇轉速", lamp: "燈光", failing: "夜燈" },
		...{ sensor: "溫室感測器", blower: "溫室風扇" },
	},
} as const;

const FAN_SPEED = `def run(temperature, humidity):
    if temperature is None or humidity is None:
        return 0
    return round(max(0, temperature - 20) * 10 + max(0, humidity - 50))
`;
const FIRST_FAHRENHEIT = "def run(celsius):\n    return celsius * 9 / 5\n";
const FAHRENHEIT = "def run(celsius):\n    return celsius * 9 / 5 + 32\n";
const MISTAKEN = "def run(loudness):\n    return loudnes * 100\n";

/** Models of a lab's own. */
const SEED = {
	Unit: [{ unit_name: "rpm" }],
	DeviceFeature: [
		feature("AirTemp-I", "input", 0, 40),
		feature("AirHumidity-I", "input", 0, 100),
		feature("Speed-O", "output", 0, 3000),
	],
	DeviceModel: [
		{ dm_name: "Greenhouse", df_list: ["AirTemp-I", "AirHumidity-I"] },
		{ dm_name: "GreenhouseFan", df_list: ["Speed-O"] },
	],
};

function feature(df_name: string, df_type: string, min: number, max: number) {
	return { df_name, df_type, df_parameter: [{ param_type: "float", min, max }] };
}

export type Language = keyof typeof NAMES;

/** What one language's pictures are of. */
export interface Scene {
	readonly owner: WebPerson;
	/** Has no project. */
	readonly newcomer: WebPerson;
	readonly pId: number;
	readonly failing: { readonly pId: number; readonly naId: number };
	readonly blocks: Readonly<Record<string, number>>;
	readonly ports: Readonly<Record<string, number>>;
	readonly joins: { readonly fan: number; readonly lamp: number };
	readonly sensorId: string;
	readonly functions: { readonly speed: number; readonly fahrenheit: number };
	readonly model: number;
	readonly feature: number;
	readonly lesson: Lesson;
}

export class World {
	readonly #server: ProjectServer;
	readonly #devices: TestDevice[] = [];
	readonly #timers: Timer[] = [];
	readonly #phones: PhoneClient[] = [];

	constructor(server: ProjectServer) {
		this.#server = server;
	}

	/** Fills a server that has only its first administrator, and lets data flow. */
	async build(first: WebPerson): Promise<Readonly<Record<Language, Scene>>> {
		const people = { mei: "admin", grace: "teacher", amy: "student", ben: "student" } as const;
		for (const [username, role] of Object.entries(people)) {
			await first.ok("PUT", "/api/v0/people", { username, password: PASSWORD, role });
		}
		await first.ok("POST", "/api/v1/catalog/import", SEED);
		const mei = await this.#server.person("mei");
		const newcomer = await this.#server.person("grace");
		const en = await this.#scene("en", first, newcomer);
		const zh = await this.#scene("zh", mei, newcomer);
		return { en, zh };
	}

	async dispose(): Promise<void> {
		for (const timer of this.#timers) clearInterval(timer);
		for (const { client } of this.#devices) await client.end();
		for (const phone of this.#phones) await phone.sleep();
	}

	async #scene(language: Language, owner: WebPerson, newcomer: WebPerson): Promise<Scene> {
		const names = NAMES[language];
		const suffix = language === "zh" ? "_2" : "";
		const make = async (fn_name: string, code: string, more: Json = {}) =>
			Number((await owner.ok("PUT", "/api/v1/functions", { fn_name, code, ...more })).fn_id);
		const speed = await make(`fan_speed${suffix}`, FAN_SPEED);
		const fahrenheit = await make(`to_fahrenheit${suffix}`, FIRST_FAHRENHEIT);
		const pinned = [{ stage: "idf", sample: 20, expected: 68 }];
		await owner.ok("POST", `/api/v1/functions/${fahrenheit}`, { code: FAHRENHEIT, pinned });
		const mistaken = await make(`brightness${suffix}`, MISTAKEN);

		const main = await this.#project(owner, names.project, [
			["Greenhouse", "AirTemp-I", "AirHumidity-I"],
			["Smartphone", "Microphone-I"],
			["GreenhouseFan", "Speed-O"],
			["Bulb", "Luminance-O", "Color-O"],
		]);
		const { ports, blocks, pId } = main;
		const join = (na_name: string, na_idx: number, ...features: string[]) => ({
			...{ kind: "add_join", na_name, na_idx, dfo_ids: features.map((one) => ports[one]) },
		});
		await change(
			owner,
			pId,
			join(names.fan, 0, "AirTemp-I", "AirHumidity-I", "Speed-O"),
			join(names.lamp, 1, "Microphone-I", "Luminance-O"),
		);
		const { joins } = await documentOf(owner, pId);
		const [fan = 0, lamp = 0] = joins.map(({ na_id }) => na_id);
		await change(owner, pId, { kind: "set_join_function", na_id: fan, fn_id: speed });
		const sensorId = await this.#devicesOf(owner, main, names);

		const other = await this.#project(owner, names.failing, [
			["Smartphone", "Microphone-I"],
			["Bulb", "Luminance-O"],
		]);
		const dfo_ids = [other.ports["Microphone-I"], other.ports["Luminance-O"]];
		await change(owner, other.pId, {
			kind: "add_join",
			na_name: names.failing,
			na_idx: 0,
			dfo_ids,
		});
		const [broken] = (await documentOf(owner, other.pId)).joins;
		const naId = broken?.na_id ?? 0;
		await change(owner, other.pId, {
			...{ kind: "set_link_param", na_id: naId, dfo_id: other.ports["Microphone-I"] },
			...{ param_i: 0, fn_id: mistaken },
		});
		await owner.ok("POST", "/api/v1/templates/thermometer", { lang: language });
		const { lesson, phones } = await openLesson(owner, language);
		this.#phones.push(...phones);
		this.#timers.push(playLesson(phones, EVERY_MS));
		const { data: model } = await owner.ok("GET", "/api/v0/devicemodel/Greenhouse");
		const { data: shown } = await owner.ok("GET", "/api/v0/devicefeature/AirTemp-I");
		return {
			...{ owner, newcomer, pId, blocks, ports, sensorId, lesson },
			failing: { pId: other.pId, naId },
			joins: { fan, lamp },
			functions: { speed, fahrenheit },
			model: Number((model as Json).dm_id),
			feature: Number((shown as Json).df_id),
		};
	}

	/** A project that runs, with simulated devices until real ones are bound. */
	async #project(owner: WebPerson, p_name: string, models: readonly (readonly string[])[]) {
		const pId = Number((await owner.ok("PUT", "/api/v0/project", { p_name })).p_id);
		for (const [model = "", ...features] of models) {
			const { data } = await owner.ok("GET", `/api/v0/devicemodel/${model}`);
			const { dm_id, df_list } = data as { dm_id: number; df_list: Json[] };
			const df_ids = features.map((name) => df_list.find((one) => one.df_name === name)?.df_id);
			await change(owner, pId, { kind: "add_block", dm_id, df_ids });
		}
		await owner.ok("POST", `/api/v0/simulation/${pId}`, { sim: "on" });
		await owner.ok("POST", `/api/v0/project/${pId}`, { status: "on" });
		const document: ProjectDocument = await documentOf(owner, pId);
		const ports = document.blocks.flatMap((one) => one.ports);
		return {
			pId,
			blocks: Object.fromEntries(document.blocks.map((one) => [one.dm_name, one.do_id])),
			ports: Object.fromEntries(ports.map((one) => [one.df_name, one.dfo_id])),
		};
	}

	/** A sensor that sends each second, and a fan, both bound. */
	async #devicesOf(
		owner: WebPerson,
		{ pId, blocks }: { pId: number; blocks: Readonly<Record<string, number>> },
		names: (typeof NAMES)[Language],
	): Promise<string> {
		const sensor = await this.#device(names.sensor, "Greenhouse", "idf_list", [
			"AirTemp-I",
			"AirHumidity-I",
		]);
		const fan = await this.#device(names.blower, "GreenhouseFan", "odf_list", ["Speed-O"]);
		for (const [model, { id }] of [
			["Greenhouse", sensor] as const,
			["GreenhouseFan", fan] as const,
		]) {
			const path = `/api/v0/project/${pId}/deviceobject/${blocks[model]}/device/bind/${id}`;
			const bind = async () => (await owner.send("POST", path, {})).status === 200;
			await until(bind, "the device to be known", { ms: LONG_DEADLINE_MS });
		}
		await fan.signal();
		const signals = [await sensor.signal(), await sensor.signal()];
		const topicOf = (idf: string) => String(signals.find((one) => one.idf === idf)?.topic);
		const [warm, humid] = [topicOf("AirTemp-I"), topicOf("AirHumidity-I")];
		let step = 0;
		// In turn: each has a row in the monitor.
		const send = () => {
			step += 1;
			const wave = Math.sin(step / 8);
			const isWarm = step % 2 === 0;
			const value = isWarm ? Number((24 + wave).toFixed(1)) : Math.round(61 - wave * 4);
			void sensor.client.publish(isWarm ? warm : humid, [value], { qos: 0 });
		};
		this.#timers.push(setInterval(send, EVERY_MS));
		return sensor.id;
	}

	async #device(name: string, model: string, list: string, features: string[]) {
		const { http, mqtt } = this.#server;
		const device = await TestDevice.register(
			{ http, mqtt } as Target,
			{
				...{ name, profile: { model }, idf_list: null, odf_list: null },
				[list]: features.map((one) => [one, [null]]),
			},
			`00000000-0000-4000-8000-00000000000${this.#devices.length + 1}`,
		);
		this.#devices.push(device);
		await device.say("online");
		return device;
	}
}

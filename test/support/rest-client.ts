// A person at REST v0, as programs for the original use it.
import { randomUUID } from "node:crypto";
import { JSON_TYPE, type Json, TestDevice } from "./gateway.ts";
import { basic } from "./logins.ts";
import type { Target } from "./target.ts";
import { until } from "./waiting.ts";

const RETRY_MS = 200;

export interface RestAnswer {
	readonly status: number;
	readonly body: Json;
}

/** A feature or model as REST shows it. */
interface Named {
	readonly df_id: number;
	readonly df_name: string;
}

/** A project of sensors and a lamp, whose values go through a function. */
export interface LampProject {
	readonly p_id: number;
	/** Joins, one for each sensor. */
	readonly na_ids: readonly number[];
	readonly fn_id: number;
	readonly sensors: readonly TestDevice[];
	readonly lamp: TestDevice;
}

export class RestClient {
	#cookie = "";

	/**
	 * @param base Such as `http://127.0.0.1:9992`.
	 * @param authorization Sent with each request; empty: none.
	 * @param isPatient Whether it asks again what was answered with 503.
	 */
	constructor(
		readonly base: string,
		readonly authorization = "",
		readonly isPatient = false,
	) {}

	/** Makes an account, where it is new, and logs in. */
	static async open(base: string, username = "ann", password = "a long password") {
		const client = new RestClient(base);
		await client.send("POST", "/account/create", { username, password });
		await client.ok("POST", "/account/login", { username, password });
		return client;
	}

	/** Makes an account, and shows name and password with each request, without a session; comes again when it is told to. */
	static async patient(base: string, username = "ann", password = "a long password") {
		const client = new RestClient(base, basic(username, password), true);
		await new RestClient(base, "", true).ok("POST", "/account/create", { username, password });
		return client;
	}

	/** @param path Below `/api/v0`, or one that begins with `/api/`. */
	async send(method: string, path: string, body?: Json): Promise<RestAnswer> {
		const response = await this.fetch(method, path, body);
		return { status: response.status, body: (await response.json()) as Json };
	}

	/** The same, with the answer as it comes. */
	async fetch(method: string, path: string, body?: Json): Promise<Response> {
		const url = `${this.base}${path.startsWith("/api/") ? "" : "/api/v0"}${path}`;
		const response = await fetch(url, {
			method,
			headers: {
				...JSON_TYPE,
				...(this.#cookie !== "" && { cookie: this.#cookie }),
				...(this.authorization !== "" && { authorization: this.authorization }),
			},
			...(body !== undefined && { body: JSON.stringify(body) }),
		});
		if (response.status === 503 && this.isPatient) {
			await Bun.sleep(RETRY_MS);
			return this.fetch(method, path, body);
		}
		const [cookie = ""] = (response.headers.get("set-cookie") ?? "").split(";");
		if (cookie !== "") this.#cookie = cookie;
		return response;
	}

	/** A request that has to succeed. */
	async ok(method: string, path: string, body?: Json): Promise<Json> {
		const answer = await this.send(method, path, body);
		if (answer.body.state === "ok") return answer.body;
		throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
	}

	/** Adds a block with all features of a model. @returns its path. */
	async block(pId: number, model: string): Promise<string> {
		const { data } = await this.ok("GET", `/devicemodel/${model}`);
		const { dm_id, df_list } = data as { dm_id: number; df_list: Named[] };
		const df = df_list.map(({ df_id }) => df_id);
		const { do_id } = await this.ok("PUT", `/project/${pId}/deviceobject`, { dm_id, df });
		return `/project/${pId}/deviceobject/${do_id}`;
	}

	/** Binds a device as soon as it is a candidate. */
	async bind(block: string, { id }: Pick<TestDevice, "id">): Promise<void> {
		await until(async () => {
			const { data } = await this.ok("GET", `${block}/device`);
			return (data as { mac_addr: string }[]).some(({ mac_addr }) => mac_addr === id);
		}, "the device to be a candidate");
		await this.ok("POST", `${block}/device/bind/${id}`);
	}

	/**
	 * Builds a project that multiplies the values of sensors by ten for a lamp, and switches it on.
	 * @param csm Where the devices register.
	 * @param token With what they do, where CSM asks for logins.
	 */
	async lampProject(csm: Target, name: string, count = 1, token?: string): Promise<LampProject> {
		const register = registering(csm, token);
		const pId = Number((await this.ok("PUT", "/project", { p_name: name })).p_id);
		const output = await this.block(pId, "Lamp");
		const lamp = await register("Lamp", { odf_list: [["Luminance-O", [null]]] });
		await this.bind(output, lamp);
		const code = "def run(x):\n    return x * 10\n";
		const { fn_id } = await this.ok("PUT", "/function", { fn_name: `ten for ${name}`, code });
		const sensors: TestDevice[] = [];
		const na_ids: number[] = [];
		for (let n = 0; n < count; n++) {
			const input = await this.block(pId, "Dummy_Device");
			const sensor = await register("Dummy_Device", { idf_list: [["DummySensor-I", [null]]] });
			await this.bind(input, sensor);
			const dfo_ids = [await this.#port(input, pId), await this.#port(output, pId)];
			const join = { na_name: `Join ${n}`, na_idx: n, dfo_ids };
			const { na_id } = await this.ok("PUT", `/project/${pId}/na`, join);
			const dfm_list = [{ dfo_id: dfo_ids[0], dfmp_list: [{ param_i: 0, fn_id }] }];
			await this.ok("POST", `/project/${pId}/na/${na_id}`, { dfm_list });
			sensors.push(sensor);
			na_ids.push(Number(na_id));
		}
		await this.ok("POST", `/project/${pId}`, { status: "on" });
		return { p_id: pId, na_ids, fn_id: Number(fn_id), sensors, lamp };
	}

	/** The first feature object a project shows of a block: `…-I` of an input, `…-O` of an output. */
	async #port(block: string, pId: number): Promise<number> {
		const { data } = await this.ok("GET", `/project/${pId}`);
		const { ido, odo } = data as Record<"ido" | "odo", { do_id: number; dfo: Json[] }[]>;
		const found = [...ido, ...odo].find(({ do_id }) => block.endsWith(`/${do_id}`));
		return Number(found?.dfo.find(({ alias_name }) => USED.includes(String(alias_name)))?.dfo_id);
	}
}

const USED = ["DummySensor-I", "Luminance-O"];

/** Registers devices of models, and brings them online. */
function registering(csm: Target, token?: string) {
	return async (model: string, features: Json): Promise<TestDevice> => {
		const name = `${model} ${randomUUID().slice(0, 8)}`;
		const wanted = { name, idf_list: null, odf_list: null, ...features, profile: { model } };
		const device = await TestDevice.register(csm, wanted, randomUUID(), token);
		await device.say("online");
		return device;
	};
}

// What the contract suite says to a server: registration, devices, graph requests.
import { createHash, randomUUID } from "node:crypto";
import { TestClient } from "./mqtt.ts";
import type { Target } from "./target.ts";

export const JSON_TYPE = { "Content-Type": "application/json" };

export type Json = Record<string, unknown>;

/** A registration body that is accepted. */
export function body(changes: Json = {}): Json {
	return {
		name: "BetaCat",
		idf_list: [["meow", ["dB"]]],
		odf_list: [["meow", ["dB"]]],
		accept_protos: ["mqtt"],
		profile: { model: "AI" },
		...changes,
	};
}

/** One HTTP request; a body that is not a text is sent as JSON. */
export async function call(
	target: Pick<Target, "http">,
	method: string,
	path: string,
	payload?: unknown,
	headers: Record<string, string> = JSON_TYPE,
): Promise<{ status: number; json: Json; headers: Headers; text: string }> {
	const data = typeof payload === "string" ? payload : JSON.stringify(payload);
	const response = await fetch(`${target.http}${path}`, {
		method,
		headers,
		...(payload !== undefined && { body: data }),
	});
	const text = await response.text();
	const json = text.startsWith("{") ? JSON.parse(text) : {};
	return { status: response.status, json, headers: response.headers, text };
}

/** A registered device with its MQTT connection. */
export class TestDevice {
	readonly #answered = new Set<unknown>();

	private constructor(
		readonly id: string,
		readonly rev: string,
		readonly client: TestClient,
	) {}

	/**
	 * Registers, connects and listens to its signals; not online yet.
	 * @param token Where CSM asks for logins.
	 */
	static async register(
		target: Target,
		changes: Json = {},
		id: string = randomUUID(),
		token?: string,
	): Promise<TestDevice> {
		const headers = {
			...JSON_TYPE,
			...(token !== undefined && { authorization: `Bearer ${token}` }),
		};
		const { json, status } = await call(target, "PUT", `/${id}`, body(changes), headers);
		if (status !== 200) throw new Error(`PUT answered ${status}: ${JSON.stringify(json)}`);
		const login = { username: String(json.username), password: String(json.password) };
		const client = await TestClient.connect(target.mqtt, token === undefined ? {} : login);
		await client.subscribe(`${id}/ctrl/o`);
		return new TestDevice(id, String(json.rev), client);
	}

	/** Says `online` or `offline` with the registration's rev, retained as SDKs do. */
	async say(state: "online" | "offline", rev = this.rev): Promise<void> {
		await this.client.publish(`${this.id}/ctrl/i`, { state, rev }, { retain: true });
	}

	/**
	 * The next signal; answered with ok by default. One that was answered late comes again meanwhile
	 * (`csm.md §3.2`): it is passed over.
	 */
	async signal(answer = true, ms?: number): Promise<Json> {
		let signal: Json;
		do signal = await this.client.nextJson(`${this.id}/ctrl/o`, ms);
		while (this.#answered.has(signal.msg_id));
		if (answer) {
			this.#answered.add(signal.msg_id);
			await this.client.publish(`${this.id}/ctrl/i`, { msg_id: signal.msg_id, state: "ok" });
		}
		return signal;
	}
}

/** A client of the graph API, for one graph. */
export class TestGraph {
	readonly request: string;
	readonly response: string;

	private constructor(
		readonly client: TestClient,
		name: string,
		graph: string,
	) {
		this.request = `iottalk/api/req/${name}/graph/${graph}`;
		this.response = `iottalk/api/res/${name}/graph/${graph}`;
	}

	/** Listens to the response topic; nothing is attached yet. */
	static async open(
		client: TestClient,
		name = "gui",
		graph: string = randomUUID(),
	): Promise<TestGraph> {
		const opened = new TestGraph(client, name, graph);
		await client.subscribe(opened.response);
		return opened;
	}

	/** Sends a request and waits for its reply. */
	async call(request: unknown): Promise<Json> {
		await this.client.publish(this.request, request);
		return this.client.nextJson(this.response);
	}

	/** Sends a request that has to succeed. */
	async ok(request: Json): Promise<Json> {
		const reply = await this.call(request);
		if (reply.state !== "ok") throw new Error(`Refused: ${JSON.stringify(reply)}`);
		return reply;
	}

	/** Adds sources; gives their digests. */
	async addFunctions(...codes: string[]): Promise<string[]> {
		const digests = codes.map(digestOf);
		await this.ok({ op: "add_funcs", codes, digests });
		return digests;
	}
}

export function digestOf(code: string): string {
	return createHash("sha256").update(code).digest("hex");
}

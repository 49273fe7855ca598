// A server with devices and projects in this process, people with sessions, and pages on MQTT.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { IClientOptions } from "mqtt";
import type { GraphView } from "../../../src/contract/mod.ts";
import { createLogger } from "../../../src/kit/log.ts";
import { Server } from "../../../src/servers/server.ts";
import { SERVER_MODULES } from "../../../src/servers/server-modules.ts";
import { TestClient } from "../../support/mqtt.ts";

type Json = Record<string, unknown>;

/** Of everyone. */
const PASSWORD = "a long password";

export class PageServer {
	readonly #lines: readonly string[];
	readonly #localKey: string;

	private constructor(
		readonly http: string,
		readonly mqtt: string,
		lines: readonly string[],
		localKey: string,
		readonly stop: () => Promise<void>,
	) {
		this.#lines = lines;
		this.#localKey = localKey;
	}

	/**
	 * @param more Lines of the ini besides, such as `[gui]\npage-api = off`.
	 * @param broker Lines of [core-mqtt] that name another broker.
	 */
	static async start(more = "", broker = "port = 0"): Promise<PageServer> {
		const userdir = mkdtempSync(join(tmpdir(), "iotctl-pages-"));
		const path = join(userdir, "test.ini");
		const ports = `[core-mqtt]\n${broker}\n[core-ws]\nport = 0\n`;
		writeFileSync(path, `[core]\nuserdir = ${userdir}\nhttp-port = 0\n${ports}${more}\n`);
		const config = SERVER_MODULES.ini.load(path);
		const lines: string[] = [];
		const write = (line: string) => void lines.push(line);
		const log = createLogger({ level: "debug", format: "json", write });
		const server = new Server(config, log, await SERVER_MODULES.load(["csm", "ccm"]));
		const { http, mqtt } = await server.start();
		const url = `http://127.0.0.1:${http}`;
		return new PageServer(
			url,
			`mqtt://127.0.0.1:${mqtt}`,
			lines,
			server.auth.localKey,
			async () => {
				await server.stop();
				rmSync(userdir, { recursive: true, force: true });
			},
		);
	}

	get log(): string {
		return this.#lines.join("");
	}

	/** A new account with a session: a teacher's, as registration makes it. */
	async register(name = `t${crypto.randomUUID().slice(0, 8)}`): Promise<Visitor> {
		const body = { username: name, password: PASSWORD };
		await new Visitor(this, name, "").ok("POST", "/account/create", body);
		return this.logIn(name);
	}

	async logIn(username: string): Promise<Visitor> {
		const response = await fetch(`${this.http}/api/v0/account/login`, {
			method: "POST",
			headers: { "content-type": "application/json" },
			body: JSON.stringify({ username, password: PASSWORD }),
		});
		const [cookie = ""] = (response.headers.get("set-cookie") ?? "").split(";");
		return new Visitor(this, username, cookie);
	}

	/** Someone without a login. */
	get stranger(): Visitor {
		return new Visitor(this, "", "");
	}

	/** A device of a model that is online: with one feature of each kind. */
	async device(owner: Visitor, input: string, output: string, model: string): Promise<Sensor> {
		const mac = crypto.randomUUID();
		const response = await fetch(`${this.http}/${mac}`, {
			method: "PUT",
			headers: { "content-type": "application/json", ...this.#asLocal },
			body: JSON.stringify({
				name: "dev",
				profile: { model, u_name: owner.name },
				accept_protos: ["mqtt"],
				idf_list: [[input, ["x"]]],
				odf_list: [[output, ["x"]]],
			}),
		});
		const text = await response.text();
		if (response.status !== 200) throw new Error(`PUT: ${response.status} ${text}`);
		const { rev, password } = JSON.parse(text) as { rev: string; password?: string };
		const login = password === undefined ? {} : { username: mac, password };
		const sensor = new Sensor(mac, await this.connect(login), input);
		await sensor.come(rev);
		return sensor;
	}

	/** Whether CSM monitors a graph. */
	async isWatched(na: number): Promise<boolean> {
		const response = await fetch(`${this.http}/api/graphs`, { headers: this.#asLocal });
		const graphs = (await response.json()) as GraphView[];
		return graphs.some(
			({ graph, monitor_topic }) => graph === String(na) && monitor_topic !== null,
		);
	}

	/** What the command line shows. */
	get #asLocal(): Record<string, string> {
		return { authorization: `Bearer ${this.#localKey}` };
	}

	connect(options: IClientOptions = {}): Promise<TestClient> {
		return TestClient.connect(this.mqtt, options);
	}
}

/** A device that sends. */
export class Sensor {
	#topic: string | undefined;

	constructor(
		readonly mac: string,
		readonly client: TestClient,
		readonly feature: string,
	) {}

	/** Comes online. */
	async come(rev: string): Promise<void> {
		await this.client.subscribe(`${this.mac}/ctrl/o`);
		await this.client.publish(`${this.mac}/ctrl/i`, { state: "online", rev });
	}

	/** Sends a value, on the topic CONNECT names. */
	async send(value: unknown): Promise<void> {
		while (this.#topic === undefined) {
			const signal = await this.client.nextJson(`${this.mac}/ctrl/o`);
			if (signal.command !== "CONNECT" || signal.idf !== this.feature) continue;
			this.#topic = String(signal.topic);
		}
		await this.client.publish(this.#topic, value, { qos: 0 });
	}

	end(): Promise<void> {
		return this.client.end();
	}
}

/** What `/mqtt_url` gives. */
export interface Identity {
	readonly id: string;
	readonly _id?: string;
	readonly username?: string;
	readonly password?: string;
}

/** Someone at a browser. */
export class Visitor {
	constructor(
		readonly server: PageServer,
		readonly name: string,
		readonly cookie: string,
	) {}

	/** A request to REST v0. */
	async rest(method: string, path: string, body?: Json): Promise<Json> {
		const response = await fetch(`${this.server.http}/api/v0${path}`, {
			method,
			headers: { cookie: this.cookie, "content-type": "application/json" },
			...(body !== undefined && { body: JSON.stringify(body) }),
		});
		return response.json() as Promise<Json>;
	}

	async ok(method: string, path: string, body?: Json): Promise<Json> {
		const reply = await this.rest(method, path, body);
		if (reply.state !== "ok") throw new Error(`${method} ${path}: ${JSON.stringify(reply)}`);
		return reply;
	}

	async identity(): Promise<Identity> {
		const response = await fetch(`${this.server.http}/mqtt_url`, {
			headers: { cookie: this.cookie },
		});
		return response.json() as Promise<Identity>;
	}

	/** A page of theirs that has attached. */
	async open(options: IClientOptions = {}): Promise<Page> {
		const identity = await this.identity();
		const { id, _id, username, password } = identity;
		const login = username === undefined ? {} : { username, password: password ?? "" };
		const client = await this.server.connect({ ...login, ...options });
		const page = new Page(client, id, _id);
		await page.listen();
		await page.attach({ _id });
		return page;
	}
}

/** A page as the editor is one. */
export class Page {
	readonly #req: string;
	readonly res: string;

	constructor(
		readonly client: TestClient,
		readonly id: string,
		readonly token: string | undefined,
	) {
		this.#req = `iottalk/api/gui/req/${id}`;
		this.res = `iottalk/api/gui/res/${id}`;
	}

	listen(): Promise<void> {
		return this.client.subscribe(this.res);
	}

	async attach(more: Json = {}): Promise<Json> {
		await this.client.publish(this.#req, { op: "attach", ...more });
		return this.reply("attach", ({ op }) => op === "attach");
	}

	send(message: unknown): Promise<void> {
		return this.client.publish(this.#req, message);
	}

	/** A request, by the page's own token unless another is given. */
	async ask(op: string, data: Json = {}, quoted: unknown = this.token): Promise<Json> {
		const flag = crypto.randomUUID();
		await this.send({ op, data, _id: quoted, flag, req_timestamp: 1 });
		return this.reply(op, (reply) => reply.flag === flag || isRefusal(reply));
	}

	/** A request that has to succeed. @returns its result. */
	async ok(op: string, data: Json = {}): Promise<unknown> {
		const reply = await this.ask(op, data);
		if (reply.state !== "ok") throw new Error(`${op}: ${JSON.stringify(reply)}`);
		return reply.data;
	}

	/** The next announcement of a kind about something with these values; others may come between. */
	async announcement(type: string, about: Json = {}): Promise<unknown> {
		const isMeant = (data: unknown) =>
			Object.entries(about).every(([key, value]) => Object(data)[key] === value);
		return (await this.reply(type, (message) => message.type === type && isMeant(message.data)))
			.data;
	}

	/** The next message that fits. */
	async reply(what: string, fits: (message: Json) => boolean): Promise<Json> {
		const parsed = (text: string) => JSON.parse(text) as Json;
		const got = await this.client.inbox.take(
			`an answer to ${what}`,
			({ topic, text }) => topic === this.res && fits(parsed(text)),
		);
		return parsed(got.text);
	}
}

function isRefusal({ op, state }: Json): boolean {
	return op === "anno" && state !== undefined;
}

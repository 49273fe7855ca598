// The compiled server with its project manager, in a directory of its own, and people who use it.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Subprocess } from "bun";
import { EventReader } from "../ccm/support/event-reader.ts";
import type { Json } from "./gateway.ts";
import { inDatabaseAt, type OwnDatabase, ownDatabase, type Rows } from "./own-database.ts";
import { freePort } from "./ports.ts";
import { BINARY } from "./target.ts";
import { LONG_DEADLINE_MS, until, within } from "./waiting.ts";

/** Of everyone. */
export const PASSWORD = "a long password for a test";

/** A person with a session. */
export class WebPerson {
	readonly #http: string;
	readonly #cookie: string;

	constructor(http: string, cookie: string) {
		this.#http = http;
		this.#cookie = cookie;
	}

	/** Header field of the session. */
	get cookie(): string {
		return this.#cookie;
	}

	/** A request; `path` begins with `/api`. */
	async send(method: string, path: string, body?: Json): Promise<{ status: number; json: Json }> {
		const headers = { "content-type": "application/json", cookie: this.#cookie };
		const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
		const response = await fetch(this.#http + path, init);
		return { status: response.status, json: (await response.json()) as Json };
	}

	/** The same, which has to succeed. */
	async ok(method: string, path: string, body?: Json): Promise<Json> {
		const { status, json } = await this.send(method, path, body);
		if (json.state === "ok") return json;
		throw new Error(`${method} ${path}: ${status} ${JSON.stringify(json)}`);
	}

	/** The answer to a GET, not read yet. */
	get(path: string): Promise<Response> {
		return fetch(this.#http + path, { headers: { cookie: this.#cookie } });
	}

	/** A stream of a project's events. */
	async events(pId: number): Promise<EventReader> {
		return new EventReader(await this.stream(pId));
	}

	/** The bytes that ask for it, for a reader that does not want the cost of a client library. */
	eventsRequest(pId: number): string {
		const { host } = new URL(this.#http);
		return `GET /api/v1/projects/${pId}/events HTTP/1.1\r\nHost: ${host}\r\nCookie: ${this.#cookie}\r\n\r\n`;
	}

	/** The same, not read yet. */
	stream(pId: number): Promise<Response> {
		const headers = { cookie: this.#cookie };
		return fetch(`${this.#http}/api/v1/projects/${pId}/events`, { headers });
	}
}

export class ProjectServer {
	readonly http: string;
	readonly mqtt: string;
	readonly #folder: string;
	readonly #ini: string;
	readonly #database: OwnDatabase;
	#process: Subprocess | undefined;

	private constructor(
		folder: string,
		ini: string,
		http: number,
		mqtt: number,
		database: OwnDatabase,
	) {
		this.#folder = folder;
		this.#ini = ini;
		this.#database = database;
		this.http = `http://127.0.0.1:${http}`;
		this.mqtt = `mqtt://127.0.0.1:${mqtt}`;
	}

	/**
	 * Starts `iotctl start` with a new database.
	 * @param more Further sections of the ini.
	 * @param httpPort A free one unless said otherwise.
	 */
	static async start(more = "", httpPort?: number): Promise<ProjectServer> {
		const folder = mkdtempSync(join(tmpdir(), "iotctl-projects-"));
		const [http, mqtt, ws] = [httpPort ?? (await freePort()), await freePort(), await freePort()];
		const ini = join(folder, "test.ini");
		const database = await ownDatabase();
		writeFileSync(
			ini,
			`[core]\nuserdir = ${folder}\nbind = 127.0.0.1\nhttp-port = ${http}\n[core-mqtt]\nport = ${mqtt}\n[core-ws]\nport = ${ws}\n${database.section()}${more}`,
		);
		const server = new ProjectServer(folder, ini, http, mqtt, database);
		await server.run();
		return server;
	}

	/** Its user directory. */
	get folder(): string {
		return this.#folder;
	}

	/** Its ini. */
	get ini(): string {
		return this.#ini;
	}

	/** What a command for it prints, errors too. */
	command(...words: string[]): string {
		const { stdout, stderr } = Bun.spawnSync([BINARY, "-c", this.#ini, ...words]);
		return stdout.toString() + stderr.toString();
	}

	/** Has it read the ini and the certificate again. */
	reload(): void {
		this.#process?.kill("SIGHUP");
	}

	get pid(): number {
		return this.#process?.pid ?? 0;
	}

	/** Starts it on what is there. */
	async run(): Promise<void> {
		this.#process = Bun.spawn([BINARY, "-c", this.#ini, "start"], {
			stdout: "ignore",
			stderr: Bun.file(join(this.#folder, "stderr.txt")),
		});
		const answers = () =>
			fetch(`${this.http}/health`).then(
				({ ok }) => ok,
				() => false,
			);
		await until(answers, "HTTP", { ms: LONG_DEADLINE_MS });
	}

	/** Ends the process. */
	async end(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
		this.#process?.kill(signal);
		if (this.#process !== undefined) await within(this.#process.exited, "the server's end");
	}

	/** Makes an account, unless there is one, and logs in. */
	async person(username: string): Promise<WebPerson> {
		const account = { username, password: PASSWORD };
		await this.#post("create", account);
		const response = await this.#post("login", account);
		const [cookie = ""] = (response.headers.get("set-cookie") ?? "").split(";");
		return new WebPerson(this.http, cookie);
	}

	/** What `iotctl setup` prints: the editor's address with a set-up key. */
	setupAddress(): string {
		const command = [BINARY, "-c", this.#ini, "setup"];
		const printed = Bun.spawnSync(command, { stderr: "inherit" }).stdout.toString();
		const [address] = /http:\S+#\/setup\/\S+/.exec(printed) ?? [];
		if (address === undefined) throw new Error(`iotctl setup: ${printed}`);
		return address;
	}

	/** Makes the first administrator, with the key that `iotctl setup` prints. */
	async admin(name = "root"): Promise<WebPerson> {
		const [, key] = this.setupAddress().split("#/setup/");
		const response = await fetch(`${this.http}/api/v1/setup`, {
			method: "POST",
			headers: { "content-type": "application/json" },
			body: JSON.stringify({ key, name, password: PASSWORD, reach: "local" }),
		});
		if (!response.ok) throw new Error(`set-up: ${response.status} ${await response.text()}`);
		const [cookie = ""] = (response.headers.get("set-cookie") ?? "").split(";");
		return new WebPerson(this.http, cookie);
	}

	/** What `/metrics` says. */
	async gauge(name: string): Promise<number> {
		const text = await (await fetch(`${this.http}/metrics`)).text();
		return Number(new RegExp(`^${name} (\\S+)`, "m").exec(text)?.[1] ?? Number.NaN);
	}

	/** What the process that runs has logged. */
	get log(): string {
		return readFileSync(join(this.#folder, "stderr.txt"), "utf8");
	}

	/** Rows of its database, those of the last statement. */
	rows(...statements: string[]): Promise<Rows> {
		const place = this.#database.url ?? join(this.#folder, "iottalk.db");
		return inDatabaseAt(place, async (ask) => {
			let rows: Rows = [];
			for (const statement of statements) rows = await ask(statement);
			return rows;
		});
	}

	async dispose(): Promise<void> {
		await this.end("SIGKILL");
		await this.#database.drop();
		rmSync(this.#folder, { recursive: true, force: true });
	}

	#post(name: string, body: Json): Promise<Response> {
		return fetch(`${this.http}/api/v0/account/${name}`, {
			method: "POST",
			headers: { "content-type": "application/json" },
			body: JSON.stringify(body),
		});
	}
}

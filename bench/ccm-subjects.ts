// A project manager that is measured: the compiled server's, or (`--in-process`) this process's beside `start csm`.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CcmLife, startCcm } from "../test/ccm/support/ccm-life.ts";
import { Office, TEACHER } from "../test/ccm/support/office.ts";
import { freePort } from "../test/support/ports.ts";
import { BINARY } from "../test/support/target.ts";
import { until } from "../test/support/waiting.ts";
import { residentMiB } from "./servers.ts";

export type Json = Record<string, unknown>;

const PASSWORD = "a long password for a benchmark";
const NAME = "bench";
const START_MS = 60_000;

export interface CcmSubject {
	readonly http: string;
	readonly mqtt: string;
	/** A request of REST v0, as a teacher; anything but success throws. */
	ask(method: string, path: string, body?: Json): Promise<Json>;
	/** Resolves when CSM has confirmed all links. */
	settle(): Promise<void>;
	/** Stops and starts again. @returns seconds from the start to all links confirmed. */
	restart(): Promise<number>;
	/** Resident memory of the processes by name, MiB. */
	memory(): Readonly<Record<string, number>>;
	stop(): Promise<void>;
}

interface Place {
	readonly folder: string;
	readonly ini: string;
	readonly http: number;
	readonly mqtt: number;
}

async function place(): Promise<Place> {
	const folder = mkdtempSync(join(tmpdir(), "iotctl-bench-ccm-"));
	const [http, mqtt, ws] = [await freePort(), await freePort(), await freePort()];
	const ini = join(folder, "bench.ini");
	writeFileSync(
		ini,
		`[core]\nuserdir = ${folder}\nbind = 127.0.0.1\nhttp-port = ${http}\nmax-devices = 100000\n[core-mqtt]\nport = ${mqtt}\n[core-ws]\nport = ${ws}\n[esm]\nmax-graphs = 100000\n[log]\nlevel = warn\n`,
	);
	return { folder, ini, http, mqtt };
}

function spawn({ ini }: Place, binary: string, ...servers: string[]) {
	return Bun.spawn([binary, "-c", ini, "start", ...servers], {
		stdout: "ignore",
		stderr: "inherit",
	});
}

function answers(url: string): Promise<boolean> {
	return fetch(url).then(
		(response) => response.ok,
		() => false,
	);
}

/** `iotctl start`: everything in one process, with its database. */
export async function compiled(binary = BINARY): Promise<CcmSubject> {
	const own = await place();
	const add = Bun.spawn([binary, "-c", own.ini, "user", "add", NAME], {
		env: { ...process.env, IOTCTL_PASSWORD: PASSWORD },
		stdout: "ignore",
		stderr: "inherit",
	});
	if ((await add.exited) !== 0) throw new Error("cannot add a user");
	return Compiled.start(own, binary);
}

class Compiled implements CcmSubject {
	readonly http: string;
	readonly mqtt: string;
	readonly #own: Place;
	readonly #binary: string;
	#server: ReturnType<typeof spawn>;
	#cookie = "";

	private constructor(own: Place, binary: string) {
		this.http = `http://127.0.0.1:${own.http}`;
		this.mqtt = `mqtt://127.0.0.1:${own.mqtt}`;
		this.#own = own;
		this.#binary = binary;
		this.#server = spawn(own, binary);
	}

	static async start(own: Place, binary: string): Promise<Compiled> {
		const subject = new Compiled(own, binary);
		await until(() => answers(`${subject.http}/health`), "HTTP", { ms: START_MS });
		await subject.#login();
		return subject;
	}

	async ask(method: string, path: string, body?: Json): Promise<Json> {
		return (await this.#request(method, path, body)).json;
	}

	settle(): Promise<void> {
		return this.#settle(0);
	}

	async restart(): Promise<number> {
		const running = gauge(await this.#metrics(), "iotctl_projects_running");
		await this.#end();
		const begun = performance.now();
		this.#server = spawn(this.#own, this.#binary);
		await this.#settle(running);
		const seconds = (performance.now() - begun) / 1000;
		await this.#login();
		return seconds;
	}

	memory(): Readonly<Record<string, number>> {
		return { server: residentMiB(this.#server.pid) };
	}

	async stop(): Promise<void> {
		await this.#end();
		rmSync(this.#own.folder, { recursive: true });
	}

	async #end(): Promise<void> {
		this.#server.kill("SIGTERM");
		await this.#server.exited;
	}

	async #request(method: string, path: string, body?: Json) {
		const headers = { "Content-Type": "application/json", Cookie: this.#cookie };
		const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
		const response = await fetch(`${this.http}/api/v0${path}`, init);
		const json = (await response.json()) as Json;
		if (json.state !== "ok") throw new Error(`${method} ${path}: ${JSON.stringify(json)}`);
		return { response, json };
	}

	async #login(): Promise<void> {
		const body = { username: NAME, password: PASSWORD };
		const { response } = await this.#request("POST", "/account/login", body);
		this.#cookie = response.headers
			.getSetCookie()
			.map((one) => one.split(";")[0])
			.join("; ");
	}

	async #metrics(): Promise<string> {
		return (await fetch(`${this.http}/metrics`)).text();
	}

	/** @param projects So many have to be running. */
	#settle(projects: number): Promise<void> {
		return until(
			async () => {
				const text = await this.#metrics().catch(() => "");
				return (
					gauge(text, "iotctl_project_links_open") === 0 &&
					gauge(text, "iotctl_project_graphs_queued") === 0 &&
					gauge(text, "iotctl_projects_running") >= projects
				);
			},
			"all links to be confirmed",
			{ ms: START_MS },
		);
	}
}

function gauge(metrics: string, name: string): number {
	return Number(new RegExp(`^${name} (\\S+)`, "m").exec(metrics)?.[1] ?? Number.NaN);
}

/** CCM in this process, with its tables in memory, at a compiled CSM. */
export async function inProcess(binary = BINARY): Promise<CcmSubject> {
	const own = await place();
	const http = `http://127.0.0.1:${own.http}`;
	const mqtt = `mqtt://127.0.0.1:${own.mqtt}`;
	const server = spawn(own, binary, "csm");
	await until(() => answers(`${http}/health`), "HTTP", { ms: START_MS });
	const office = await Office.open(true, async () => undefined);
	let ccm: CcmLife = await startCcm(mqtt, office);
	return {
		http,
		mqtt,
		ask: async (method, path, body) => {
			// Tables in memory never wait: connections would be starved.
			await new Promise((resolve) => setImmediate(resolve));
			return office.ok(TEACHER, method, path, body);
		},
		settle: () => ccm.settle(),
		restart: async () => {
			await ccm.kill();
			const begun = performance.now();
			ccm = await startCcm(mqtt, office);
			await ccm.settle();
			return (performance.now() - begun) / 1000;
		},
		memory: () => ({ csm: residentMiB(server.pid), benchmark: residentMiB(process.pid) }),
		stop: async () => {
			await ccm.kill();
			server.kill("SIGTERM");
			await server.exited;
			rmSync(own.folder, { recursive: true });
		},
	};
}

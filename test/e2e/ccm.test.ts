// The project manager in the compiled binary: beside CSM in one process, and alone.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { call, type Json, type TestDevice } from "../support/gateway.ts";
import { type OwnDatabase, ownDatabase, TESTS_POSTGRES } from "../support/own-database.ts";
import { freePort } from "../support/ports.ts";
import { type LampProject, RestClient } from "../support/rest-client.ts";
import { BINARY, type Spawned, spawnBinary, type Target } from "../support/target.ts";
import { LONG_DEADLINE_MS, until } from "../support/waiting.ts";

const FREE = "http-port = 0\n[core-mqtt]\nport = 0\n[core-ws]\nport = 0\n";

let folder: string;
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), "iotctl-ccm-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const started: Spawned[] = [];
// What a test that failed has left.
afterEach(() => {
	for (const { process } of started.splice(0)) process.kill("SIGKILL");
});

/** @param servers None for all. */
async function begin(ini: string, ...servers: string[]): Promise<Spawned> {
	const server = await spawnBinary(ini, {}, [], servers);
	started.push(server);
	return server;
}

/** Commands devices were sent and that no one has taken. A CONNECT comes again until its answer is there. */
function commandsAt(devices: readonly TestDevice[], dataTopic?: string): unknown[] {
	return devices
		.flatMap(({ client }) => client.inbox.waiting)
		.filter(({ topic }) => topic !== dataTopic)
		.map(({ text }) => (JSON.parse(text) as { command?: unknown }).command);
}

const databases = new Map<string, OwnDatabase>();
afterAll(async () => {
	for (const database of databases.values()) await database.drop();
});

/** An ini for a user directory of that name. @param place Where it names its database. */
async function iniFor(
	name: string,
	more = FREE,
	place: "core-db" | "gui-db" = "core-db",
): Promise<string> {
	const database = databases.get(name) ?? (await ownDatabase());
	databases.set(name, database);
	const path = join(folder, `${name}.ini`);
	writeFileSync(path, `[core]\nuserdir = ${join(folder, name)}\n${more}${database.section(place)}`);
	return path;
}

const targetOf = ({ ports, process }: Spawned): Target =>
	({
		http: `http://127.0.0.1:${ports.http}`,
		mqtt: `mqtt://127.0.0.1:${ports.mqtt}`,
		userdir: folder,
		process,
	}) as Target;

/** Sends a value through a project. @returns what the lamp gets. */
async function through({ sensors, lamp }: LampProject, topics: Topics, value: number) {
	await sensors[0]?.client.publish(topics.from, [value]);
	return (await lamp.client.next(topics.to, LONG_DEADLINE_MS)).text;
}

interface Topics {
	readonly from: string;
	readonly to: string;
}

/** Topics the devices are told when the project runs; the lamp listens. */
async function connected({ sensors, lamp }: LampProject): Promise<Topics> {
	const from = String((await sensors[0]?.signal(true, LONG_DEADLINE_MS))?.topic);
	const to = String((await lamp.signal(true, LONG_DEADLINE_MS)).topic);
	await lamp.client.subscribe(to);
	return { from, to };
}

async function projectsIn(base: string): Promise<Json> {
	const server = (await (await fetch(`${base}/api/server`)).json()) as { modules: { ccm: Json } };
	return server.modules.ccm;
}

/** Waits until CSM has confirmed the one project. */
const settled = (base: string) =>
	until(
		async () => {
			const { known, links_open, graphs_queued } = await projectsIn(base);
			return known === 1 && links_open === 0 && graphs_queued === 0;
		},
		"all links",
		{ ms: LONG_DEADLINE_MS, seen: () => base },
	);

const end = ({ client }: TestDevice) => client.end();

describe("start without a word", () => {
	test("serves devices and projects from an empty directory; a restart finds all of it", async () => {
		const ini = await iniFor("both");
		let server = await begin(ini);
		const { http, mqtt } = targetOf(server);
		expect(server.banner).toContain(`Editor     ${http}/gui/`);
		const ann = await RestClient.open(http);
		const { data } = await ann.ok("GET", "/devicemodel");
		expect((data as Json[]).map(({ dm_name }) => dm_name)).toContain("Dummy_Device");
		const project = await ann.lampProject({ ...targetOf(server), http, mqtt }, "first");
		const topics = await connected(project);
		expect(await through(project, topics, 4)).toBe("[40]");
		await settled(http);
		expect(await projectsIn(http)).toMatchObject({ known: 1, running: 1 });
		const metrics = await (await fetch(`${http}/metrics`)).text();
		expect(metrics).toContain("\niotctl_projects_running 1\n");
		expect(metrics).toContain("\niotctl_project_links_open 0\n");
		await Promise.all([...project.sensors, project.lamp].map(end));
		await server.stop();
		expect(server.log()).not.toMatch(/ERROR/);

		server = await begin(ini);
		const again = await RestClient.open(`http://127.0.0.1:${server.ports.http}`);
		const { data: projects } = await again.ok("GET", "/project");
		expect(projects).toMatchObject([{ p_id: project.p_id, p_name: "first", status: "on" }]);
		await settled(again.base);
		await server.stop();
	});

	test("start csm serves no projects, and what CCM keeps stays", async () => {
		const ini = await iniFor("one-then-other");
		const both = await begin(ini);
		await RestClient.open(`http://127.0.0.1:${both.ports.http}`);
		await both.stop();
		const csm = await begin(ini, "csm");
		const { status } = await call(targetOf(csm), "GET", "/api/v0/project");
		expect(status).toBe(404);
		await csm.stop();
		const again = await begin(ini);
		const client = new RestClient(`http://127.0.0.1:${again.ports.http}`);
		await client.ok("POST", "/account/login", { username: "ann", password: "a long password" });
		await again.stop();
	});
});

describe("start --detach", () => {
	test.each([[["csm"]], [["csm", "ccm"]]])(
		"of %j is started again by restart as it was",
		async (servers) => {
			const ini = await iniFor(`detached-${servers.length}`);
			const type = (...words: string[]) => {
				const { exitCode, stdout, stderr } = Bun.spawnSync([BINARY, "-c", ini, ...words]);
				return { exitCode, out: stdout.toString(), err: stderr.toString() };
			};
			try {
				expect(type("start", "--detach", ...servers)).toMatchObject({ exitCode: 0, err: "" });
				expect(type("restart")).toMatchObject({ exitCode: 0, err: "" });
				expect(JSON.parse(type("status", "--json").out)).toMatchObject({ servers });
			} finally {
				type("stop");
			}
		},
	);
});

describe("the port of [gui]", () => {
	test("beside CSM is a second one, with all routes, and not that of another listener", async () => {
		const port = await freePort();
		const server = await begin(await iniFor("second", `${FREE}[gui]\nport = ${port}\n`));
		const status = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).status;
		expect(await status("/api/v0/devicemodel")).toBe(401);
		expect(await status("/iottalk/ccm/api/v0/devicemodel")).toBe(401);
		expect(await status("/health")).toBe(200);
		await server.stop();
		const twice = await iniFor("twice", `http-port = ${port}\n[gui]\nport = ${port}\n`);
		const refused = Bun.spawnSync([BINARY, "-c", twice, "start"]);
		expect(refused.stderr.toString()).toContain(
			`Cannot listen for second HTTP on port ${port}: it is already used by HTTP (http-port in [core]); change port in [gui]`,
		);
	});
});

describe("start ccm", () => {
	const startAlone = async (name: string, mqttPort: number, csmPort: number, login = "") =>
		begin(
			await iniFor(
				name,
				`[gui]\nport = 0\n[gui-mqtt]\nhost = 127.0.0.1\nport = ${mqttPort}\ncsm-port = ${csmPort}\n${login}`,
				"gui-db",
			),
			"ccm",
		);

	test("drives a CSM of another process, and neither's restart or kill stops data", async () => {
		// The same ports after the restart, since the devices come back there.
		const [http, mqtt] = [await freePort(), await freePort()];
		const csmIni = await iniFor(
			"csm",
			`http-port = ${http}\n[core-mqtt]\nport = ${mqtt}\n[core-ws]\nport = 0\n`,
		);
		let csm = await begin(csmIni, "csm");
		let ccm = await startAlone("alone", mqtt, http);
		expect(ccm.banner).toContain("the broker of CSM (external broker)");
		if (!TESTS_POSTGRES) expect(ccm.banner).toContain("/alone/iottalk-gui.db");
		const typed = (...words: string[]) =>
			Bun.spawnSync([BINARY, "-c", join(folder, "alone.ini"), ...words], {
				stdin: Buffer.from("a long password\n"),
			}).stdout.toString();
		expect(typed("status")).toContain("Projects   0, 0 of them running");
		typed("user", "add", "root");
		expect(typed("user", "list")).toContain("root");
		expect(await RestClient.open(`http://127.0.0.1:${ccm.ports.http}`, "root")).toBeDefined();
		const base = `http://127.0.0.1:${ccm.ports.http}`;
		const places = await (await fetch(`${base}/ec_endpoint`)).json();
		expect(places).toEqual({ ec_endpoint: `http://127.0.0.1:${http}` });
		const ann = await RestClient.open(base);
		const project = await ann.lampProject(targetOf(csm), "afar");
		const topics = await connected(project);
		expect(await through(project, topics, 1)).toBe("[10]");
		await settled(base);

		ccm.process.kill("SIGKILL");
		await ccm.process.exited;
		expect(await through(project, topics, 2)).toBe("[20]");
		ccm = await startAlone("alone", mqtt, http);
		await settled(`http://127.0.0.1:${ccm.ports.http}`);
		expect(await through(project, topics, 3)).toBe("[30]");
		expect(commandsAt([...project.sensors, project.lamp])).not.toContain("DISCONNECT");

		await csm.stop();
		const health = async () => (await fetch(`http://127.0.0.1:${ccm.ports.http}/health`)).status;
		await until(async () => (await health()) === 503, "CCM to say that it is without a broker");
		csm = await begin(csmIni, "csm");
		await until(async () => (await health()) === 200, "CCM to find the broker again", {
			ms: LONG_DEADLINE_MS,
			seen: () => ccm.log().slice(-2000),
		});
		await settled(`http://127.0.0.1:${ccm.ports.http}`);
		await Promise.all([...project.sensors, project.lamp].map(end));
		await ccm.stop();
		await csm.stop();
	});

	/** Runs a command for an ini. @returns the first line of what it prints. */
	function typed(ini: string, ...words: string[]): string {
		const { exitCode, stdout, stderr } = Bun.spawnSync([BINARY, "-c", ini, ...words]);
		expect([exitCode, stderr.toString()]).toEqual([0, ""]);
		return stdout.toString().split("\n")[0] ?? "";
	}

	/** Has CCM's own secret made. @returns lines of `[gui-mqtt]` that log in with it. */
	function loginFor(csmIni: string): string {
		const file = `${csmIni}.secret`;
		writeFileSync(file, `${typed(csmIni, "user", "secret", "ccm")}\n`, { mode: 0o600 });
		return `password-file = ${file}\n`;
	}

	test.each(["off", "on"])(
		"is killed and comes back while 40 devices send: data flow on, and no device is disconnected (logins %s)",
		async (auth) => {
			const csmIni = await iniFor(`forty-csm-${auth}`, `auth = ${auth}\n${FREE}`);
			const csm = await begin(csmIni, "csm");
			const login = auth === "on" ? loginFor(csmIni) : "";
			const token = auth === "on" ? typed(csmIni, "token", "create", "class") : undefined;
			const start = () => startAlone(`forty-${auth}`, csm.ports.mqtt, csm.ports.http, login);
			let ccm = await start();
			const ann = await RestClient.open(`http://127.0.0.1:${ccm.ports.http}`);
			const project = await ann.lampProject(targetOf(csm), "class", 40, token);
			const { lamp, sensors } = project;
			const to = String((await lamp.signal(true, LONG_DEADLINE_MS)).topic);
			await lamp.client.subscribe(to);
			const topics = await Promise.all(
				sensors.map(async (one) => String((await one.signal(true, LONG_DEADLINE_MS)).topic)),
			);
			// A sensor is told its topic before its join has a lamp.
			await settled(ann.base);
			let isOver = false;
			let sent = 0;
			const sending = (async () => {
				for (; !isOver; sent += 1) {
					const n = sent % sensors.length;
					await sensors[n]?.client.publish(topics[n] ?? "", [sent]);
				}
			})();
			const came = () => lamp.client.inbox.waiting.length;
			const hearMore = async () => {
				const before = came();
				await until(() => came() > before + 40, "data");
			};
			await hearMore();
			for (let kill = 0; kill < 3; kill++) {
				ccm.process.kill("SIGKILL");
				await ccm.process.exited;
				await hearMore();
				ccm = await start();
				await settled(`http://127.0.0.1:${ccm.ports.http}`);
				await hearMore();
			}
			isOver = true;
			await sending;
			await until(() => came() === sent, "all data", { seen: () => `${came()} of ${sent}` });
			expect(commandsAt([lamp, ...sensors], to)).not.toContain("DISCONNECT");
			await Promise.all([lamp, ...sensors].map(end));
			await ccm.stop();
			await csm.stop();
		},
	);

	test("logs in with its own secret where CSM asks for logins, and with nothing else", async () => {
		const csmIni = await iniFor("guarded", `auth = on\n${FREE}`);
		const csm = await begin(csmIni, "csm");
		const login = loginFor(csmIni);
		const { mqtt, http } = csm.ports;
		const healthOf = async ({ ports }: Spawned) =>
			(await fetch(`http://127.0.0.1:${ports.http}/health`)).status;

		const stranger = await startAlone("stranger", mqtt, http, "password = wrong\n");
		expect(await healthOf(stranger)).toBe(503);
		await stranger.stop();

		const ccm = await startAlone("known", mqtt, http, login);
		await until(async () => (await healthOf(ccm)) === 200, "CCM to reach CSM");
		await until(() => csm.log().includes('"op":"attach"'), "CSM to hear of CCM");
		expect(csm.log()).not.toContain("subscription refused");
		await ccm.stop();
		await csm.stop();
	});
});

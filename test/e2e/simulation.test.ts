// Simulated devices of the compiled binary: beside CSM, with logins, and at the CSM of another process.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TestDevice } from "../support/gateway.ts";
import { ownDatabase } from "../support/own-database.ts";
import { RestClient } from "../support/rest-client.ts";
import { BINARY, type Spawned, spawnBinary, type Target } from "../support/target.ts";
import { LONG_DEADLINE_MS, until } from "../support/waiting.ts";

const FREE = "http-port = 0\n[core-mqtt]\nport = 0\n[core-ws]\nport = 0\n";
const PASSWORD = "a long password";

let folder: string;
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), "iotctl-sim-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function iniFor(
	name: string,
	more: string,
	section: "core-db" | "gui-db" = "core-db",
): Promise<string> {
	const path = join(folder, `${name}.ini`);
	const database = await ownDatabase();
	writeFileSync(
		path,
		`[core]\nuserdir = ${join(folder, name)}\n${more}${database.section(section)}`,
	);
	return path;
}

const httpOf = ({ ports }: Spawned) => `http://127.0.0.1:${ports.http}`;
const targetOf = (server: Spawned): Target =>
	({
		http: httpOf(server),
		mqtt: `mqtt://127.0.0.1:${server.ports.mqtt}`,
	}) as Target;

/** Runs a command with a password on its input. @returns what it prints. */
function typed(ini: string, ...words: string[]): string {
	const stdin = Buffer.from(`${PASSWORD}\n`);
	const { stdout, stderr, exitCode } = Bun.spawnSync([BINARY, "-c", ini, ...words], { stdin });
	if (exitCode !== 0) throw new Error(stderr.toString());
	return stdout.toString();
}

interface Block {
	readonly do_id: number;
	readonly d_id: number | null;
	readonly d_name: string | null;
	readonly status: string | null;
	readonly dfo: readonly { readonly dfo_id: number; readonly alias_name: string }[];
}

/** A project of a sensor and a lamp that simulates. @returns its id and the path of the lamp's object. */
async function planned(client: RestClient) {
	const p_id = Number((await client.ok("PUT", "/project", { p_name: "plan" })).p_id);
	await client.block(p_id, "Dummy_Device");
	const lamp = await client.block(p_id, "Lamp");
	const { ido, odo } = await shown(client, p_id);
	const named = (blocks: readonly Block[], name: string) =>
		blocks.flatMap(({ dfo }) => dfo).find(({ alias_name }) => alias_name === name)?.dfo_id;
	const dfo_ids = [named(ido, "DummySensor-I"), named(odo, "Luminance-O")];
	await client.ok("PUT", `/project/${p_id}/na`, { na_name: "through", na_idx: 0, dfo_ids });
	await client.ok("POST", `/simulation/${p_id}`, { sim: "on" });
	await client.ok("POST", `/project/${p_id}`, { status: "on" });
	return { p_id, lamp };
}

async function shown(client: RestClient, pId: number) {
	const { data } = await client.ok("GET", `/project/${pId}`);
	return data as { ido: Block[]; odo: Block[] };
}

/** Waits until all objects have a simulator that is online. */
async function simulated(client: RestClient, pId: number, log: () => string) {
	const isOnline = async () => {
		const { ido, odo } = await shown(client, pId);
		return [...ido, ...odo].every(({ status }) => status === "online");
	};
	await until(isOnline, "the simulators", { ms: LONG_DEADLINE_MS, seen: () => log().slice(-3000) });
}

/** The devices CSM has, as JSON. */
async function devicesOf(server: Spawned): Promise<string> {
	const authorization = `Basic ${Buffer.from(`root:${PASSWORD}`).toString("base64")}`;
	const answer = await fetch(`${httpOf(server)}/api/devices`, { headers: { authorization } });
	return answer.text();
}

async function metricsOf(server: Spawned): Promise<string> {
	return (await fetch(`${httpOf(server)}/metrics`)).text();
}

describe("simulation", () => {
	test("sends values to the output beside CSM, also after a restart, until it is off", async () => {
		const ini = await iniFor("beside", FREE);
		let server = await spawnBinary(ini, {}, [], []);
		const ann = await RestClient.open(httpOf(server));
		const { p_id, lamp } = await planned(ann);
		await until(async () => (await shown(ann, p_id)).ido[0]?.status === "online", "the sensor");
		expect((await shown(ann, p_id)).ido[0]).toMatchObject({
			d_name: null,
			d_id: expect.any(Number),
		});
		const hear = async (client: RestClient) => {
			const changes = { idf_list: null, odf_list: [["Luminance-O", [null]]] };
			const device = await TestDevice.register(targetOf(server), {
				...changes,
				profile: { model: "Lamp" },
			});
			await device.say("online");
			await client.bind(lamp, device);
			const topic = String((await device.signal(true, LONG_DEADLINE_MS)).topic);
			await device.client.subscribe(topic);
			const values: unknown[] = [];
			for (let n = 0; n < 3; n++) {
				values.push(JSON.parse((await device.client.next(topic, LONG_DEADLINE_MS)).text)[0]);
			}
			await device.client.end();
			return values;
		};
		expect((await hear(ann)).every((value) => typeof value === "number")).toBe(true);
		await until(
			async () => (await metricsOf(server)).includes("\niotctl_simulated_devices 1\n"),
			"one simulator to be left",
		);
		await server.stop();
		expect(server.log()).not.toMatch(/ERROR|WARN.*simulat/);

		server = await spawnBinary(ini, {}, [], []);
		const again = await RestClient.open(httpOf(server));
		await again.ok("POST", `${lamp}/device/unbind`);
		expect((await hear(again)).every((value) => typeof value === "number")).toBe(true);
		await again.ok("POST", `/simulation/${p_id}`, { sim: "off" });
		await until(
			async () => (await metricsOf(server)).includes("\niotctl_simulated_devices 0\n"),
			"no simulator to be left",
		);
		await until(async () => !(await devicesOf(server)).includes("Sim-"), "CSM to forget it");
		await server.stop();
	});

	test("works with logins on, beside CSM and at another server's", async () => {
		const csmIni = await iniFor("guarded", `auth = on\n${FREE}`);
		const both = await spawnBinary(csmIni, {}, [], []);
		typed(csmIni, "user", "add", "root");
		const root = await RestClient.open(httpOf(both), "root");
		const plan = await planned(root);
		await simulated(root, plan.p_id, both.log);
		await root.ok("POST", `/simulation/${plan.p_id}`, { sim: "off" });
		await until(async () => !(await devicesOf(both)).includes("Sim-"), "CSM to forget them");
		await both.stop();

		const csm = await spawnBinary(csmIni);
		const [secret = ""] = typed(csmIni, "user", "secret", "ccm").split("\n");
		const [token = ""] = typed(csmIni, "token", "create", "ccm").split("\n");
		const file = join(folder, "secret");
		writeFileSync(file, `${secret}\n`, { mode: 0o600 });
		const { mqtt, http } = csm.ports;
		const aloneIni = await iniFor(
			"alone",
			`[gui]\nport = 0\n[gui-mqtt]\nhost = 127.0.0.1\nport = ${mqtt}\ncsm-port = ${http}\npassword-file = ${file}\ncsm-token = ${token}\n`,
			"gui-db",
		);
		const alone = await spawnBinary(aloneIni, {}, [], ["ccm"]);
		typed(aloneIni, "user", "add", "root");
		const afar = await RestClient.open(httpOf(alone), "root");
		const there = await planned(afar);
		await simulated(afar, there.p_id, () => alone.log() + csm.log());
		expect((await devicesOf(csm)).split("Sim-").length).toBeGreaterThan(2);
		await alone.stop();
		expect(await devicesOf(csm)).not.toContain("Sim-");
		await csm.stop();
	});
});

// The executable on PostgreSQL: moving there from SQLite, commands beside a server, and a database that goes away.
import { afterAll, beforeAll, describe, expect } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { TestHome } from "../support/binary.ts";
import { postgresForAll } from "../support/databases.ts";
import { body, call, TestDevice, TestGraph } from "../support/gateway.ts";
import { TestClient } from "../support/mqtt.ts";
import { hasPostgres } from "../support/postgres-server.ts";
import { story } from "../support/story.ts";
import type { Target } from "../support/target.ts";
import { until } from "../support/waiting.ts";

const SQUARE = "def run(x): return x * x\n";

describe.skipIf(!hasPostgres())("on PostgreSQL", () => {
	const postgres = postgresForAll();
	let home: TestHome;
	let url: string;
	let name: string;
	beforeAll(async () => {
		home = new TestHome("postgres");
		name = await postgres.server.database();
		url = postgres.server.url(name);
	});
	afterAll(() => home.clear());

	const onPostgres = () => {
		const ini = readFileSync(home.ini, "utf8");
		home.write("postgres.ini", `${ini}\n[core-db]\ntype = postgres\nurl = ${url}\n`);
	};
	/** Runs a command with the ini of PostgreSQL. */
	const ini = () => join(home.folder, "postgres.ini");
	const run = (...args: string[]) => home.runWith("", "-c", ini(), ...args);
	const shell = (line: string) => home.runWith(`${line}\n`, "-c", ini(), "shell");
	const running = () => JSON.parse(run("status", "--json").out) as Target;
	const health = async () => {
		const response = await fetch(`${running().http}/health`);
		return { status: response.status, ...((await response.json()) as object) };
	};

	const step = story("from SQLite to PostgreSQL");
	let id = "";
	step("what is on SQLite is exported", async () => {
		expect(home.run("start", "--detach", "csm").exitCode).toBe(0);
		const target = JSON.parse(home.run("status", "--json").out) as Target;
		const device = await TestDevice.register(target, { profile: { model: "溫度 \u0000" } });
		id = device.id;
		const graph = await TestGraph.open(device.client, "gui", "g1");
		await graph.ok({ op: "attach" });
		const [square] = await graph.addFunctions(SQUARE);
		await graph.ok({ op: "add_link", da_id: id, idf: "in", func: square, param_no: 1 });
		await device.client.end();
		expect(home.run("stop").exitCode).toBe(0);
		expect(home.run("export", "sqlite.json").exitCode).toBe(0);
	});
	step("and imported into PostgreSQL, after a dry run that leaves nothing", () => {
		onPostgres();
		expect(run("import", "--dry-run", "sqlite.json").err).toContain("nothing is in it");
		expect(run("initdb")).toMatchObject({ exitCode: 0, out: expect.stringContaining(url) });
		expect(run("import", "--dry-run", "sqlite.json")).toMatchObject({
			exitCode: 0,
			out: expect.stringContaining("devices and graphs: 2 added"),
		});
		expect(run("check").out).toContain(`${url}: 0 devices, 0 graphs`);
		expect(run("import", "sqlite.json")).toMatchObject({
			exitCode: 0,
			out: expect.stringContaining("devices and graphs: 2 added"),
		});
		expect(run("check").out).toContain(`${url}: 1 device, 1 graph`);
		expect(run("export", "postgres.json").exitCode).toBe(0);
		const [before, after] = ["sqlite", "postgres"].map((file) =>
			JSON.parse(readFileSync(join(home.folder, `${file}.json`), "utf8")),
		);
		expect(after).toEqual(before);
	});
	step("where a server has it", async () => {
		expect(run("start", "--detach")).toMatchObject({ exitCode: 0, err: "" });
		expect(await health()).toMatchObject({ status: 200 });
		const found = await fetch(`${running().http}/api/devices`);
		expect(await found.text()).toContain(id);
	});
	step("commands work beside it, those that change everything do not", () => {
		expect(run("import", "sqlite.json")).toMatchObject({
			exitCode: 1,
			err: expect.stringContaining("already in use by process"),
		});
		expect(shell("db SELECT da_id FROM devices").out).toContain(id);
		expect(JSON.stringify(shell("db DELETE FROM devices"))).toContain("read-only");
		expect(JSON.stringify(shell("db COMMIT; DELETE FROM devices"))).toContain("multiple commands");
		expect(shell("db SELECT da_id FROM devices").out).toContain(id);
		expect(run("backup", "copies").err).toContain("pg_dump --format=custom");
		expect(run("restore", "copy.db").err).toMatch(/after iotctl .*stop, with pg_restore /);
		expect(run("token", "create", "lab")).toMatchObject({ exitCode: 0 });
		expect(run("token", "list").out).toContain("lab");
	});
	step("while it is away data flows, and changes are refused with the reason", async () => {
		const target = running();
		const device = await TestDevice.register(target);
		const reader = await TestClient.connect(target.mqtt);
		await reader.subscribe("free/#");
		await postgres.server.stop();
		const refused = await call(target, "PUT", `/${crypto.randomUUID()}`, body());
		expect(refused.status).toBe(503);
		expect(refused.text).toContain("the server cannot store this now: ");
		await until(async () => (await health()).status !== 200, "/health to name it");
		expect(JSON.stringify(await health())).toContain("database");
		await device.client.publish("free/x", "[1]");
		await reader.next("free/x");
		await postgres.server.run();
		await until(async () => (await health()).status === 200, "/health to be well");
		await TestDevice.register(target).then((one) => one.client.end());
		for (const client of [device.client, reader]) await client.end();
	});
	step("and it stops", () => {
		expect(run("stop").exitCode).toBe(0);
		expect(run("check").out).toContain("3 devices, 1 graph");
	});
});

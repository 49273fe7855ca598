// `iotctl start ccm` with its projects in PostgreSQL ([gui-db]), beside a CSM of another process.
import { afterAll, beforeAll, describe, expect } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { TestHome } from "../support/binary.ts";
import { postgresForAll } from "../support/databases.ts";
import { hasPostgres, LOCKED } from "../support/postgres-server.ts";
import { type LampProject, RestClient } from "../support/rest-client.ts";
import { story } from "../support/story.ts";
import { startBinary, type Target } from "../support/target.ts";
import { LONG_DEADLINE_MS, until } from "../support/waiting.ts";

describe.skipIf(!hasPostgres())("start ccm with [gui-db] in PostgreSQL", () => {
	const postgres = postgresForAll();
	let home: TestHome;
	let csm: Target;
	let url: string;
	let name: string;
	beforeAll(async () => {
		csm = await startBinary();
		home = new TestHome("postgres-ccm");
		name = await postgres.server.database();
		await postgres.server.lock(name);
		url = postgres.server.url(name, LOCKED.user);
		const [http, mqtt] = [csm.http, csm.mqtt].map((address) => new URL(address).port);
		writeFileSync(join(home.folder, "password"), `${LOCKED.password}\n`, { mode: 0o600 });
		home.write(
			"iottalk.ini",
			`[core]\nuserdir = ${home.folder}/state\n[core-db]\npassword-file = ${home.folder}/password\n[gui]\nport = 0\n[gui-db]\nurl = ${url}\n[gui-mqtt]\nhost = 127.0.0.1\nport = ${mqtt}\ncsm-port = ${http}\n`,
		);
	});
	afterAll(async () => {
		home.clear();
		await csm.dispose();
	});

	const base = () => (JSON.parse(home.run("status", "--json").out) as Target).http;
	const health = async () => {
		const response = await fetch(`${base()}/health`);
		return { status: response.status, text: await response.text() };
	};
	const projects = async (person: RestClient) =>
		((await person.ok("GET", "/project")).data as { p_name: string }[]).map(({ p_name }) => p_name);

	const step = story("from an empty database to a project that outlives an outage");
	let ann: RestClient;
	let lamp: LampProject;
	step("its tables are made there", async () => {
		expect(home.run("initdb", "ccm", "--alone")).toMatchObject({
			exitCode: 0,
			out: expect.stringContaining(url),
		});
		const rows = await postgres.server.ask("SELECT module FROM schema_versions", name);
		expect(rows).toContainEqual({ module: "ccm" });
	});
	step("a project drives the other process's CSM", async () => {
		expect(home.run("start", "--detach", "ccm")).toMatchObject({ exitCode: 0, err: "" });
		expect(JSON.parse(home.run("status", "--json").out)).toMatchObject({ database: url });
		ann = await RestClient.open(base());
		lamp = await ann.lampProject(csm, "afar");
		const rows = await postgres.server.ask("SELECT p_name FROM ccm_project", name);
		expect(rows).toEqual([{ p_name: "afar" }]);
	});
	step("while the database is away changes are refused with the reason", async () => {
		await postgres.server.stop();
		const refused = await ann.send("PUT", "/project", { p_name: "lost" });
		expect(refused.status).toBe(503);
		expect(JSON.stringify(refused.body)).toContain("the server cannot store this now: ");
		await until(async () => (await health()).status === 503, "/health to name it");
		expect((await health()).text).toContain("database");
		await postgres.server.run();
		await until(async () => (await health()).status === 200, "/health to be well", {
			ms: LONG_DEADLINE_MS,
		});
		await ann.ok("PUT", "/project", { p_name: "later" });
	});
	step("everything is there after a restart", async () => {
		expect(home.run("stop").exitCode).toBe(0);
		expect(home.run("start", "--detach", "ccm")).toMatchObject({ exitCode: 0, err: "" });
		const again = await RestClient.open(base());
		expect((await projects(again)).toSorted()).toEqual(["afar", "later"]);
		await Promise.all([...lamp.sensors, lamp.lamp].map(({ client }) => client.end()));
	});
	step("its password is nowhere to be read", () => {
		expect(home.run("stop").exitCode).toBe(0);
		expect(readFileSync(join(home.folder, "state/iotctl.log"), "utf8")).not.toContain(
			LOCKED.password,
		);
	});
});

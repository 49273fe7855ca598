// Who changed what, and how often an account may ask, in the compiled binary.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ownDatabase } from "../support/own-database.ts";
import { RestClient } from "../support/rest-client.ts";
import { BINARY, spawnBinary } from "../support/target.ts";
import { until } from "../support/waiting.ts";

const PASSWORD = "a long password";
let folder: string;
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), "iotctl-audit-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("changes are in the log and in the list for administrators, over a restart; too many requests are refused", async () => {
	const ini = join(folder, "iotctl.ini");
	const free = "http-port = 0\n[core-mqtt]\nport = 0\n[core-ws]\nport = 0\n";
	const database = await ownDatabase();
	const limit = "[gui]\nrequests-per-second = 1\n";
	writeFileSync(
		ini,
		`[core]\nuserdir = ${join(folder, "home")}\n${free}${database.section()}${limit}`,
	);
	let server = await spawnBinary(ini, {}, [], []);
	const base = () => `http://127.0.0.1:${server.ports.http}`;
	const typed = (...words: string[]) =>
		Bun.spawnSync([BINARY, "-c", ini, ...words], { stdin: Buffer.from(`${PASSWORD}\n`) });
	typed("user", "add", "root");
	const ann = await RestClient.open(base());
	const { p_id } = await ann.ok("PUT", "/project", { p_name: "watched" });
	expect(typed("project", "on", String(p_id)).exitCode).toBe(0);
	await until(() => server.log().includes('"operation":"update_project"'), "the log to say so", {
		seen: () => server.log().slice(-2000),
	});
	expect(server.log()).toContain('"operation":"create_project"');

	// At once: one by one a slow server would be asked no more than once a second.
	const asked = Array.from({ length: 30 }, () => ann.send("GET", "/project"));
	const refused = (await Promise.all(asked)).find(({ status }) => status !== 200);
	expect(refused).toMatchObject({ status: 429, body: { reason: "too many requests: wait 1 s" } });

	const audit = async () => {
		const authorization = `Basic ${Buffer.from(`root:${PASSWORD}`).toString("base64")}`;
		const answer = await fetch(`${base()}/api/v1/audit?project=${p_id}`, {
			headers: { authorization },
		});
		return answer.json();
	};
	const entries = [
		{ u_id: 0, u_name: "local", door: "command line", operation: "update_project" },
		{ u_name: "ann", door: "rest", operation: "create_project", details: { p_name: "watched" } },
	];
	expect(await audit()).toMatchObject({ state: "ok", entries, next: null });
	await server.stop();
	server = await spawnBinary(ini, {}, [], []);
	expect(await audit()).toMatchObject({ entries });
	await server.stop();
});

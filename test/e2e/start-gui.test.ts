// `iotctl start gui` in front of the project manager of another process: login, API, streams, prefixes, and its absence.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EventReader } from "../ccm/support/event-reader.ts";
import { GuiProgram } from "../support/gui-server.ts";
import { ProjectServer, WebPerson } from "../support/project-server.ts";
import { LONG_DEADLINE_MS, until } from "../support/waiting.ts";

const PASSWORD = "a long password for a test";
let ccm: ProjectServer;
let gui: GuiProgram;
beforeAll(async () => {
	ccm = await ProjectServer.start();
	await ccm.person("ann");
	gui = await GuiProgram.start(ccm.http);
});
afterAll(async () => {
	await gui.dispose();
	await ccm.dispose();
});

/** Logs in at the editor's address. @returns the answer's cookie, and who may use it. */
async function logIn(base = gui.http): Promise<{ cookie: string; set: string; person: WebPerson }> {
	const response = await fetch(`${base}/api/v0/account/login`, {
		method: "POST",
		headers: { "content-type": "application/json" },
		body: JSON.stringify({ username: "ann", password: PASSWORD }),
	});
	expect(response.status).toBe(200);
	const set = response.headers.get("set-cookie") ?? "";
	const [cookie = ""] = set.split(";");
	return { cookie, set, person: new WebPerson(base, cookie) };
}

describe("start gui", () => {
	test("serves the editor: page, files, and the addresses that lead there, below prefixes too", async () => {
		const page = await fetch(`${gui.http}/gui/`);
		const html = await page.text();
		expect(page.headers.get("content-security-policy")).toContain("script-src 'self'");
		const [, script = ""] = /src="\.\/([^"]+\.js)"/.exec(html) ?? [];
		expect((await fetch(`${gui.http}/gui/${script}`)).headers.get("cache-control")).toContain(
			"immutable",
		);
		for (const [path, status, location] of [
			["/", 302, "gui/"],
			["/gui", 308, "gui/"],
			["/connection", 302, "gui/#/"],
			["/iottalk/ccm", 302, "ccm/gui/"],
			["/csm/device", 302, "gui/#/d"],
		] as const) {
			const answer = await fetch(gui.http + path, { redirect: "manual" });
			expect([path, answer.status, answer.headers.get("location")]).toEqual([
				path,
				status,
				location,
			]);
		}
		expect((await fetch(`${gui.http}/iottalk/ccm/gui/`)).status).toBe(200);
		expect((await fetch(`${gui.http}/nothing`)).status).toBe(404);
		// What is the other server's own is not handed on.
		expect((await fetch(`${gui.http}/live`)).status).toBe(404);
		expect((await fetch(`${gui.http}/api/server`)).status).toBe(401);
	});

	test("passes login, requests and logout on, with cookies of its own", async () => {
		const { cookie, set, person } = await logIn();
		expect(cookie).toMatch(/^gui-\d+-iottalk-\d+=\S+$/);
		expect(set.toLowerCase()).toContain("httponly");
		expect(set.toLowerCase()).toContain("samesite=strict");
		expect(set.toLowerCase()).not.toContain("secure");
		const session = await person.ok("GET", "/api/v1/session");
		expect(session.person).toMatchObject({ u_name: "ann", role: "teacher" });
		const { p_id } = await person.ok("POST", "/api/v1/templates/thermometer", { lang: "zh" });
		const below = new WebPerson(`${gui.http}/iottalk/ccm`, cookie);
		const { project } = await below.ok("GET", `/api/v1/projects/${p_id}`);
		expect(project).toMatchObject({ p_name: "溫度計", status: "on" });
		const refused = await person.send("GET", "/api/v1/projects/99999");
		expect([refused.status, refused.json.reason]).toEqual([404, "project id 99999 not found"]);
		// Cookies of other servers on this host are none of its business.
		const real = cookie.replace(/^gui-\d+-/, "");
		const stranger = new WebPerson(gui.http, real);
		expect((await stranger.ok("GET", "/api/v1/session")).person).toBeNull();
		await person.ok("GET", "/api/v0/account/logout");
		expect((await person.send("GET", "/api/v1/projects")).status).toBe(401);
	});

	test("streams events as they come, and ends with either side", async () => {
		const { person } = await logIn();
		const { p_id } = await person.ok("POST", "/api/v1/templates/thermometer");
		const reader = await person.events(Number(p_id));
		expect(reader.response.headers.get("content-type")).toBe("text/event-stream");
		const { document } = await reader.next("project");
		const direct = await ccm.person("ann");
		const changes = [{ kind: "rename_project", p_name: "while it streams" }];
		await direct.ok("POST", `/api/v1/projects/${p_id}/changes`, {
			base_rev: document.rev,
			changes,
		});
		const told = await reader.next("changes");
		expect(told.parts.head?.p_name).toBe("while it streams");
		// Simulated devices send once a second.
		await reader.next("values");
		const devices = new EventReader(await person.get("/api/v1/devices/events"));
		expect((await devices.next("devices")).whole).toBe(true);
		await devices.leave();
		await until(async () => (await streams()) === 1, "the end of one of two streams");
		await direct.ok("DELETE", `/api/v0/project/${p_id}`);
		await reader.over();
		await until(async () => (await streams()) === 0, "the end of all streams");
	});

	test("passes on exports, imports and refusals with their fields", async () => {
		const { person, cookie } = await logIn();
		const { p_id } = await person.ok("POST", "/api/v1/templates/shake-counter");
		const file = await person.get(`/export_project?p_id=${p_id}&bundle=1`);
		expect(file.headers.get("content-disposition")).toContain("attachment");
		const form = new FormData();
		form.set("p_name", "again");
		form.set("importfilename", new Blob([await file.text()]), "project.json");
		const imported = await fetch(`${gui.http}/import_project`, {
			...{ method: "POST", body: form, redirect: "manual" },
			headers: { cookie, accept: "text/html" },
		});
		expect([imported.status, imported.headers.get("location")]).toEqual([
			...[303, expect.stringMatching(/^gui\/#\/p\/\d+$/)],
		]);
		const long = await fetch(`${gui.http}/import_project`, {
			...{ method: "POST", body: "x".repeat(3 << 20), headers: { cookie } },
		});
		expect(long.status).toBe(413);
	});

	test("refuses pages of other origins, and other names than its own", async () => {
		const { cookie } = await logIn();
		const ask = (headers: Record<string, string>, method = "GET") =>
			fetch(`${gui.http}/api/v1/projects`, { method, headers: { cookie, ...headers } });
		expect((await ask({ origin: "https://evil.example" })).status).toBe(403);
		expect((await ask({ host: "evil.example" })).status).toBe(403);
		expect((await ask({ "sec-fetch-site": "cross-site" }, "POST")).status).toBe(403);
		expect((await ask({})).status).toBe(200);
	});

	test("is not a local page for registration: the other server does not take it for its own machine", async () => {
		const response = await fetch(`${gui.http}/api/v0/account/create`, {
			method: "POST",
			headers: { "content-type": "application/json" },
			body: JSON.stringify({ username: "eve", password: PASSWORD }),
		});
		expect(response.status).toBe(403);
	});

	test("is known to status, without a database or a broker", () => {
		const { out, exitCode } = gui.run("status");
		expect([exitCode, out]).toEqual([0, expect.stringContaining("in a browser for the editor")]);
		expect(out).not.toMatch(/MQTT|WebSocket|Database|Devices/);
		expect(readFileSync(join(gui.folder, "stdout.txt"), "utf8")).toContain(ccm.http);
	});

	async function streams(): Promise<number> {
		const { key } = JSON.parse(readFileSync(join(gui.folder, "iotctl.run.json"), "utf8"));
		const headers = { authorization: `Bearer ${key}` };
		const text = await (await fetch(`${gui.http}/metrics`, { headers })).text();
		return Number(/^iotctl_gui_streams (\d+)/m.exec(text)?.[1]);
	}
});

test(
	"start gui says in one sentence that the project manager is away, and goes on when it is back",
	async () => {
		const away = await ProjectServer.start();
		const front = await GuiProgram.start(`${away.http}/iottalk/ccm/`, "http-prefix = /lab");
		try {
			const session = () => fetch(`${front.http}/lab/api/v1/session`);
			expect((await session()).status).toBe(200);
			await away.person("ann");
			const { person } = await logIn(front.http);
			const { p_id } = await person.ok("POST", "/api/v1/templates/thermometer");
			const reader = await person.events(Number(p_id));
			await reader.next("project");
			await away.end("SIGKILL");
			await reader.over();
			const answer = await session();
			expect([answer.status, await answer.json()]).toEqual([
				502,
				{
					state: "error",
					reason: `cannot reach the project manager at ${away.http}/iottalk/ccm: connection refused`,
				},
			]);
			expect((await fetch(`${front.http}/gui/`)).status).toBe(200);
			expect((await fetch(`${front.http}/health`)).status).toBe(503);
			expect(front.run("status").out).toContain("Warning    cannot reach the project manager");
			await away.run();
			expect((await session()).status).toBe(200);
			expect((await fetch(`${front.http}/health`)).status).toBe(200);
			expect(front.run("stop").exitCode).toBe(0);
			expect(await front.process.exited).toBe(0);
		} finally {
			await front.dispose();
			await away.dispose();
		}
	},
	3 * LONG_DEADLINE_MS,
);

// The first start: an address from the command line, an administrator by the page's API, and the network let in.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { TestHome } from "../support/binary.ts";
import { TestClient } from "../support/mqtt.ts";
import { until } from "../support/waiting.ts";

const PERSON = { name: "王老師", password: "a long password" };

let home: TestHome;
let http: string;
let mqtt: string;
beforeEach(async () => {
	home = await TestHome.withDatabase("setup");
	expect(home.run("start", "--detach").err).toBe("");
	({ http, mqtt } = runFile());
});
afterEach(() => home.clear());

const runFile = (): { http: string; mqtt: string } =>
	JSON.parse(readFileSync(`${home.folder}/state/iotctl.run.json`, "utf8"));

/** Draws a key as people do. */
function drawKey(): string {
	const { out, exitCode } = home.run("setup");
	expect(exitCode).toBe(0);
	return /\/gui\/#\/setup\/([\w-]+)/.exec(out)?.[1] ?? "";
}

interface Answer {
	readonly status: number;
	readonly cookie: string;
	readonly body: Readonly<Record<string, unknown>>;
}

async function send(method: string, path: string, body?: object, cookie = ""): Promise<Answer> {
	const response = await fetch(http + path, {
		method,
		headers: { "content-type": "application/json", cookie },
		...(body !== undefined && { body: JSON.stringify(body) }),
	});
	const set = response.headers.get("set-cookie") ?? "";
	return {
		status: response.status,
		cookie: set.split(";", 1)[0] ?? "",
		body: await response.json(),
	};
}

const setUp = (key: string, reach: "local" | "network") =>
	send("POST", "/api/v1/setup", { key, ...PERSON, reach });

describe("setting a server up", () => {
	test("takes the last key, once, and leaves the rest of the server as it is", async () => {
		const old = drawKey();
		const key = drawKey();
		expect((await setUp(old, "local")).status).toBe(403);
		expect((await setUp("", "local")).status).toBe(400);
		expect((await send("GET", "/api/v1/setup")).body).toMatchObject({ needed: true, role: null });
		expect(await send("POST", "/api/v1/setup/key", {})).toMatchObject({ status: 403 });
		const bad = await send("POST", "/api/v1/setup", {
			key,
			name: "ccm",
			password: "x",
			reach: "local",
		});
		expect([bad.status, bad.body.reason]).toEqual([400, expect.stringContaining("is reserved")]);
		const done = await setUp(key, "local");
		expect([done.status, done.body]).toEqual([
			200,
			{ state: "ok", addresses: [expect.stringContaining("/gui/")], devices: 0 },
		]);
		const account = await send("GET", "/api/v0/account", undefined, done.cookie);
		expect(account.body).toMatchObject({ u_name: PERSON.name, role: "admin" });
		expect((await setUp(key, "local")).status).toBe(409);
		expect(home.run("setup").err).toContain("has an administrator already");
		expect(readFileSync(home.ini, "utf8")).not.toContain("auth");
		// Not a word of any key is in the log.
		const log = readFileSync(`${home.folder}/state/iotctl.log`, "utf8");
		expect([log.includes(key), log.includes(old)]).toEqual([false, false]);
	});

	test("lets the network in with logins, tells how devices register, and keeps the page logged in", async () => {
		const device = {
			name: "lamp",
			accept_protos: ["mqtt"],
			odf_list: [["x", [null]]],
			profile: { model: "M" },
		};
		expect((await send("PUT", `/${randomUUID()}`, device)).status).toBe(200);
		const client = await TestClient.connect(mqtt, { reconnectPeriod: 0 });
		const before = readFileSync(home.ini, "utf8");
		const { status, body, cookie } = await setUp(drawKey(), "network");
		expect([status, body]).toMatchObject([200, { devices: 1 }]);
		expect(String(body.token_address)).toEndWith(`/token/${body.token}`);
		expect(body.todo).toBeUndefined();
		await until(() => !client.raw.connected, "the client without a login is disconnected");
		await until(
			async () => (await fetch(`${http}/health`).catch(() => null))?.ok === true,
			"it is back",
		);
		expect(readFileSync(home.ini, "utf8")).toBe(
			before.replace("[core]\n", "[core]\nbind = 0.0.0.0\nauth = on\n"),
		);
		expect(home.run("status").out).toContain("http://localhost:");
		expect((await send("GET", "/api/v0/account", undefined, cookie)).body).toMatchObject({
			role: "admin",
		});
		expect((await send("PUT", `/${randomUUID()}`, device)).status).toBe(401);
		const token = `/token/${body.token}/${randomUUID()}`;
		expect((await send("PUT", token, device)).status).toBe(200);
		await expect(TestClient.connect(mqtt, { reconnectPeriod: 0 })).rejects.toThrow();
	});
});

describe("people", () => {
	const ANN = { username: "ann", password: "pw" };
	const logIn = async () => (await send("POST", "/api/v0/account/login", ANN)).cookie;
	const roleOf = async (cookie: string) =>
		(await send("GET", "/api/v0/account", undefined, cookie)).body.role;

	test("register on this machine, and lose their sessions with their password, role and account", async () => {
		expect((await send("POST", "/api/v0/account/create", ANN)).status).toBe(200);
		const admin = (await setUp(drawKey(), "local")).cookie;
		const people = async () => (await send("GET", "/api/v0/people", undefined, admin)).body.data;
		expect(await people()).toMatchObject([
			{ u_id: 1, role: "teacher" },
			{ u_id: 2, role: "admin" },
		]);

		const first = await logIn();
		expect(await roleOf(first)).toBe("teacher");
		home.runWith(`${ANN.password}\n`, "-c", home.ini, "user", "passwd", "ann");
		expect(await roleOf(first)).toBeUndefined();

		const second = await logIn();
		await send("POST", "/api/v0/people/1/role", { role: "student" }, admin);
		expect(await roleOf(second)).toBeUndefined();
		const third = await logIn();
		expect(await roleOf(third)).toBe("student");
		await send("POST", "/api/v0/people/1/active", { is_active: false }, admin);
		expect(await roleOf(third)).toBeUndefined();
		expect((await send("POST", "/api/v0/account/login", ANN)).status).toBe(401);
		await send("POST", "/api/v0/people/1/active", { is_active: true }, admin);
		await send("POST", "/api/v0/people/1/role", { role: "teacher" }, admin);

		const fourth = await logIn();
		expect((await send("PUT", "/api/v0/project", { p_name: "plan" }, fourth)).status).toBe(201);
		home.run("user", "del", "ann");
		expect(await roleOf(fourth)).toBeUndefined();
		const projects = async () =>
			(await send("GET", "/api/v0/admin/project", undefined, admin)).body.data;
		await until(async () => JSON.stringify(await projects()) === "[]", "their projects are gone");
	});
});

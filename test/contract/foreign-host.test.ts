// Requests for a host name that is not this server's: a page may have become this server by DNS rebinding.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { body } from "../support/gateway.ts";
import { ADMIN, addAdmin, basic } from "../support/logins.ts";
import { ask } from "../support/raw-http.ts";
import { startTarget, startWithCcm, type Target } from "../support/target.ts";
import {
	EVIL,
	READABLE,
	READABLE_OF_PROJECTS,
	requestsTo,
	startWithNames,
} from "../support/web-pages.ts";

let target: Target;
beforeAll(async () => {
	target = await startWithNames();
});
afterAll(() => target.dispose());

const { send, put, remove } = requestsTo(() => target);

describe("§2.1 a request for a foreign host name", () => {
	const router = ["Host: gateway.fritz.box:9992"];

	test.each(READABLE.filter((path) => path !== "/health"))("is refused %s", async (path) => {
		const { status, json } = await send({ path, headers: router });
		expect(status).toBe(403);
		expect(json.reason).toContain('"gateway.fritz.box"');
		expect(json.reason).toContain("allowed-origins");
	});

	test("registers, changes and deregisters devices, asks for health, and is told no rev", async () => {
		const id = randomUUID();
		const { status, json } = await put(id, router);
		expect([status, json.url]).toMatchObject([200, { host: "gateway.fritz.box" }]);
		const seen = await send({ path: `/${id}`, headers: router });
		expect([seen.status, seen.json.name, "rev" in seen.json]).toEqual([200, "BetaCat", false]);
		const changes = { method: "POST", path: `/${id}`, headers: router, body: { name: "N" } };
		expect((await send(changes)).json).toMatchObject({ state: "ok", name: "N" });
		expect((await send({ path: "/health", headers: router })).json.ready).toBe(true);
		expect((await put(id, router)).status).toBe(200);
		const { rev } = (await send({ path: `/${id}` })).json;
		expect((await remove(id, rev, router)).status).toBe(200);
	});

	test("a page that has become this server by DNS rebinding is a page of another origin", async () => {
		const id = randomUUID();
		await put(id);
		const headers = ["Host: evil.example:9992", "Origin: http://evil.example:9992"];
		expect((await put(id, headers)).status).toBe(403);
		const changes = { method: "POST", path: `/${id}`, headers, body: { name: "N" } };
		expect((await send(changes)).status).toBe(403);
		expect((await send({ method: "POST", path: "/login", headers, body: {} })).status).toBe(403);
	});

	test.each([
		...["localhost", "LOCALHOST.:9992", "x.localhost", "127.0.0.1", "[::1]:80", "203.0.113.9"],
		...["gateway.lan:1", "panel.example", hostname(), `${hostname()}.local`],
	])("%s is not foreign", async (host) => {
		const headers = [`Host: ${host}`];
		expect((await send({ path: "/", headers })).status).toBe(200);
		expect((await send({ path: "/metrics", headers })).status).toBe(200);
	});
});

test("with logins on no page and nothing of /api is shown under a foreign host name", async () => {
	const own = await startTarget({ core: { auth: "on" } });
	try {
		addAdmin(own);
		const login = `Authorization: ${basic(ADMIN.username, ADMIN.password)}`;
		const get = (path: string, ...headers: string[]) => ask(own, { path, headers });
		for (const path of ["/", "/openapi", "/api/status", "/api/log"]) {
			const { status, json } = await get(path, login, "Host: evil.example:9992");
			expect(status).toBe(403);
			expect(json.reason).toContain("allowed-origins");
			expect((await get(path, login)).status).toBe(200);
			// A name that the Internet's DNS does not have, and a login no browser sends by itself.
			expect((await get(path, login, "Host: gateway")).status).toBe(200);
			expect((await get(path, "Host: gateway")).status).toBe(403);
			expect((await get(path, login, `Origin: ${EVIL}`)).status).toBe(200);
		}
		const form = { method: "POST", path: "/login", headers: ["Host: evil.example"], body: {} };
		expect((await ask(own, form)).status).toBe(403);
		expect((await get("/metrics", login, "Host: evil.example")).status).toBe(200);
		expect((await get("/health", "Host: evil.example")).status).toBe(200);
		const put = { method: "PUT", path: `/${randomUUID()}`, body: body() };
		expect((await ask(own, { ...put, headers: [login, "Host: evil.example"] })).status).toBe(200);
	} finally {
		await own.dispose();
	}
});

describe("of a server with projects, under a foreign host name", () => {
	let projects: Target;
	beforeAll(async () => {
		projects = await startWithCcm({ core: { auth: "on", "allowed-origins": "gateway.lan" } });
		addAdmin(projects);
	});
	afterAll(() => projects.dispose());
	const get = (path: string, ...headers: string[]) => ask(projects, { path, headers });

	test.each(READABLE_OF_PROJECTS)("%s is refused, whatever the request shows", async (path) => {
		const login = `Authorization: ${basic(ADMIN.username, ADMIN.password)}`;
		for (const shown of [[], [login]]) {
			const { status, json, text } = await get(path, ...shown, "Host: evil.example:9992");
			// Who follows the link to a class is told by a page.
			const isPage = path.startsWith("/join/");
			expect([status, json.state]).toEqual([403, isPage ? undefined : "error"]);
			expect(isPage ? text : json.reason).toContain("allowed-origins");
			for (const own of ["gateway.lan", "127.0.0.1:9992", "192.0.2.7", hostname()]) {
				expect((await get(path, ...shown, `Host: ${own}`)).status).not.toBe(403);
			}
		}
	});

	test("what devices ask for is answered", async () => {
		for (const path of ["/mqtt_url", "/ec_endpoint", "/simtalk_endpoint", "/health"]) {
			expect([path, (await get(path, "Host: gateway.fritz.box")).status]).toEqual([path, 200]);
		}
	});

	test("a login at the page is refused, and no seat is given", async () => {
		const headers = ["Host: evil.example"];
		for (const path of ["/api/v0/account/login", "/api/v1/setup", "/join/aaaaaa"]) {
			const request = { method: "POST", path, headers, body: { username: "a", password: "b" } };
			const answer = await ask(projects, request);
			expect([path, answer.status]).toEqual([path, 403]);
			expect(answer.text).toContain("allowed-origins");
		}
	});
});

// What web pages may do over HTTP while logins are off: any page can send requests to a server its browser reaches.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { body } from "../support/gateway.ts";
import { type Target, TESTS_EXTERNAL } from "../support/target.ts";
import { testEmbedded } from "../support/variants.ts";
import { basicOf, EVIL, from, READABLE, requestsTo, startWithNames } from "../support/web-pages.ts";

let target: Target;
beforeAll(async () => {
	target = await startWithNames();
});
afterAll(() => target.dispose());

const { send, put, remove } = requestsTo(() => target);

describe("§2.1 a page of another origin", () => {
	test.each(READABLE)("reads nothing of %s", async (path) => {
		for (const origin of [EVIL, "null", "file://", "http://localhost.evil.example"]) {
			const { status, json } = await send({ path, headers: from(origin) });
			expect([status, json.state]).toEqual([403, "error"]);
		}
		const { json } = await send({ path, headers: from(EVIL) });
		expect(json.reason).toContain("allowed-origins");
	});

	test("and nothing by a request without an Origin, as browsers send them for pictures", async () => {
		const headers = ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors"];
		for (const path of ["/metrics", "/api/log", "/api/events"]) {
			expect((await send({ path, headers })).status).toBe(403);
		}
		const link = ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate"];
		expect((await send({ path: "/", headers: link })).status).toBe(200);
	});

	test("neither sees nor changes a program's device", async () => {
		const id = randomUUID();
		const { json } = await put(id);
		for (const origin of [EVIL, "null"]) {
			for (const request of [
				{ path: `/${id}` },
				{ method: "PUT", path: `/${id}`, body: body() },
				{ method: "POST", path: `/${id}`, body: { name: "stolen" } },
				{ method: "DELETE", path: `/${id}`, body: { rev: randomUUID() } },
				{ method: "DELETE", path: `/${id}`, body: {} },
			]) {
				const answer = await send({ ...request, headers: from(origin) });
				expect([answer.status, answer.json.state]).toEqual([403, "error"]);
			}
		}
		const { json: now } = await send({ path: `/${id}` });
		expect([now.rev, now.name]).toEqual([json.rev, "BetaCat"]);
		// The rev is known to the device and programs only: it is a password here.
		expect((await remove(id, json.rev, from(EVIL))).status).toBe(200);
	});

	test("asks beforehand what it may send, and may send a password", async () => {
		const { status, headers } = await send({
			method: "OPTIONS",
			path: `/${randomUUID()}`,
			headers: [...from(EVIL), "Access-Control-Request-Method: PUT"],
		});
		expect(status).toBe(204);
		expect(headers).toMatch(/^access-control-allow-origin: \*$/im);
		expect(headers).toMatch(/^access-control-allow-headers: .*\bAuthorization\b/im);
	});

	test("registers a new device, registers it again after a reload, and deregisters it", async () => {
		const id = randomUUID();
		const first = await put(id, from(EVIL));
		expect(first.status).toBe(200);
		const again = await put(id.toUpperCase(), from(EVIL.toUpperCase()));
		expect([again.status, again.json.rev !== first.json.rev]).toEqual([200, true]);
		for (const other of ["https://evil.example", `${EVIL}:8080`, "http://other.example", "null"]) {
			expect((await put(id, from(other))).status).toBe(403);
			expect((await remove(id, "?", from(other))).status).toBe(403);
		}
		expect((await remove(id, first.json.rev, from(EVIL))).status).toBe(400);
		expect((await remove(id, again.json.rev, from(EVIL))).status).toBe(200);
	});

	test("what a program registers again is the program's", async () => {
		const id = randomUUID();
		await put(id, from(EVIL));
		const { status, json } = await put(id);
		expect([status, json.username, json.password]).toEqual([200, undefined, undefined]);
		expect((await put(id, from(EVIL))).status).toBe(403);
	});

	test("without an origin it needs the device's password to register it again", async () => {
		const id = randomUUID();
		const { status, json } = await put(id, from("null"));
		expect(status).toBe(200);
		expect((await put(id, from("null"))).status).toBe(403);
		if (TESTS_EXTERNAL) return;
		expect((await put(id, [...from("null"), basicOf(json)])).status).toBe(200);
		const old = await put(id, [...from("null"), basicOf(json)]);
		expect([old.status, old.json.state]).toEqual([403, "error"]);
	});

	testEmbedded("with the password another origin takes a device over", async () => {
		const id = randomUUID();
		const { json } = await put(id, from(EVIL));
		const taken = await put(id, [...from("http://other.example"), basicOf(json)]);
		expect(taken.status).toBe(200);
		expect((await put(id, from(EVIL))).status).toBe(403);
		const strange = [...from(EVIL), basicOf(taken.json)];
		expect((await put(randomUUID(), strange)).status).toBe(200);
	});

	test.each([
		...["http://localhost:8080", "https://app.localhost", "http://127.0.0.1:1", "http://[::1]:80"],
		...["http://gateway.lan:8080", "https://panel.example:8443", `http://${hostname()}:8080`],
	])("%s is none: it may do what programs may", async (origin) => {
		const id = randomUUID();
		await put(id);
		const { status, json } = await put(id, from(origin));
		expect([status, json.username]).toEqual([200, undefined]);
		expect((await send({ path: "/metrics", headers: from(origin) })).status).toBe(200);
		expect((await send({ path: `/${id}`, headers: from(origin) })).json.rev).toBe(json.rev);
	});
});

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { plainReply } from "../../src/http/replies.ts";
import { route } from "../../src/http/route.ts";
import {
	ADMIN,
	DEVICE,
	OLD_TOKEN,
	startHttp,
	type TestHttp,
	TOKEN,
} from "../support/http-server.ts";
import { basic } from "../support/logins.ts";

const EVIL = { Origin: "http://evil.example" };

/** Answers with what was found out of the one that asks. */
const who = (path: string) =>
	route({
		method: "GET",
		path,
		summary: "A test",
		who: "owner",
		replies: {},
		run: ({ visitor }) => plainReply(JSON.stringify(visitor), "application/json"),
	});

const LOCAL = route({
	method: "POST",
	path: "/local",
	summary: "A test",
	who: "local",
	replies: {},
	run: () => plainReply("{}", "application/json"),
});
const ROUTES = [who("/who"), who("/token/{token}/who"), LOCAL];

let open: TestHttp;
let closed: TestHttp;
beforeAll(async () => {
	open = await startHttp(ROUTES);
	closed = await startHttp(ROUTES, { logins: true });
});
afterAll(async () => {
	await open.stop();
	await closed.stop();
});

const ask = async (server: TestHttp, headers: Record<string, string> = {}, path = "/who") => {
	const response = await fetch(server.url + path, { headers });
	return { status: response.status, json: await response.json(), headers: response.headers };
};

describe("while logins are on", () => {
	const kindOf = async (headers: Record<string, string>, path?: string) =>
		(await ask(closed, headers, path)).json.kind;
	const authorized = (value: string) => ({ Authorization: value });

	test("a request without a login is anonymous", async () => {
		expect(await kindOf({})).toBe("anonymous");
		expect(await kindOf(authorized("Digest x"))).toBe("anonymous");
	});

	test("name and password are an admin's or a device's", async () => {
		expect(await kindOf(authorized(basic(ADMIN.name, ADMIN.password)))).toBe("admin");
		const device = await ask(closed, authorized(basic(DEVICE.id, DEVICE.password)));
		expect(device.json).toMatchObject({ kind: "device", id: DEVICE.id });
		expect(await kindOf(authorized(basic(DEVICE.id, DEVICE.password).replace("B", "b")))).toBe(
			"device",
		);
	});

	test("a token may be shown in four ways", async () => {
		expect(await kindOf(authorized(`Bearer ${TOKEN}`))).toBe("token");
		expect(await kindOf(authorized(basic("token", TOKEN)))).toBe("token");
		expect(await kindOf({}, `/who?token=${TOKEN}`)).toBe("token");
		expect(await kindOf({}, `/token/${TOKEN}/who`)).toBe("token");
	});

	test("what is wrong is refused, whatever else is shown", async () => {
		for (const headers of [
			authorized(basic(ADMIN.name, "wrong")),
			authorized(basic(DEVICE.id, "wrong")),
			authorized(`Bearer ${OLD_TOKEN}`),
			authorized("Bearer nonsense"),
		]) {
			const { status, json, headers: answered } = await ask(closed, headers);
			expect([status, json.reason]).toEqual([401, expect.stringContaining("login refused")]);
			expect(answered.get("www-authenticate")).toBe('Bearer realm="IoTtalk"');
		}
	});

	test("a page of another origin is none: it has to log in like all others", async () => {
		expect(await kindOf(EVIL)).toBe("anonymous");
	});

	test("too many failures from one address have to wait, and are told how long", async () => {
		// Its own server: failures would count for the other tests.
		const attacked = await startHttp(ROUTES, { logins: true });
		let last = await ask(attacked, authorized("Bearer nonsense"));
		for (let n = 0; n < 100 && last.status === 401; n++) {
			last = await ask(attacked, authorized("Bearer nonsense"));
		}
		await attacked.stop();
		expect([last.status, last.json.reason]).toEqual([
			429,
			expect.stringContaining("too many failed logins"),
		]);
		expect(Number(last.headers.get("retry-after"))).toBeGreaterThan(0);
	});
});

describe("while logins are off", () => {
	test("all may do everything, whatever they show", async () => {
		expect((await ask(open)).json).toMatchObject({ kind: "admin", name: "anyone" });
		const wrong = { Authorization: basic(ADMIN.name, "wrong") };
		expect((await ask(open, wrong)).json.kind).toBe("admin");
	});

	test("except a page of another origin, which may show a device's password", async () => {
		expect((await ask(open, EVIL)).json).toEqual({ kind: "page", origin: "http://evil.example" });
		const right = { ...EVIL, Authorization: basic(DEVICE.id, DEVICE.password) };
		expect((await ask(open, right)).json).toMatchObject({ kind: "page", id: DEVICE.id });
		const wrong = { ...EVIL, Authorization: basic(DEVICE.id, "wrong") };
		expect((await ask(open, wrong)).status).toBe(403);
		const admin = { ...EVIL, Authorization: basic(ADMIN.name, ADMIN.password) };
		expect((await ask(open, admin)).status).toBe(403);
	});
});

test("the command line's route is for its key alone, whether logins are on or off", async () => {
	for (const server of [open, closed]) {
		for (const shown of [undefined, "Bearer x", "Bearer ", basic(ADMIN.name, ADMIN.password)]) {
			const headers = shown === undefined ? {} : { Authorization: shown };
			const response = await fetch(`${server.url}/local`, { method: "POST", headers });
			expect(response.status).toBe(403);
		}
		const headers = { Authorization: `Bearer ${server.localKey}` };
		expect((await fetch(`${server.url}/local`, { method: "POST", headers })).status).toBe(200);
	}
});

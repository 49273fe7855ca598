import { afterAll, beforeAll, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { BODY, type DeviceHttp, startDeviceHttp } from "../../support/device-http.ts";
import { ADMIN, TOKEN } from "../../support/http-server.ts";
import { basic } from "../../support/logins.ts";

let http: DeviceHttp;
beforeAll(async () => {
	http = await startDeviceHttp({ asksForLogins: true, brokerKnowsLogins: true });
});
afterAll(() => http.stop());

test("a client that cannot send a header has its token in the path", async () => {
	const id = randomUUID();
	const path = `/token/${TOKEN}/${id}`;
	expect((await http.send("PUT", path, { body: BODY })).json).toMatchObject({ id, state: "ok" });
	expect((await http.send("GET", path)).json).toMatchObject({ id, name: "Lamp" });
	const wrong = await http.send("PUT", `/token/wrong/${randomUUID()}`, { body: BODY });
	expect(wrong.status).toBe(401);
});

test("an id is of any case and is answered in lowercase", async () => {
	const id = randomUUID();
	const headers = { authorization: `Bearer ${TOKEN}` };
	const { json } = await http.send("PUT", `/${id.toUpperCase()}`, { body: BODY, headers });
	expect(json.id).toBe(id);
});

test("the right comes before the body, so that a stranger is not told what is wrong with it", async () => {
	const { status, json } = await http.send("PUT", `/${randomUUID()}`, { body: { name: 5 } });
	expect([status, json.reason]).toEqual([
		401,
		expect.stringContaining("a registration token is needed"),
	]);
});

test("a field that is wrong is named", async () => {
	const headers = { authorization: `Bearer ${TOKEN}` };
	const body = { ...BODY, profile: 5 };
	const { status, json } = await http.send("PUT", `/${randomUUID()}`, { body, headers });
	expect([status, json.reason]).toEqual([403, expect.stringContaining("profile")]);
});

test("a browser is told before it asks which methods a page may use", async () => {
	const { status, headers } = await http.send("OPTIONS", `/${randomUUID()}`);
	expect(status).toBe(204);
	for (const method of ["GET", "PUT", "POST", "DELETE"]) {
		expect(headers.get("access-control-allow-methods")).toContain(method);
	}
});

test("another method is refused with those there are", async () => {
	const id = randomUUID();
	const { status, json } = await http.send("PATCH", `/${id}`);
	expect([status, json]).toEqual([
		405,
		{
			id,
			state: "error",
			reason: "unknown method PATCH: use GET, PUT, POST, DELETE or OPTIONS",
		},
	]);
});

test("what an admin does is in the log, and what a device does is not", async () => {
	const headers = { authorization: basic(ADMIN.name, ADMIN.password) };
	const [byAdmin, byToken] = [randomUUID(), randomUUID()];
	await http.send("PUT", `/${byAdmin}`, { body: BODY, headers });
	await http.send("PUT", `/token/${TOKEN}/${byToken}`, { body: BODY });
	const audit = http
		.log()
		.split("\n")
		.filter((line) => line.includes("request of an admin"));
	expect(audit.filter((line) => line.includes(byAdmin))).toHaveLength(1);
	expect(audit.filter((line) => line.includes(byToken))).toHaveLength(0);
});

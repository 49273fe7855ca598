import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { BODY, type DeviceHttp, startDeviceHttp } from "../../support/device-http.ts";
import { ADMIN, TOKEN } from "../../support/http-server.ts";
import { basic } from "../../support/logins.ts";

const AS_ADMIN = { authorization: basic(ADMIN.name, ADMIN.password) };
const AS_TOKEN = { authorization: `Bearer ${TOKEN}` };

let open: DeviceHttp;
let guarded: DeviceHttp;
let bridged: DeviceHttp;
beforeAll(async () => {
	open = await startDeviceHttp({ asksForLogins: false, brokerKnowsLogins: true });
	guarded = await startDeviceHttp({ asksForLogins: true, brokerKnowsLogins: true });
	bridged = await startDeviceHttp({
		asksForLogins: true,
		brokerKnowsLogins: false,
		host: "broker.example",
	});
});
afterAll(async () => {
	for (const server of [open, guarded, bridged]) await server.stop();
});

async function registered(server: DeviceHttp, body: unknown = BODY) {
	const id = randomUUID();
	const headers = server === open ? {} : AS_TOKEN;
	const { status, json } = await server.send("PUT", `/${id}`, { body, headers });
	expect(status).toBe(200);
	return { id, json };
}

describe("a registration is answered", () => {
	test("with its rev, name, the host name the client used, and its control topics", async () => {
		const { id, json } = await registered(open);
		expect(json).toEqual({
			id,
			state: "ok",
			rev: expect.any(String),
			name: "Lamp",
			url: { scheme: "mqtt", host: "127.0.0.1", port: 1883, ws_scheme: "ws", ws_port: 9001 },
			ctrl_chans: [`${id}/ctrl/i`, `${id}/ctrl/o`],
		});
	});

	test("without the broker for a device that does not speak MQTT", async () => {
		const { json } = await registered(open, { ...BODY, accept_protos: ["zmq"] });
		expect(json).not.toHaveProperty("url");
		expect(json).not.toHaveProperty("ctrl_chans");
	});

	test("with a login where logins are asked for and the broker is ours, a new one each time", async () => {
		const { id, json } = await registered(guarded);
		expect(json).toMatchObject({ username: id, password: expect.any(String) });
		const again = await guarded.send("PUT", `/${id}`, { body: BODY, headers: AS_TOKEN });
		expect(again.json.password).not.toBe(json.password);
		expect(again.json.rev).not.toBe(json.rev);
	});

	test("without one, and with the host of the settings, where the broker is not ours", async () => {
		const { json } = await registered(bridged);
		expect(json).not.toHaveProperty("password");
		expect(json.url).toMatchObject({ host: "broker.example" });
	});
});

test("a registration is shown to its token and to admins, with the rev", async () => {
	const { id, json } = await registered(guarded);
	for (const headers of [AS_TOKEN, AS_ADMIN]) {
		const shown = await guarded.send("GET", `/${id}`, { headers });
		expect(shown.json).toMatchObject({ id, rev: json.rev, name: "Lamp", idf_list: BODY.idf_list });
	}
	expect((await guarded.send("GET", `/${id}`)).status).toBe(401);
});

test("a change keeps the rev, and what it does not name", async () => {
	const { id, json } = await registered(open);
	const changed = await open.send("POST", `/${id}`, { body: { name: "Lantern" } });
	expect([changed.status, changed.json]).toMatchObject([
		200,
		{ rev: json.rev, name: "Lantern", profile: BODY.profile },
	]);
});

test("an unknown device comes before what is wrong with the fields", async () => {
	const id = randomUUID();
	for (const [method, body] of [
		["GET", undefined],
		["POST", { accept_protos: 5 }],
		["DELETE", { rev: "x" }],
	] as const) {
		const { status, json } = await open.send(method, `/${id}`, { body });
		expect([method, status, json]).toEqual([
			method,
			404,
			{ id, state: "error", reason: "id not found" },
		]);
	}
});

describe("a device is deregistered", () => {
	test("by its rev alone, which only the device has been told", async () => {
		const { id, json } = await registered(guarded);
		const { status, json: done } = await guarded.send("DELETE", `/${id}`, {
			body: { rev: json.rev },
		});
		expect([status, done]).toEqual([200, { id, state: "ok" }]);
		expect((await guarded.send("GET", `/${id}`, { headers: AS_ADMIN })).status).toBe(404);
	});

	test("not with another rev: without a login 401, with the right to it 400", async () => {
		const { id } = await registered(guarded);
		const body = { rev: "another" };
		expect((await guarded.send("DELETE", `/${id}`, { body })).status).toBe(401);
		const { status, json } = await guarded.send("DELETE", `/${id}`, { body, headers: AS_TOKEN });
		expect([status, json.reason]).toEqual([400, "revision out-of-date or unknown"]);
	});
});

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { body, call, JSON_TYPE } from "../support/gateway.ts";
import { startTarget, type Target } from "../support/target.ts";

let target: Target;
beforeAll(async () => {
	target = await startTarget({ core: { "http-prefix": "/csm", "http-max-body": 4096 } });
});
afterAll(() => target.dispose());

const register = (changes = {}, id: string = randomUUID()) =>
	call(target, "PUT", `/${id}`, body(changes));

describe("§2.1 common rules", () => {
	test("§2.1 every response is JSON with CORS headers", async () => {
		const id = randomUUID();
		for (const [method, path, payload] of [
			["GET", `/${id}`],
			["PUT", `/${id}`, "nonsense"],
			["DELETE", `/${id}`, {}],
			["PATCH", `/${id}`, {}],
			["GET", "/nowhere/at/all"],
		] as const) {
			const { headers } = await call(target, method, path, payload);
			expect(headers.get("content-type")).toBe("application/json");
			expect(headers.get("access-control-allow-origin")).toBe("*");
			expect(headers.get("access-control-allow-headers")).toBe(
				"Accept, Content-Type, Authorization",
			);
			expect(headers.get("access-control-allow-methods")).toBe("POST, PUT, DELETE, GET, OPTIONS");
		}
	});

	test("§2.1 OPTIONS answers 204 without body for known and unknown ids", async () => {
		const id = randomUUID();
		await register({}, id);
		for (const path of [`/${id}`, `/${randomUUID()}`]) {
			const { status, text, headers } = await call(target, "OPTIONS", path);
			expect([status, text]).toEqual([204, ""]);
			expect(headers.get("access-control-allow-origin")).toBe("*");
		}
	});

	test("§2.1 a wrong media type is refused with its value quoted, '' without one", async () => {
		const path = `/${randomUUID()}`;
		const wrong = await call(target, "PUT", path, "{}", { "Content-Type": "text/csv" });
		expect(wrong.status).toBe(400);
		expect(wrong.json.reason).toStartWith("content type not supported: 'text/csv'");
		const none = await fetch(target.http + path, {
			method: "PUT",
			body: new Uint8Array([123, 125]),
		});
		expect(none.status).toBe(400);
		expect(await none.json()).toMatchObject({
			state: "error",
			reason: expect.stringContaining("content type not supported: ''"),
		});
	});

	test("§2.1 only the media type counts, not its parameters or case", async () => {
		const { status } = await call(target, "PUT", `/${randomUUID()}`, body(), {
			"Content-Type": "Application/JSON; charset=utf-8",
		});
		expect(status).toBe(200);
	});

	test("§2.1 undecodable and empty bodies are refused", async () => {
		for (const text of ["", "{", "{'a':1}", "nul", '{"a":NaN', "\ufffd"]) {
			const { status, json } = await call(target, "PUT", `/${randomUUID()}`, text);
			expect(status).toBe(400);
			expect(json.reason).toStartWith("json decode error");
		}
		const bytes = await fetch(`${target.http}/${randomUUID()}`, {
			method: "PUT",
			headers: JSON_TYPE,
			body: new Uint8Array([0x22, 0xff, 0xfe, 0x22]),
		});
		expect([bytes.status, await bytes.text()]).toEqual([
			400,
			expect.stringContaining("json decode error"),
		]);
	});

	test("§2.1 NaN and Infinity are accepted and stored as null", async () => {
		const id = randomUUID();
		const text = JSON.stringify(body({ profile: { model: "AI", a: 1, b: 2, c: "NaN" } }))
			.replace('"a":1', '"a":NaN')
			.replace('"b":2', '"b":-Infinity');
		expect((await call(target, "PUT", `/${id}`, text)).status).toBe(200);
		const { json } = await call(target, "GET", `/${id}`);
		expect(json.profile).toEqual({ model: "AI", a: null, b: null, c: "NaN" });
	});

	test("§2.1 JSON that is not an object is refused", async () => {
		for (const value of [[], [1], "text", 1, null, true]) {
			const { status, json } = await call(target, "PUT", `/${randomUUID()}`, JSON.stringify(value));
			expect([status, json.reason]).toEqual([400, "json body should be an object"]);
		}
	});

	test("§2.1 errors carry state, reason, and the id when the path held one", async () => {
		const id = randomUUID();
		expect((await call(target, "GET", `/${id}`)).json).toEqual({
			id,
			state: "error",
			reason: "id not found",
		});
		const nowhere = await call(target, "GET", "/nowhere");
		expect(nowhere.status).toBe(404);
		expect(nowhere.json).toEqual({ state: "error", reason: expect.any(String) });
	});

	test("§2.1 unknown methods answer 405, HEAD without a body", async () => {
		const path = `/${randomUUID()}`;
		const patch = await call(target, "PATCH", path, {});
		expect([patch.status, patch.json.reason]).toEqual([405, expect.stringContaining("unknown")]);
		const head = await call(target, "HEAD", path);
		expect([head.status, head.text]).toEqual([405, ""]);
	});

	test("§2.1 a body over the limit is refused", async () => {
		const { status, json } = await register({ profile: { model: "x".repeat(5000) } });
		expect([status, json.reason]).toEqual([413, expect.stringContaining("4096 bytes")]);
	});
});

describe("§2 paths", () => {
	test("§2 ids match in any case, with a trailing slash, under the prefix, of any UUID version", async () => {
		const id = "00000000-0000-0000-0000-00000000abcd";
		const { json } = await call(target, "PUT", `/${id.toUpperCase()}/`, body());
		expect(json.id).toBe(id);
		for (const path of [`/${id}`, `/${id}/`, `/${id.toUpperCase()}`, `/csm/${id}`, `/csm/${id}/`]) {
			expect((await call(target, "GET", path)).json.id).toBe(id);
		}
	});

	test("§2 what is not a UUID is an unknown path", async () => {
		for (const path of ["/abc", `/${randomUUID()}x`, `/${randomUUID()}/more`]) {
			expect((await call(target, "GET", path)).status).toBe(404);
		}
	});

	test("§2 what the older protocol would ask is told of its port", async () => {
		const said = async (method: string, path: string) => {
			const { status, json } = await call(target, method, path, {});
			return `${status} ${json.reason}`;
		};
		const word = "devices of IoTtalk's older protocol have a port of their own";
		for (const [method, path] of [
			["POST", "/C860008BD249"],
			["POST", "/csm/C860008BD249"],
			["PUT", "/C860008BD249/Dummy_Sensor"],
			["POST", "/token/abc/C860008BD249"],
		] as const) {
			expect(await said(method, path)).toMatch(
				new RegExp(`^404 unknown path: .*; ${word}, .*\\[v1\\]`),
			);
		}
		for (const [method, path] of [
			["PUT", "/C860008BD249"],
			["POST", `/${randomUUID()}/more`],
			["POST", "/a/b/c"],
		] as const) {
			expect(await said(method, path)).not.toContain(word);
		}
	});
});

describe("§2.2 PUT", () => {
	test("§2.2 a registration answers id, state, rev, name, url and control channels", async () => {
		const id = randomUUID();
		const { status, json } = await register({}, id);
		expect(status).toBe(200);
		const { port: httpPort } = new URL(target.http);
		expect(httpPort).not.toBe("");
		expect(json).toEqual({
			id,
			state: "ok",
			rev: expect.stringMatching(/^[0-9a-f-]{36}$/),
			name: "BetaCat",
			url: {
				scheme: "mqtt",
				host: "127.0.0.1",
				port: Number(new URL(target.mqtt).port),
				ws_scheme: "ws",
				ws_port: Number(new URL(target.ws).port),
			},
			ctrl_chans: [`${id}/ctrl/i`, `${id}/ctrl/o`],
		});
	});

	test("§2.2 the broker's host is the host name the client used", async () => {
		const { port } = new URL(target.http);
		const response = await fetch(`http://localhost:${port}/${randomUUID()}`, {
			method: "PUT",
			headers: JSON_TYPE,
			body: JSON.stringify(body()),
		});
		expect(await response.json()).toMatchObject({ url: { host: "localhost" } });
	});

	test.each([
		[{ accept_protos: undefined }, "Field 'accept_protos' is required and should be a list"],
		[{ accept_protos: 5 }, "Field 'accept_protos' is required and should be a list"],
		[{ accept_protos: null }, "Field 'accept_protos' is required and should be a list"],
		[{ accept_protos: [] }, "Field 'accept_protos' can not be empty"],
		[{ accept_protos: ["mqtt", "carrier pigeon"] }, "Invalid protocol: 'carrier pigeon'"],
		[{ accept_protos: [5] }, "Invalid protocol: '5'"],
		[{ accept_protos: [null] }, "Invalid protocol: 'None'"],
		[{ name: 5 }, "Field 'name' should be a string"],
		[{ idf_list: "meow" }, "Field 'idf_list' should be a list"],
		[{ odf_list: {} }, "Field 'odf_list' should be a list"],
		[{ idf_list: [] }, "'idf_list' can not be empty"],
		[{ odf_list: [] }, "'odf_list' can not be empty"],
		[{ profile: undefined }, "Field 'profile' is required and it should be a json object"],
		[{ profile: [] }, "Field 'profile' is required and it should be a json object"],
		[{ profile: null }, "Field 'profile' is required and it should be a json object"],
		[{ profile: {} }, "Field 'profile.model' is required."],
		[{ owner: "me" }, "Unknown field: 'owner'"],
		// The order of checks: protocol names last.
		[{ accept_protos: ["x"], owner: 1 }, "Unknown field: 'owner'"],
		[
			{ accept_protos: 1, name: 1, profile: 1 },
			"Field 'accept_protos' is required and should be a list",
		],
	])("§2.2 %j is refused with its reason", async (changes, reason) => {
		const id = randomUUID();
		const { status, json } = await register(changes, id);
		expect(status).toBe(403);
		expect(json).toEqual({ id, state: "error", reason });
		expect((await call(target, "GET", `/${id}`)).status).toBe(404);
	});

	test("§2.2 features are not looked into, null ones are dropped", async () => {
		const id = randomUUID();
		const features = [["Acceleration-I", [null]], "idf", null, { odd: 1 }, ["x", null]];
		await register({ idf_list: features, odf_list: [null] }, id);
		const { json } = await call(target, "GET", `/${id}`);
		expect(json.idf_list).toEqual([["Acceleration-I", [null]], "idf", { odd: 1 }, ["x", null]]);
		expect(json).not.toHaveProperty("odf_list");
	});

	test("§2.2 a bare string counts as a list of one protocol, case does not matter", async () => {
		const { status, json } = await register({ accept_protos: "MQTT" });
		expect(status).toBe(200);
		expect(json).toHaveProperty("ctrl_chans");
	});

	test("§2.2 MQTT anywhere in the list selects MQTT; without it there are no channels", async () => {
		const second = await register({ accept_protos: ["zmq", "mqtt"] });
		expect(second.json).toHaveProperty("url");
		const none = await register({ accept_protos: ["zmq", "websocket"] });
		expect(none.status).toBe(200);
		expect(Object.keys(none.json).sort()).toEqual(["id", "name", "rev", "state"]);
	});

	test("§2.2 names are stripped, may be long, Unicode, equal or empty", async () => {
		expect((await register({ name: "  蓋特 水獺 " })).json.name).toBe("蓋特 水獺");
		expect((await register({ name: "n".repeat(300) })).json.name).toBe("n".repeat(300));
		expect((await register({ name: "twin" })).json.name).toBe("twin");
		expect((await register({ name: "twin" })).json.name).toBe("twin");
		const id = randomUUID();
		expect((await register({ name: "" }, id)).json.name).toBe("");
		expect((await call(target, "GET", `/${id}`)).json).not.toHaveProperty("name");
	});

	test("§2.2 a missing name becomes NN.<model>, the first that is free", async () => {
		const model = randomUUID();
		const ids = [randomUUID(), randomUUID(), randomUUID()];
		const unnamed = { name: null, profile: { model } };
		for (const [index, id] of ids.entries()) {
			expect((await register(unnamed, id)).json.name).toBe(`0${index}.${model}`);
		}
		const { json } = await call(target, "GET", `/${ids[1]}`);
		await call(target, "DELETE", `/${ids[1]}`, { rev: json.rev });
		expect((await register(unnamed)).json.name).toBe(`01.${model}`);
		expect((await register(unnamed)).json.name).toBe(`03.${model}`);
	});

	test("§2.2 a model that is not a string counts by its Python text", async () => {
		expect((await register({ name: null, profile: { model: 5 } })).json.name).toMatch(/^\d\d\.5$/);
		expect((await register({ name: null, profile: { model: null } })).json.name).toMatch(/\.None$/);
		expect((await register({ name: null, profile: { model: ["a"] } })).json.name).toEndWith(
			".['a']",
		);
	});

	test("§2.2 the hundred-and-first of a model gets three digits", async () => {
		const unnamed = { name: null, profile: { model: randomUUID() } };
		const names = await Promise.all(
			Array.from({ length: 101 }, async () => String((await register(unnamed)).json.name)),
		);
		expect(new Set(names).size).toBe(101);
		expect(names).toContain(`99.${unnamed.profile.model}`);
		expect(names).toContain(`100.${unnamed.profile.model}`);
	});

	test("§2.2 re-registration renews rev, replaces metadata, keeps name and register_time", async () => {
		const id = randomUUID();
		const first = await register({ name: "keep me" }, id);
		const before = (await call(target, "GET", `/${id}`)).json;
		const second = await register({ name: null, idf_list: ["new"], odf_list: null }, id);
		const after = (await call(target, "GET", `/${id}`)).json;
		expect(second.json.rev).not.toBe(first.json.rev);
		expect(second.json.name).toBe("keep me");
		expect(after).toEqual({
			...before,
			rev: second.json.rev,
			idf_list: ["new"],
			odf_list: undefined,
		});
		const refused = await register({ profile: 5 }, id);
		expect(refused.status).toBe(403);
		expect((await call(target, "GET", `/${id}`)).json.rev).toBe(second.json.rev);
	});
});

describe("§2.3 to §2.5 GET, DELETE, POST", () => {
	test("§2.3 GET shows the registration with its time in Unix seconds", async () => {
		const id = randomUUID();
		const { json: put } = await register({}, id);
		const { status, json } = await call(target, "GET", `/${id}`);
		expect(status).toBe(200);
		expect(json).toEqual({
			id,
			state: "ok",
			rev: put.rev,
			register_time: expect.any(Number),
			...body(),
		});
		expect(Math.abs(Number(json.register_time) - Date.now() / 1000)).toBeLessThan(60);
	});

	test("§2.4 DELETE wants a known id and the current rev", async () => {
		const id = randomUUID();
		expect((await call(target, "DELETE", `/${id}`, { rev: "x" })).status).toBe(404);
		const { json } = await register({}, id);
		for (const payload of [{}, { rev: "stale" }, { rev: null }]) {
			const { status, json: refused } = await call(target, "DELETE", `/${id}`, payload);
			expect([status, refused.reason]).toEqual([400, "revision out-of-date or unknown"]);
		}
		const done = await call(target, "DELETE", `/${id}`, { rev: json.rev });
		expect([done.status, done.json]).toEqual([200, { id, state: "ok" }]);
		expect((await call(target, "GET", `/${id}`)).status).toBe(404);
	});

	test("§2.5 POST merges a part of the fields and keeps rev", async () => {
		const id = randomUUID();
		expect((await call(target, "POST", `/${id}`, { name: "x" })).status).toBe(404);
		const { json: put } = await register({}, id);
		const { status, json } = await call(target, "POST", `/${id}`, { name: "new", idf_list: ["a"] });
		expect(status).toBe(200);
		expect(json).toMatchObject({
			rev: put.rev,
			name: "new",
			idf_list: ["a"],
			profile: { model: "AI" },
		});
		expect((await call(target, "GET", `/${id}`)).json).toEqual(json);
		const refused = await call(target, "POST", `/${id}`, { idf_list: [] });
		expect([refused.status, refused.json.reason]).toEqual([403, "'idf_list' can not be empty"]);
		const unknown = await call(target, "POST", `/${id}`, { colour: "red" });
		expect(unknown.json.reason).toBe("Unknown field: 'colour'");
	});
});

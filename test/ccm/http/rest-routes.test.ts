// REST v0 over real HTTP: what the routes add to the adapter.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { CcmHttp } from "../support/ccm-http.ts";
import { TEACHER } from "../support/office.ts";

let ccm: CcmHttp;
beforeAll(async () => {
	ccm = await CcmHttp.start();
});
afterAll(() => ccm.stop());

const NO_BODY = "Content-type should be `application/json` and body should not be empty";

describe("REST v0 over HTTP", () => {
	test("answers what is unknown before it asks for a login, as JSON that is not cached", async () => {
		for (const path of [
			"/api/v0/nothing",
			"/api/v0/",
			"/api/v1/nothing",
			"/api/nothing",
			"/api/",
		]) {
			const response = await ccm.send(null, "GET", path);
			expect([path, response.status, await response.json()]).toEqual([
				...[path, 404, { state: "error", reason: "API not found" }],
			]);
			expect(response.headers.get("cache-control")).toBe("no-store");
		}
		expect(await ccm.json(null, "GET", "/api/v0/project")).toEqual({
			status: 401,
			body: { state: "error", reason: "please login first" },
		});
	});

	test("takes half a surrogate pair for U+FFFD, which the database keeps", async () => {
		const put = async (df_name: string) => {
			const body = `{"df_name":"${df_name}","df_type":"input","df_parameter":[{}]}`;
			const init = { body, headers: { "content-type": "application/json" } };
			const response = await ccm.send(TEACHER, "PUT", "/api/v0/devicefeature", init);
			return [response.status, await response.json()];
		};
		const reason = `Device Feature "\ufffd" already exists`;
		expect((await put("\\ud800"))[0]).toBe(201);
		for (const other of ["\\udfff", "\ufffd"]) {
			expect(await put(other)).toEqual([400, { state: "error", reason }]);
		}
	});

	test("names what is wrong with a body", async () => {
		const put = async (init: RequestInit) => {
			const response = await ccm.send(TEACHER, "PUT", "/api/v0/project/", init);
			const { reason } = (await response.json()) as { reason: string };
			return `${response.status} ${response.headers.get("cache-control")} ${reason}`;
		};
		const type = { "content-type": "application/json" };
		expect(await put({})).toBe(`400 no-store ${NO_BODY}`);
		expect(await put({ body: "p_name=x" })).toBe(`400 no-store ${NO_BODY}`);
		expect(await put({ body: "[]", headers: type })).toBe(
			"400 no-store json body should be an object",
		);
		expect(await put({ body: "{", headers: type })).toContain("400 no-store json decode error");
		expect(await put({ body: "{}", headers: type })).toBe(
			"400 no-store field `p_name` is required",
		);
		const long = JSON.stringify({ p_name: "x".repeat(2 << 20) });
		expect(await put({ body: long, headers: type })).toContain("413 no-store body too long");
		expect(await put({ body: "[".repeat(9000), headers: type })).toContain(
			"400 no-store json decode",
		);
	});

	test("takes names in Chinese, with or without a slash at the end, however they are encoded", async () => {
		const made = await ccm.json(TEACHER, "PUT", "/api/v0/devicefeature/", {
			...{ df_name: "溫度 a/b", df_type: "input", df_parameter: [{}] },
		});
		expect(made.status).toBe(201);
		const name = encodeURIComponent("溫度 a/b");
		for (const path of [`/api/v0/devicefeature/${name}`, `/api/v0/devicefeature/${name}/`]) {
			const { body } = await ccm.json(TEACHER, "GET", path);
			expect(body.data).toMatchObject({ df_id: made.body.df_id, df_name: "溫度 a/b" });
		}
		await ccm.json(TEACHER, "PUT", "/api/v0/project", { p_name: "燈" });
		const { body } = await ccm.json(TEACHER, "GET", "/api/v0/project/%E7%87%88/");
		expect(body.data).toMatchObject({ p_name: "燈" });
		expect((await ccm.json(TEACHER, "GET", "/api/v0/project/%E7%87")).status).toBe(400);
	});

	test("takes numbers by their value, as Python writes them", async () => {
		const put = async (path: string, body: string) => {
			const headers = { "content-type": "application/json" };
			const response = await ccm.send(TEACHER, "PUT", `/api/v0${path}`, { body, headers });
			expect([path, response.status]).toEqual([path, 201]);
			return (await response.json()) as Record<string, number>;
		};
		const numbers = '[{"min":-5.0,"max":1E3},{"min":0.0,"max":36893488147419103232}]';
		const { df_id } = await put(
			"/devicefeature",
			`{"df_name":"float","df_type":"input","df_parameter":${numbers}}`,
		);
		const { dm_id } = await put(
			"/devicemodel",
			`{"dm_name":"Float","df_list":[{"df_id":${df_id}.0,"df_parameter":${numbers}}]}`,
		);
		const { body } = await ccm.json(TEACHER, "GET", `/api/v0/devicemodel/${dm_id}`);
		expect(body.data).toMatchObject({
			df_list: [
				{
					df_parameter: [
						{ min: -5, max: 1000 },
						{ min: 0, max: 2 ** 65 },
					],
				},
			],
		});
	});

	test("answers HEAD as GET, OPTIONS with the methods, and refuses others", async () => {
		const head = await ccm.send(TEACHER, "HEAD", "/api/v0/project");
		const get = await ccm.send(TEACHER, "GET", "/api/v0/project");
		expect([head.status, await head.text()]).toEqual([200, ""]);
		expect(head.headers.get("content-length")).toBe(get.headers.get("content-length"));
		const options = await ccm.send(null, "OPTIONS", "/api/v0/project/5");
		expect([options.status, options.headers.get("allow")]).toEqual([
			...[204, "GET, POST, DELETE, HEAD, OPTIONS"],
		]);
		expect(options.headers.get("access-control-allow-origin")).toBeNull();
		const other = await ccm.send(TEACHER, "PATCH", "/api/v0/project/5");
		expect([other.status, other.headers.get("allow")]).toEqual([
			...[405, "GET, POST, DELETE, HEAD, OPTIONS"],
		]);
	});

	test("does so below /api/v1 too", async () => {
		const asked = async (method: string, path: string) => {
			const response = await ccm.send(null, method, path);
			return [response.status, response.headers.get("allow")];
		};
		for (const end of ["", "/"]) {
			expect(await asked("PUT", `/api/v1/projects/5/changes${end}`)).toEqual([
				405,
				"POST, OPTIONS",
			]);
			expect(await asked("PATCH", `/api/v1/projects${end}`)).toEqual([405, "GET, HEAD, OPTIONS"]);
		}
		expect(await asked("OPTIONS", "/api/v1/account/sessions")).toEqual([
			...[204, "GET, DELETE, HEAD, OPTIONS"],
		]);
		const { body } = await ccm.json(TEACHER, "DELETE", "/api/v1/functions/5");
		expect(body.reason).toBe("method DELETE is not allowed here: use GET, POST");
		expect((await ccm.send(TEACHER, "POST", "/api/v1/projects/5/nothing")).status).toBe(404);
	});

	test("refuses changes that another site's page asks for", async () => {
		const send = (fields: Record<string, string>) =>
			ccm.send(TEACHER, "PUT", "/api/v0/project", {
				body: JSON.stringify({ p_name: `by ${JSON.stringify(fields)}` }),
				headers: { "content-type": "application/json", ...fields },
			});
		expect((await send({ origin: "http://evil.example" })).status).toBe(403);
		expect((await send({ "sec-fetch-site": "cross-site" })).status).toBe(403);
		expect((await send({ "sec-fetch-site": "same-site" })).status).toBe(403);
		expect((await send({ "sec-fetch-site": "same-origin" })).status).toBe(201);
		expect((await send({ origin: ccm.server.url })).status).toBe(201);
		expect((await send({})).status).toBe(201);
	});
});

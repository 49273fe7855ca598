import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { CcmHttp } from "../support/ccm-http.ts";
import { TEACHER } from "../support/office.ts";

type Json = Record<string, unknown>;

describe.each([false, true])("the key of the command line, logins of devices: %p", (hasLogins) => {
	let ccm: CcmHttp;
	beforeAll(async () => {
		ccm = await CcmHttp.start({ hasLogins });
	});
	afterAll(() => ccm.stop());
	const send = (path: string, init: RequestInit = {}, key = ccm.server.localKey) =>
		ccm.send(null, init.method ?? "GET", path, {
			...init,
			headers: { ...init.headers, authorization: `Bearer ${key}` },
		});

	test("is an administrator without an account", async () => {
		const { body } = await ccm.json(TEACHER, "PUT", "/api/v0/project", { p_name: "plan" });
		const { state, data } = (await (await send("/api/v0/admin/project")).json()) as Json;
		expect(state).toBe("ok");
		expect(data).toContainEqual(expect.objectContaining({ p_id: body.p_id, u_name: "ann" }));
		const on = { method: "POST", body: '{"status":"on"}' };
		const headers = { "content-type": "application/json" };
		expect((await send(`/api/v0/project/${body.p_id}`, { ...on, headers })).status).toBe(200);
		expect((await send("/api/v0/account")).status).toBe(403);
		const create = { method: "PUT", body: '{"p_name":"own"}', headers };
		expect((await send("/api/v0/project", create)).status).toBe(403);
	});

	test("imports a project for the person it names", async () => {
		const file = { project: { p_name: "x", DeviceObject: {}, NetworkApplication: [] } };
		const bring = (owner: string) => {
			const form = new FormData();
			form.set("p_name", "brought");
			form.set("owner", owner);
			form.set("importfilename", new Blob([JSON.stringify(file)]), "x.json");
			return send("/import_project", { method: "POST", body: form });
		};
		expect((await bring("")).status).toBe(400);
		expect((await bring(TEACHER.u_name)).status).toBe(200);
		const { body } = await ccm.json(TEACHER, "GET", "/api/v0/project");
		expect(body.data).toContainEqual(expect.objectContaining({ p_name: "brought" }));
	});

	test("is nothing when it is wrong, or a page of another origin shows it", async () => {
		expect((await send("/api/v0/admin/project", {}, "wrong")).status).toBe(401);
		const headers = { origin: "http://evil.test", "content-type": "application/json" };
		const on = { method: "POST", body: '{"status":"on"}', headers };
		expect((await send("/api/v0/project/1", on)).status).toBe(403);
	});
});

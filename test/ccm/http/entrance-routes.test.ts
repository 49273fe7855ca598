import { afterEach, beforeEach, expect, test } from "bun:test";
import { CcmHttp } from "../support/ccm-http.ts";
import { ADMIN, STUDENT, TEACHER } from "../support/office.ts";

let ccm: CcmHttp;
beforeEach(async () => {
	ccm = await CcmHttp.start();
});
afterEach(() => ccm.stop());

const PATH = "/api/v1/devices";

test("a person is told where devices register", async () => {
	const { status, body } = await ccm.json(STUDENT, "GET", `${PATH}/register`);
	expect(status).toBe(200);
	expect(body).toMatchObject({
		...{ state: "ok", local_only: false, login: true },
		addresses: ["http://192.0.2.7:9992"],
	});
	expect(body.address).toMatch(/^http:\/\/(127\.0\.0\.1|localhost):9992$/);
});

test("teachers and administrators get a registration token, students do not", async () => {
	const token = (person: typeof ADMIN, body: object) =>
		ccm.json(person, "POST", `${PATH}/token`, body);
	expect(await token(TEACHER, {})).toMatchObject({
		status: 200,
		body: { token: "t1", name: `${TEACHER.u_name}-2`, expires_at: 30 * 86_400 },
	});
	expect((await token(ADMIN, { days: 1 })).body.expires_at).toBe(86_400);
	expect((await token(STUDENT, {})).status).toBe(403);
	for (const days of [0, 366, 1.5, "3"]) {
		expect((await token(TEACHER, { days })).status).toBe(400);
	}
});

test("without a login, neither", async () => {
	for (const [method, path] of [
		["GET", "register"],
		["POST", "token"],
	] as const) {
		const init = { method, headers: { "content-type": "application/json" } };
		const body = method === "POST" ? { body: "{}" } : {};
		const { status } = await fetch(`${ccm.server.url}${PATH}/${path}`, { ...init, ...body });
		expect(status).toBe(401);
	}
});

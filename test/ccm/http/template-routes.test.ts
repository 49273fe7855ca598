import { afterAll, beforeAll, expect, test } from "bun:test";
import { CcmHttp } from "../support/ccm-http.ts";
import { ADMIN, STUDENT, TEACHER } from "../support/office.ts";

let ccm: CcmHttp;
beforeAll(async () => {
	ccm = await CcmHttp.start();
});
afterAll(() => ccm.stop());

const PATH = "/api/v1/templates";

test("templates are listed for everyone who is logged in", async () => {
	for (const person of [ADMIN, TEACHER, STUDENT]) {
		const { status, body } = await ccm.json(person, "GET", PATH);
		expect([status, body.templates]).toEqual([
			200,
			expect.arrayContaining([
				{
					name: "thermometer",
					titles: { en: "Thermometer", zh: "溫度計" },
					blocks: ["Dummy_Device", "Chart"],
					joins: 1,
				},
			]),
		]);
	}
	expect((await ccm.json(null, "GET", PATH)).status).toBe(401);
});

test("a project is made of one: with a body or without", async () => {
	const plain = await ccm.json(TEACHER, "POST", `${PATH}/thermometer`);
	expect(plain).toEqual({
		status: 200,
		body: { state: "ok", p_id: expect.any(Number), p_name: "Thermometer" },
	});
	const chinese = await ccm.json(TEACHER, "POST", `${PATH}/shake-counter`, { lang: "zh" });
	expect(chinese.body.p_name).toBe("搖動計數器");
	const named = await ccm.json(TEACHER, "POST", `${PATH}/thermometer`, { p_name: "Thermometer" });
	expect([named.status, named.body.reason]).toEqual([400, "project name already exists"]);
	for (const [person, name, status] of [
		[STUDENT, "thermometer", 403],
		[null, "thermometer", 401],
		[TEACHER, "none", 404],
		[TEACHER, "%2e%2e", 404],
	] as const) {
		expect((await ccm.json(person, "POST", `${PATH}/${name}`, {})).status).toBe(status);
	}
	const wrong = await ccm.json(TEACHER, "POST", `${PATH}/thermometer`, { name: "x", sim: 1 });
	expect([wrong.status, wrong.body.reason]).toEqual([400, "field `sim` unknown"]);
});

import { afterEach, describe, expect, test } from "bun:test";
import { VERSION } from "../../../src/kit/version.ts";
import { CcmHttp } from "../support/ccm-http.ts";
import { ADMIN, STUDENT, TEACHER } from "../support/office.ts";

let ccm: CcmHttp | undefined;
afterEach(async () => {
	await ccm?.stop();
	ccm = undefined;
});

const PATH = "/api/v1/session";
const HERE = { state: "ok", needed: true, registration: "code", workbench: "on" };

describe("the session", () => {
	test("tells who is logged in; a stranger hears neither version nor modules", async () => {
		ccm = await CcmHttp.start();
		expect(await ccm.json(null, "GET", PATH)).toEqual({
			status: 200,
			body: { ...HERE, person: null, version: null, modules: [], may_try: false },
		});
		const known = { ...HERE, version: VERSION, modules: ["csm", "ccm"], may_try: true };
		for (const person of [ADMIN, TEACHER, STUDENT]) {
			const { body } = await ccm.json(person, "GET", PATH);
			expect(body).toEqual({ ...known, person });
		}
		const response = await ccm.send(TEACHER, "GET", PATH);
		expect(response.headers.get("cache-control")).toBe("no-store");
		const foreign = { headers: { origin: "https://evil.example" } };
		expect((await ccm.send(TEACHER, "GET", PATH, foreign)).status).toBe(403);
	});

	test("tells who may try functions", async () => {
		ccm = await CcmHttp.start({ bench: { isOn: true, isSandboxed: false } });
		const mayTry = async (person: typeof ADMIN) =>
			(await ccm?.json(person, "GET", PATH))?.body.may_try;
		expect([await mayTry(TEACHER), await mayTry(STUDENT)]).toEqual([true, false]);
		await ccm.stop();
		ccm = await CcmHttp.start({ bench: { isOn: false, isSandboxed: true } });
		expect((await ccm.json(ADMIN, "GET", PATH)).body).toMatchObject({
			...{ workbench: "off", may_try: false },
		});
	});
});

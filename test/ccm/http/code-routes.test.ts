import { afterAll, beforeAll, expect, test } from "bun:test";
import { CcmHttp } from "../support/ccm-http.ts";
import { ADMIN, STUDENT, TEACHER } from "../support/office.ts";

let ccm: CcmHttp;
beforeAll(async () => {
	ccm = await CcmHttp.start();
});
afterAll(() => ccm.stop());

const PATH = "/api/v0/registration/code";

test("administrators see how people register and which codes can still be used, not the codes", async () => {
	expect((await ccm.json(ADMIN, "GET", PATH)).body).toEqual({
		...{ state: "ok", mode: "code", codes: [] },
	});
	const made = await ccm.json(ADMIN, "PUT", PATH, { days: 2, count: 3 });
	const seen = await ccm.json(ADMIN, "GET", PATH);
	expect(seen.body.codes).toEqual([{ expires_at: made.body.expires_at, uses_left: 3 }]);
	expect(JSON.stringify(seen.body)).not.toContain(String(made.body.code));
	expect((await ccm.json(ADMIN, "DELETE", PATH)).status).toBe(200);
	expect((await ccm.json(ADMIN, "GET", `${PATH}/`)).body.codes).toEqual([]);
	for (const [person, status] of [
		[TEACHER, 403],
		[STUDENT, 403],
		[null, 401],
	] as const) {
		expect((await ccm.json(person, "GET", PATH)).status).toBe(status);
	}
	const other = await ccm.send(ADMIN, "PATCH", PATH);
	expect([other.status, other.headers.get("allow")]).toEqual([405, expect.stringContaining("PUT")]);
});

import { afterAll, beforeAll, expect, test } from "bun:test";
import { CcmHttp } from "../support/ccm-http.ts";
import { OTHER, STUDENT, TEACHER } from "../support/office.ts";

let ccm: CcmHttp;
beforeAll(async () => {
	ccm = await CcmHttp.start();
});
afterAll(() => ccm.stop());

const PATH = "/api/v1/account/sessions";

interface Seen {
	readonly id: string;
	readonly is_this: boolean;
}

async function list(person: typeof TEACHER | null): Promise<readonly Seen[]> {
	const { status, body } = await ccm.json(person, "GET", PATH);
	expect(status).toBe(200);
	return body.sessions as Seen[];
}

test("everyone sees and ends their own sessions, and no one else's", async () => {
	// Each login is a session; the cookie is the last one's.
	await ccm.logIn(TEACHER.u_name);
	await ccm.logIn(TEACHER.u_name);
	const mine = await list(TEACHER);
	expect(mine.map(({ is_this }) => is_this)).toEqual([true, false, false]);
	expect(await list(STUDENT)).toEqual([expect.objectContaining({ is_this: true })]);
	const other = mine[1]?.id ?? "";
	const foreign = await ccm.json(OTHER, "DELETE", `${PATH}/${other}`);
	expect([foreign.status, foreign.body.reason]).toEqual([404, `session ${other} not found`]);
	expect((await ccm.json(TEACHER, "DELETE", `${PATH}/${other}`)).body.ended).toBe(1);
	expect((await ccm.json(TEACHER, "DELETE", PATH)).body.ended).toBe(1);
	expect(await list(TEACHER)).toHaveLength(1);
	expect(await list(OTHER)).toHaveLength(1);
	for (const [method, path] of [
		["GET", PATH],
		["DELETE", PATH],
		["DELETE", `${PATH}/x`],
	] as const) {
		expect((await ccm.json(null, method, path)).status).toBe(401);
	}
	const elsewhere = { headers: { "sec-fetch-site": "cross-site" } };
	expect((await ccm.send(TEACHER, "DELETE", PATH, elsewhere)).status).toBe(403);
	const own = (await list(TEACHER))[0]?.id ?? "";
	expect((await ccm.json(TEACHER, "DELETE", `${PATH}/${own}`)).status).toBe(200);
	expect((await ccm.json(TEACHER, "GET", PATH)).status).toBe(401);
});

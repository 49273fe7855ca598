import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { TooManyRequests } from "../../../src/ccm/projects/refusal.ts";
import { AUDIT_PAGE } from "../../../src/ccm/service/audit-operations.ts";
import { CcmHttp } from "../support/ccm-http.ts";
import { ADMIN, OTHER, STUDENT, TEACHER } from "../support/office.ts";

interface Entry {
	readonly id: number;
	readonly u_name: string;
	readonly door: string;
	readonly operation: string;
	readonly p_id: number | null;
}

let ccm: CcmHttp;
beforeAll(async () => {
	ccm = await CcmHttp.start();
});
afterAll(() => ccm.stop());

async function audit(query = ""): Promise<{ entries: Entry[]; next: number | null }> {
	const { status, body } = await ccm.json(ADMIN, "GET", `/api/v1/audit${query}`);
	expect([status, body.state]).toEqual([200, "ok"]);
	return body as unknown as { entries: Entry[]; next: number | null };
}

describe("GET /api/v1/audit", () => {
	test("tells administrators what others did, by project and by name, page by page", async () => {
		const made = await ccm.json(TEACHER, "PUT", "/api/v0/project", { p_name: "first" });
		const p_id = Number(made.body.p_id);
		const changes = [{ kind: "set_simulation", sim: "on" }];
		await ccm.json(TEACHER, "POST", `/api/v1/projects/${p_id}/changes`, { base_rev: 0, changes });
		await ccm.json(OTHER, "PUT", "/api/v0/project", { p_name: "second" });
		expect((await audit(`?project=${p_id}`)).entries).toMatchObject([
			{ door: "v1", operation: "change_project", details: { changes: "set_simulation" } },
			{ door: "rest", operation: "create_project", u_name: "ann", details: { p_name: "first" } },
		]);
		expect((await audit("?user=bob")).entries).toMatchObject([
			{ operation: "create_project", p_name: "second" },
		]);
		expect((await audit("?operation=change_project")).entries).toMatchObject([
			{ p_id, p_name: "first", u_name: "ann" },
		]);
		const log = await ccm.json(TEACHER, "GET", `/api/v1/projects/${p_id}/log`);
		expect(log.body.entries).toMatchObject([
			{ door: "v1", operation: "change_project", u_name: "ann" },
			{ operation: "create_project", details: { p_name: "first" } },
		]);
		for (const [person, status] of [
			[ADMIN, 200],
			[OTHER, 404],
			[STUDENT, 404],
			[null, 401],
		] as const) {
			const answer = await ccm.json(person, "GET", `/api/v1/projects/${p_id}/log`);
			expect(answer.status).toBe(status);
		}
		expect((await audit(`?user=bob&project=${p_id}`)).entries).toEqual([]);
		for (let n = 0; n < AUDIT_PAGE; n++) {
			const status = n % 2 === 0 ? "on" : "off";
			await ccm.json(TEACHER, "POST", `/api/v0/project/${p_id}`, { status });
		}
		const first = await audit();
		const second = await audit(`?before=${first.next}`);
		expect([first.entries.length, second.next]).toEqual([AUDIT_PAGE, null]);
		expect(second.entries.at(-1)).toMatchObject({ operation: "create_project", p_id });
		const ids = [...first.entries, ...second.entries].map(({ id }) => id);
		expect(ids).toEqual(ids.toSorted((a, b) => b - a));
		expect(new Set(ids).size).toBe(ids.length);
	});

	test("is for administrators, and names what is wrong with a query", async () => {
		for (const [person, status] of [
			[null, 401],
			[STUDENT, 403],
			[TEACHER, 403],
		] as const) {
			expect((await ccm.json(person, "GET", "/api/v1/audit")).status).toBe(status);
		}
		for (const [query, reason] of [
			["project=abc", "field `project` should be type `int`"],
			["before=-1", "field `before` should be type `int`"],
			["project=0", "field `project`: Expected integer to be greater or equal to 1"],
			["since=1", "field `since` unknown"],
		]) {
			const { status, body } = await ccm.json(ADMIN, "GET", `/api/v1/audit?${query}`);
			expect([status, body.reason]).toEqual([400, reason]);
		}
	});
});

test("what an account asks for too often is refused with the time to wait", async () => {
	ccm.office.onRequest = () => {
		throw new TooManyRequests(2);
	};
	for (const path of ["/api/v0/project", "/api/v1/projects"]) {
		const refused = await ccm.send(TEACHER, "GET", path);
		expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "2"]);
		expect(await refused.json()).toEqual({ state: "error", reason: "too many requests: wait 2 s" });
	}
	ccm.office.onRequest = () => {};
});

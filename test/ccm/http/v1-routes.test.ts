import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { Change, ProjectDocument } from "../../../src/contract/mod.ts";
import { CcmHttp } from "../support/ccm-http.ts";
import { ADMIN, OTHER, STUDENT, TEACHER } from "../support/office.ts";
import { DEVICE, furnish, type Workshop } from "../support/workshop.ts";

let ccm: CcmHttp;
let at: Workshop;
let path: string;
beforeEach(async () => {
	ccm = await CcmHttp.start();
	at = await furnish(ccm.office);
	path = `/api/v1/projects/${at.p}`;
});
afterEach(() => ccm.stop());

async function project(): Promise<ProjectDocument> {
	const { body } = await ccm.json(TEACHER, "GET", path);
	return body.project as ProjectDocument;
}

const rename = (na_name: string) => ({ kind: "rename_join", na_id: at.fooJoin, na_name });

function share(may: "look" | "edit", u_id = OTHER.u_id) {
	return ccm.office.service.call("share_project", TEACHER, { p_id: at.p, u_id, may });
}

describe("REST v1", () => {
	test("lists projects with what one may do with them", async () => {
		await share("look");
		const mine = await ccm.json(TEACHER, "GET", "/api/v1/projects");
		const { blocks, joins, ...plain } = await project();
		const head = {
			...{ ...plain, u_name: TEACHER.u_name, blocks: blocks.length, joins: joins.length },
			...{ devices: { bound: 0, online: 0, simulated: 0 }, failed: 0, rate: null },
		};
		expect(mine).toEqual({
			status: 200,
			body: { state: "ok", projects: [{ ...head, may: "own" }] },
		});
		expect((await ccm.json(ADMIN, "GET", "/api/v1/projects")).body.projects).toEqual([]);
		const all = await ccm.json(ADMIN, "GET", "/api/v1/projects?all=1");
		expect(all.body.projects).toEqual([{ ...head, may: "own" }]);
		expect((await ccm.json(OTHER, "GET", "/api/v1/projects?all=1")).status).toBe(403);
		const shared = await ccm.json(OTHER, "GET", "/api/v1/projects/");
		expect(shared.body.projects).toEqual([{ ...head, may: "look" }]);
		expect((await ccm.json(STUDENT, "GET", "/api/v1/projects")).body.projects).toEqual([]);
	});

	test("says on the list what is bound, online and refused by CSM", async () => {
		await ccm.office.service.call("change_project", TEACHER, {
			...{ p_id: at.p, base_rev: 0 },
			changes: [
				{ kind: "bind", do_id: at.fooObject, mac_addr: DEVICE },
				{ kind: "set_status", status: "on" },
			],
		});
		ccm.office.failed = (pId) => (pId === at.p ? 2 : 0);
		const { body } = await ccm.json(TEACHER, "GET", "/api/v1/projects");
		expect(body.projects).toMatchObject([
			{ devices: { bound: 1, online: 1, simulated: 0 }, failed: 2 },
		]);
	});

	test("answers a project as one document, and nothing of it may be cached", async () => {
		const response = await ccm.send(TEACHER, "GET", path);
		expect(response.headers.get("cache-control")).toBe("no-store");
		expect(response.headers.get("access-control-allow-origin")).toBeNull();
		const stored = await ccm.office.store.read(({ projects }) => projects.get(at.p));
		const steps = { can_undo: true, can_redo: false };
		expect(await response.json()).toEqual({ state: "ok", project: stored, may: "own", ...steps });
	});

	test("changes it, says what takes that back, undoes and redoes it", async () => {
		const before = await project();
		const body = { base_rev: before.rev, changes: [rename("A")] };
		const done = await ccm.json(TEACHER, "POST", `${path}/changes`, body);
		const inverse: Change[] = [{ kind: "rename_join", na_id: at.fooJoin, na_name: "JoinFoo" }];
		const [join, ...others] = before.joins;
		expect(done).toEqual({
			status: 200,
			body: {
				...{ state: "ok", p_id: at.p, rev: before.rev + 1, changes: [rename("A")], inverse },
				parts: { joins: [{ ...join, na_name: "A" }] },
				...{ can_undo: true, can_redo: false },
			},
		});
		expect(others.length).toBeGreaterThan(0);
		const undone = await ccm.json(TEACHER, "POST", `${path}/undo`);
		expect(undone.body).toEqual({
			...{ state: "ok", p_id: at.p, rev: before.rev + 2 },
			...{ changes: inverse, inverse: [rename("A")], parts: { joins: [join] } },
			...{ can_undo: true, can_redo: true },
		});
		expect((await ccm.json(TEACHER, "POST", `${path}/redo`, {})).status).toBe(200);
		expect((await project()).joins[0]?.na_name).toBe("A");
		const again = await ccm.json(TEACHER, "POST", `${path}/redo`, { skip: true });
		expect(again).toEqual({
			status: 409,
			body: { state: "error", reason: "there is nothing of yours to redo in this project" },
		});
	});

	test("takes changes of an old revision while they apply, else says what is in the way", async () => {
		await share("edit");
		const { rev: base_rev } = await project();
		const send = (who: typeof TEACHER, ...changes: object[]) =>
			ccm.json(who, "POST", `${path}/changes`, { base_rev, changes });
		expect((await send(OTHER, { kind: "remove_join", na_id: at.fooJoin })).status).toBe(200);
		const alias = { kind: "set_alias", dfo_id: at.input, alias_name: "x" };
		expect((await send(TEACHER, alias)).body.rev).toBe(base_rev + 2);
		const before = await project();
		expect(await send(TEACHER, { ...alias, alias_name: "y" }, rename("B"))).toEqual({
			status: 409,
			body: {
				state: "error",
				reason: `changes.1: NetworkApplication id ${at.fooJoin} not found`,
			},
		});
		expect(await project()).toEqual(before);
	});

	const BAD: readonly [string, () => unknown, number, RegExp][] = [
		[
			"a revision from the future",
			() => ({ base_rev: 99, changes: [rename("x")] }),
			400,
			/^field `base_rev`: project \d+ has revision \d+$/,
		],
		["no revision", () => ({ changes: [rename("x")] }), 400, /^field `base_rev` is required$/],
		["no changes", () => ({ base_rev: 0, changes: [] }), 400, /^field `changes`/],
		[
			"changes that are none",
			() => ({ base_rev: 0, changes: [7] }),
			400,
			/^field `changes\.0\.kind` should be one of/,
		],
		[
			"10,000 changes",
			() => ({ base_rev: 0, changes: Array(10_000).fill(rename("x")) }),
			400,
			/^field `changes`: 10000 changes in one request, at most 1000$/,
		],
		[
			"changes that contradict each other",
			() => ({ base_rev: 4, changes: [{ kind: "remove_join", na_id: at.fooJoin }, rename("x")] }),
			404,
			/^changes\.1: NetworkApplication id \d+ not found$/,
		],
		[
			"what was never answered as an inverse",
			() => ({ base_rev: 0, changes: [{ kind: "set_ports", do_id: at.fooObject, ports: [] }] }),
			409,
			/are taken only as an `inverse`/,
		],
		[
			"fields that are none",
			() => ({ base_rev: 0, changes: [rename("x")], force: true }),
			400,
			/^field `force` unknown$/,
		],
		["a body that is a list", () => [], 400, /./],
	];
	test.each(BAD)("refuses %s, and nothing is changed", async (_, body, status, reason) => {
		const before = await project();
		const reply = await ccm.json(TEACHER, "POST", `${path}/changes`, body() as object);
		expect([reply.status, reply.body.reason]).toEqual([status, expect.stringMatching(reason)]);
		expect(await project()).toEqual(before);
	});

	test("refuses what is not a project, and bodies of undo that are none", async () => {
		for (const id of ["0", "x", "99999", "1e3", "-1", "123456789012345678901"]) {
			const { status, body } = await ccm.json(TEACHER, "GET", `/api/v1/projects/${id}`);
			expect([status, body.reason]).toEqual([404, `project id ${id} not found`]);
		}
		const { status, body } = await ccm.json(TEACHER, "POST", `${path}/undo`, { skip: "yes" });
		expect([status, body.reason]).toEqual([400, "field `skip` should be type `bool`"]);
	});

	test("is for those who may: everyone × every route", async () => {
		await share("look", STUDENT.u_id);
		const { rev } = await project();
		const routes: readonly [string, string, object?][] = [
			["GET", "/api/v1/projects"],
			["GET", path],
			["GET", `${path}/events`],
			["POST", `${path}/changes`, { base_rev: rev, changes: [rename("JoinFoo")] }],
			["POST", `${path}/undo`, {}],
			["POST", `${path}/redo`, {}],
		];
		const seen: Record<string, number[]> = {};
		for (const [name, person] of [
			["owner", TEACHER],
			["admin", ADMIN],
			["teacher", OTHER],
			["viewer", STUDENT],
			["nobody", null],
		] as const) {
			seen[name] = [];
			for (const [method, route, body] of routes) {
				const init = body && {
					body: JSON.stringify(body),
					headers: { "content-type": "application/json" },
				};
				const response = await ccm.send(person, method, route, init);
				await response.body?.cancel();
				seen[name]?.push(response.status);
			}
		}
		expect(seen).toEqual({
			owner: [200, 200, 200, 200, 200, 200],
			admin: [200, 200, 200, 200, 409, 409],
			teacher: [200, 404, 404, 404, 404, 404],
			viewer: [200, 200, 200, 404, 404, 404],
			nobody: [401, 401, 401, 401, 401, 401],
		});
	});

	test("is not for pages of other origins", async () => {
		const headers = { origin: "https://evil.example", "content-type": "application/json" };
		const before = await project();
		const body = JSON.stringify({ base_rev: before.rev, changes: [rename("evil")] });
		for (const [method, route] of [
			["POST", "changes"],
			["POST", "undo"],
			["POST", "redo"],
			["GET", "events"],
			["GET", ""],
		] as const) {
			const init = method === "GET" ? { headers } : { headers, body };
			const response = await ccm.send(TEACHER, method, `${path}/${route}`, init);
			expect([route, response.status]).toEqual([route, 403]);
			await response.body?.cancel();
		}
		expect(await project()).toEqual(before);
	});
});

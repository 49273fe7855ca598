import { beforeEach, describe, expect, test } from "bun:test";
import { NO_PASSWORD } from "../../../src/auth/mod.ts";
import type { Person } from "../../../src/ccm/service/operation.ts";
import { removeLeftovers } from "../../../src/ccm/service/people.ts";
import {
	ADMIN,
	CLASSMATE,
	Office,
	OTHER,
	PASSWORD,
	PLAIN,
	STUDENT,
	TEACHER,
} from "../support/office.ts";
import { furnish } from "../support/workshop.ts";

const SYSTEMS = { fn_name: "twice", u_id: null, pinned: [], is_protect: false, versions: [] };

let office: Office;
beforeEach(async () => {
	office = await Office.open(false);
});

const people = () => office.store.read((tables) => tables.people.list());
const named = (name: string) => office.store.read((tables) => tables.people.byName(name));

describe("one's own account", () => {
	test("is shown with its role", async () => {
		const { status, body } = await office.rest(TEACHER, "GET", "/account");
		expect([status, body]).toEqual([
			200,
			{ state: "ok", u_id: 2, u_name: "ann", role: "teacher", is_admin: false },
		]);
	});

	test("gets another password for the old one", async () => {
		const change = (old_password: string, password: string) =>
			office.rest(STUDENT, "POST", "/account/password", { old_password, password });
		expect(await change("wrong", "new")).toMatchObject({
			status: 403,
			body: { reason: "the old password is wrong" },
		});
		expect((await named("cat"))?.hash).toBe(await PLAIN.hash(PASSWORD));
		expect((await change(PASSWORD, "new")).status).toBe(200);
		expect((await named("cat"))?.hash).toBe(await PLAIN.hash("new"));
		expect(office.peopleChanges).toBe(1);
	});

	test("is removed with its projects and what no one uses, and its id is never given again", async () => {
		const at = await furnish(office);
		const share = { p_id: at.p, u_id: STUDENT.u_id, may: "look" };
		await office.ok(TEACHER, "POST", `/project/${at.p}/share`, share);
		await office.ok(TEACHER, "DELETE", "/account");
		expect(office.changed).toEqual([at.p]);
		await office.store.read(async (tables) => {
			expect(await tables.projects.list()).toEqual([]);
			expect(await tables.members.list()).toEqual([]);
			expect(await tables.functions.list({ u_id: TEACHER.u_id })).toEqual([]);
			expect((await tables.devices.list()).map(({ u_id }) => u_id)).toEqual([null]);
			const kept = [...(await tables.features.list()), ...(await tables.models.list())];
			expect(kept.map(({ u_id }) => u_id)).toEqual([null, null, null, null]);
		});
		const again = { username: "ann", password: "pw", role: "teacher" };
		expect((await office.ok(ADMIN, "PUT", "/people", again)).u_id).toBe(6);
	});
});

test("what is left of people that the command line has removed goes, and nothing else", async () => {
	const at = await furnish(office);
	await office.ok(TEACHER, "POST", `/project/${at.p}/share`, { u_id: STUDENT.u_id, may: "look" });
	await office.ok(OTHER, "PUT", "/project", { p_name: "kept" });
	const tidy = async () => {
		const gone: number[] = [];
		await office.store.write((tables) =>
			removeLeftovers({ tables, changed: (pId) => gone.push(pId) }),
		);
		return gone;
	};
	expect(await tidy()).toEqual([]);
	await office.store.write(({ people: rows }) => rows.remove(TEACHER.u_id));
	expect(await tidy()).toEqual([at.p]);
	await office.store.read(async (tables) => {
		expect((await tables.projects.list()).map(({ p_name }) => p_name)).toEqual(["kept"]);
		expect(await tables.members.list()).toEqual([]);
		expect((await tables.devices.list()).map(({ u_id }) => u_id)).toEqual([null]);
	});
	expect(await tidy()).toEqual([]);
});

test("a function of a removed person that a model has stays, under a name of its own", async () => {
	await furnish(office);
	const [fn] = await office.store.read((tables) => tables.functions.list({ u_id: 2 }));
	await office.store.write(async (tables) => {
		await tables.functions.put({ ...fn, ...SYSTEMS, fn_id: tables.newId("fn") });
		const [feature] = await tables.features.list({ u_id: 2 });
		const params = feature?.params.map((param) => ({ ...param, fn_id: fn?.fn_id ?? 0 })) ?? [];
		if (feature !== undefined) await tables.features.put({ ...feature, params });
	});
	await office.ok(TEACHER, "DELETE", "/account");
	const kept = await office.store.read((tables) => tables.functions.list());
	expect(kept.map(({ fn_name, u_id }) => [fn_name, u_id])).toEqual([
		["twice #2", null],
		["twice", null],
	]);
});

describe("the last administrator", () => {
	test.each([
		["DELETE", "/account", undefined],
		["DELETE", "/admin/user", { id: 1 }],
		["POST", "/admin/user/switch", { id: 1, is_admin: false }],
		["POST", "/people/1/role", { role: "teacher" }],
		["POST", "/people/1/active", { is_active: false }],
	])("stays: %s %s", async (method, path, body) => {
		const before = await people();
		expect(await office.rest(ADMIN, method, path, body)).toMatchObject({
			status: 400,
			body: { reason: "this is the last administrator" },
		});
		await office.ok(ADMIN, "POST", `/people/${OTHER.u_id}/role`, { role: "admin" });
		await office.ok(ADMIN, "POST", `/people/${OTHER.u_id}/active`, { is_active: false });
		// One that may not log in does not count.
		expect((await office.rest(ADMIN, method, path, body)).status).toBe(400);
		await office.ok(ADMIN, "POST", `/people/${OTHER.u_id}/active`, { is_active: true });
		expect((await office.rest(ADMIN, method, path, body)).status).toBe(200);
		expect(before).toHaveLength(5);
	});
});

describe("new people", () => {
	const put = (body: object, by = ADMIN) => office.rest(by, "PUT", "/people", { ...body });

	test("have names and passwords that are allowed, and no one's name", async () => {
		const person = { username: "eve", password: "a long password", role: "admin" };
		for (const [change, reason] of [
			[{ username: "ccm" }, /is reserved/],
			[{ username: "a/b" }, /has one of the characters/],
			[{ username: "01234567-89ab-4def-8123-456789abcdef" }, /is a UUID/],
			[{ username: "x".repeat(300) }, /is not a valid name/],
			[{ password: "short" }, /8 to 1000 characters/],
			[{ username: "ann" }, /username already exists/],
			[{ role: "boss" }, /role/],
		] as const) {
			const { status, body } = await put({ ...person, ...change });
			expect([status, body.reason]).toEqual([400, expect.stringMatching(reason)]);
		}
		expect(await people()).toHaveLength(5);
		expect((await put(person)).status).toBe(201);
		expect(await named("eve")).toMatchObject({ id: 6, role: "admin", isActive: true });
	});

	test("are students where a teacher makes them", async () => {
		const eve = { username: "eve", password: "pw" };
		for (const role of ["admin", "teacher"]) {
			expect((await put({ ...eve, role }, TEACHER)).status).toBe(403);
		}
		expect((await put({ ...eve, role: "student" }, TEACHER)).status).toBe(201);
		const { body } = await office.rest(TEACHER, "GET", "/people");
		expect(body.data).toMatchObject([{ u_name: "cat" }, { u_name: "dan" }, { u_name: "eve" }]);
	});

	test("come from a list all or not at all, and all wrong lines are named", async () => {
		const list = (students: object[]) =>
			office.rest(TEACHER, "PUT", "/people/students", { students });
		const password = "pw";
		const { status, body } = await list([
			{ username: "王小明", password },
			{ username: "a b", password },
			{ username: "王小明", password },
			{ username: "ann", password },
		]);
		expect([status, body.reason]).toEqual([
			400,
			expect.stringMatching(
				/^no one was added; line 2: "a b" is not .*; line 3: 王小明 is in line 1 already; line 4: ann already exists$/,
			),
		]);
		expect(await people()).toHaveLength(5);
		expect(
			(
				await list([
					{ username: "王小明", password },
					{ username: "s2", password },
				])
			).body,
		).toEqual({
			state: "ok",
			data: [
				{ u_id: 6, u_name: "王小明" },
				{ u_id: 7, u_name: "s2" },
			],
		});
	});
});

describe("administration", () => {
	test("shows people, projects with their owners, and devices with their projects", async () => {
		const at = await furnish(office);
		await office.ok(
			TEACHER,
			"POST",
			`/project/${at.p}/deviceobject/${at.fooObject}/device/bind/${at.device}`,
		);
		expect((await office.ok(ADMIN, "GET", "/admin/user")).data).toContainEqual({
			...{ u_id: 1, u_name: "root", role: "admin", is_admin: true, is_active: true },
		});
		expect((await office.ok(ADMIN, "GET", "/admin/project")).data).toMatchObject([
			{ p_id: at.p, p_name: "plan", status: "off", sim: "off", u_id: 2, u_name: "ann" },
		]);
		const projects = ["plan (ann)"];
		expect((await office.ok(ADMIN, "GET", "/admin/device")).data).toMatchObject([
			{ d_id: at.device, dm_id: at.fooModel, projects },
		]);
		await office.ok(ADMIN, "POST", "/admin/device/unbind", { d_id: at.device });
		expect((await office.ok(ADMIN, "GET", "/admin/device")).data).toMatchObject([{ projects: [] }]);
	});

	test("stops and deletes projects of the owner that is named", async () => {
		const { p: p_id } = await furnish(office);
		await office.ok(TEACHER, "POST", `/project/${p_id}`, { status: "on" });
		const post = (action: string, u_id: number) =>
			office.rest(ADMIN, "POST", `/admin/project/${action}`, { p_id, u_id });
		expect((await post("stop", 3)).status).toBe(404);
		for (let n = 0; n < 2; n++) expect((await post("stop", 2)).body).toEqual({ state: "ok", p_id });
		expect((await office.ok(TEACHER, "GET", `/project/${p_id}`)).data).toMatchObject({
			status: "off",
		});
		expect((await post("delete", 2)).status).toBe(200);
		expect((await office.rest(TEACHER, "GET", `/project/${p_id}`)).status).toBe(404);
	});

	test("switches administrators, sets passwords and deletes people with their projects", async () => {
		const { p } = await furnish(office);
		await office.ok(ADMIN, "POST", "/admin/user/switch", { id: OTHER.u_id, is_admin: 1 });
		expect((await named("bob"))?.role).toBe("admin");
		await office.ok(ADMIN, "POST", "/admin/user/switch", { id: OTHER.u_id, is_admin: false });
		expect((await named("bob"))?.role).toBe("teacher");
		const pass = (id: number) =>
			office.rest(ADMIN, "POST", "/admin/user/pass", { id, password: "new" });
		expect((await pass(STUDENT.u_id)).body).toEqual({ state: "ok", id: STUDENT.u_id });
		expect((await named("cat"))?.hash).toBe(await PLAIN.hash("new"));
		expect(await pass(99)).toMatchObject({ status: 400, body: { reason: "update fail" } });
		await office.ok(ADMIN, "DELETE", "/admin/user", { id: TEACHER.u_id });
		expect(office.changed).toEqual([p]);
		expect(await named("ann")).toBeUndefined();
	});

	test("lets teachers set the passwords of students that may log in, and of no one else", async () => {
		const pass = async (person: Person, id: number) =>
			(await office.rest(person, "POST", "/admin/user/pass", { id, password: "fresh" })).status;
		expect(await pass(TEACHER, STUDENT.u_id)).toBe(200);
		expect((await named("cat"))?.hash).toBe(await PLAIN.hash("fresh"));
		for (const [person, id] of [
			[TEACHER, OTHER.u_id],
			[TEACHER, ADMIN.u_id],
			[TEACHER, TEACHER.u_id],
			[TEACHER, 99],
			[STUDENT, STUDENT.u_id],
		] as const) {
			expect([id, await pass(person, id)]).toEqual([id, 403]);
		}
		await office.store.write(({ people }) => people.setActive(STUDENT.u_id, false));
		expect(await pass(TEACHER, STUDENT.u_id)).toBe(403);
	});

	test("makes no one a student that has projects", async () => {
		const { p } = await furnish(office);
		const demote = () => office.rest(ADMIN, "POST", "/people/2/role", { role: "student" });
		expect(await demote()).toMatchObject({
			status: 400,
			body: {
				reason: "students have no projects of their own: delete those of ann first",
			},
		});
		await office.ok(TEACHER, "DELETE", `/project/${p}`);
		expect((await demote()).status).toBe(200);
	});
});

describe("sharing", () => {
	test("is with people that are there, by id or name; members are listed", async () => {
		const { p } = await furnish(office);
		const share = (u_id: number | string, may = "look") =>
			office.rest(TEACHER, "POST", `/project/${p}/share`, { u_id, may });
		expect((await share(99)).status).toBe(404);
		expect((await share("zoe")).status).toBe(404);
		expect((await share(TEACHER.u_id)).status).toBe(400);
		expect((await share(CLASSMATE.u_id)).status).toBe(200);
		expect((await share("cat", "edit")).body).toMatchObject({ u_id: STUDENT.u_id });
		expect((await office.ok(TEACHER, "GET", `/project/${p}/share`)).data).toEqual([
			{ u_id: CLASSMATE.u_id, may: "look", u_name: "dan" },
			{ u_id: STUDENT.u_id, may: "edit", u_name: "cat" },
		]);
		await office.ok(TEACHER, "POST", `/project/${p}/unshare`, { u_id: STUDENT.u_id });
		expect((await office.rest(STUDENT, "GET", `/project/${p}`)).status).toBe(404);
	});
});

describe("people without a password", () => {
	test("may log in once an administrator gives one; others stay disabled", async () => {
		await office.store.write(({ people }) => people.setActive(OTHER.u_id, false));
		await office.store.write(async ({ people }) => {
			await people.setPassword(STUDENT.u_id, NO_PASSWORD);
			await people.setActive(STUDENT.u_id, false);
		});
		for (const { u_id } of [OTHER, STUDENT]) {
			await office.ok(ADMIN, "POST", "/admin/user/pass", { id: u_id, password: "pw" });
		}
		const active = (id: number) =>
			office.store.read(({ people }) => people.byId(id).then((user) => user?.isActive));
		expect([await active(OTHER.u_id), await active(STUDENT.u_id)]).toEqual([false, true]);
	});
});

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { MAX_STREAMS, MAX_STREAMS_OF_PERSON } from "../../../src/ccm/live/live-projects.ts";
import type { GraphState } from "../../../src/ccm/reconciler/link-state.ts";
import type { CsmDevice } from "../../../src/csm-client/mod.ts";
import { until } from "../../support/waiting.ts";
import { CcmHttp } from "../support/ccm-http.ts";
import { EventReader } from "../support/event-reader.ts";
import { ADMIN, OTHER, STUDENT, TEACHER } from "../support/office.ts";
import { DEVICE, furnish, type Workshop } from "../support/workshop.ts";

let ccm: CcmHttp;
let at: Workshop;
let path: string;
const readers: EventReader[] = [];
beforeEach(async () => {
	ccm = await CcmHttp.start();
	at = await furnish(ccm.office);
	path = `/api/v1/projects/${at.p}`;
});
afterEach(async () => {
	for (const reader of readers.splice(0)) await reader.leave();
	await ccm.stop();
});

async function look(person: { readonly u_name: string } = TEACHER, pId = at.p) {
	const reader = await ccm.events(person, pId);
	readers.push(reader);
	return reader;
}

function share(may: "look" | "edit", u_id = OTHER.u_id) {
	return ccm.office.service.call("share_project", TEACHER, { p_id: at.p, u_id, may });
}

const ok = (person: typeof TEACHER, method: string, v0: string, body?: Record<string, unknown>) =>
	ccm.office.ok(person, method, v0, body);
const rename = (na_name: string) =>
	ok(TEACHER, "POST", `/project/${at.p}/na/${at.fooJoin}`, { na_name });
const bind = () =>
	ccm.office.service.call("change_project", TEACHER, {
		...{ p_id: at.p, base_rev: 0 },
		changes: [{ kind: "bind", do_id: at.fooObject, mac_addr: DEVICE }],
	});

const device = (presence: CsmDevice["presence"]): CsmDevice => ({
	...{ id: DEVICE, name: "dev", presence, model: "FooModel", profile: {} },
	...{ registerTime: 1, origin: null },
});

describe("a stream of a project", () => {
	test("begins with everything, and goes on with changes as they are kept, through whichever API", async () => {
		const reader = await look();
		expect(reader.response.headers.get("content-type")).toBe("text/event-stream");
		const first = await reader.next("project");
		const stored = await ccm.office.store.read(({ projects }) => projects.get(at.p));
		expect(first).toEqual({
			document: stored as never,
			...{ presence: [], links: [], values: [] },
			people: [{ u_id: TEACHER.u_id, u_name: TEACHER.u_name }],
		});
		await rename("by v0");
		const told = await reader.next("changes");
		expect(told).toEqual({
			rev: (stored?.rev ?? 0) + 1,
			by: { u_id: TEACHER.u_id, u_name: TEACHER.u_name },
			changes: [{ kind: "rename_join", na_id: at.fooJoin, na_name: "by v0" }],
			parts: { joins: [expect.objectContaining({ na_id: at.fooJoin, na_name: "by v0" })] },
			steps: { can_undo: true, can_redo: false },
		});
		await ccm.json(TEACHER, "POST", `${path}/undo`);
		const undone = await reader.next("changes");
		expect([undone.rev, undone.steps.can_redo]).toEqual([told.rev + 1, true]);
		const late = await look();
		expect((await late.next("project")).document.rev).toBe(told.rev + 1);
	});

	test("tells everything again after a change that no one made", async () => {
		await bind();
		const reader = await look();
		const { document } = await reader.next("project");
		const rev = document.rev + 1;
		await ccm.office.store.write(async ({ projects }) => {
			const blocks = document.blocks.map((block) => ({ ...block, bindings: [] }));
			await projects.put({ ...document, rev, blocks });
		});
		ccm.live.changed(at.p);
		expect((await reader.next("project")).document).toMatchObject({ rev });
		await rename("next");
		expect((await reader.next("changes")).rev).toBe(rev + 1);
	});

	test("tells of devices and of the progress of links", async () => {
		await bind();
		ccm.csm.tell(device("offline"));
		const reader = await look();
		const { presence, links } = await reader.next("project");
		expect(presence).toEqual([{ mac_addr: DEVICE, d_name: "dev", status: "offline" }]);
		expect(links).toEqual([]);
		ccm.csm.tell(device("online"));
		expect(await reader.next("presence")).toEqual([
			{ mac_addr: DEVICE, d_name: "dev", status: "online" },
		]);
		await ok(TEACHER, "POST", `/project/${at.p}`, { status: "on" });
		const applying = await reader.next("links");
		expect(applying.map(({ na_id }) => na_id)).toEqual([at.fooJoin, at.barJoin]);
		expect(applying[0]?.links).toEqual([
			{ dfo_id: at.input, state: "applying" },
			{ dfo_id: at.output, state: "applying" },
		]);
		const state: GraphState = {
			graph: String(at.fooJoin),
			links: new Map([
				[`idf ${DEVICE} foo`, { state: "running" }],
				[`odf ${DEVICE} bar`, { state: "failed", reason: "SyntaxError" }],
			]),
			join: { state: "running" },
		};
		ccm.csm.set(state);
		expect(await reader.next("links", (joins) => joins[0]?.join !== null)).toEqual([
			{
				na_id: at.fooJoin,
				links: [
					{ dfo_id: at.input, state: "running" },
					{ dfo_id: at.output, state: "failed", reason: "SyntaxError" },
				],
				join: { state: "running" },
			},
		]);
	});

	test("waits while accounts are read again, and drops no one for that", async () => {
		const opened = await ccm.live.open(TEACHER, at.p, () => ccm.csm.isSure);
		if (!(opened instanceof Response)) throw new Error("there is no room");
		const reader = new EventReader(opened);
		const { document } = await reader.next("project");
		ccm.csm.isSure = false;
		await rename("a");
		await rename("b");
		expect(ccm.live.count).toBe(1);
		ccm.csm.isSure = true;
		expect((await reader.next("changes")).rev).toBe(document.rev + 1);
		expect((await reader.next("changes")).rev).toBe(document.rev + 2);
		await reader.leave();
	});

	test("shows who looks", async () => {
		await share("look");
		const mine = await look();
		const theirs = await look(OTHER);
		const [me, other] = [TEACHER, OTHER].map(({ u_id, u_name }) => ({ u_id, u_name }));
		await mine.next("people", (people) => Bun.deepEquals(people, [me, other]));
		expect((await theirs.next("project")).people).toEqual([me, other] as never);
		await theirs.leave();
		await mine.next("people", (people) => Bun.deepEquals(people, [me]));
	});

	test("is there for two hundred readers, ten of each person", async () => {
		for (let n = 0; n < MAX_STREAMS_OF_PERSON; n++) await (await look()).next("project");
		const refused = await ccm.json(TEACHER, "GET", `${path}/events`);
		expect(refused).toEqual({
			status: 429,
			body: { state: "error", reason: expect.stringContaining("as many streams open") },
		});
		await readers[0]?.leave();
		await until(() => ccm.live.count === MAX_STREAMS_OF_PERSON - 1, "the stream to end");
		await (await look()).next("project");
		const others = MAX_STREAMS - MAX_STREAMS_OF_PERSON;
		const more = await Promise.all(
			Array.from({ length: others }, (_, n) =>
				ccm.live.open({ ...ADMIN, u_id: 1000 + n }, at.p, () => true),
			),
		);
		expect(await ccm.live.open({ ...ADMIN, u_id: 9 }, at.p, () => true)).toEqual({
			full: "server",
		});
		expect((await ccm.json(ADMIN, "GET", `${path}/events`)).status).toBe(503);
		for (const one of more) if (one instanceof Response) await one.body?.cancel();
		expect(ccm.live.count).toBe(MAX_STREAMS_OF_PERSON);
	});

	test("drops a client that does not read, and not the others", async () => {
		const reader = await look();
		const { document } = await reader.next("project");
		await ccm.live.open(ADMIN, at.p, () => true);
		expect(ccm.live.count).toBe(2);
		const changes = Array.from({ length: 1000 }, () => ({
			...{ kind: "rename_join" as const, na_id: at.fooJoin, na_name: "long".repeat(50) },
		}));
		let { rev } = document;
		// About a quarter of a megabyte each.
		while (ccm.live.count > 1 && rev < document.rev + 200) {
			rev += 1;
			ccm.live.take({
				...{ kind: "changes", document: { ...document, rev }, changes, by: TEACHER },
				...{ parts: {}, steps: { can_undo: true, can_redo: false } },
			});
			await reader.next("changes", (told) => told.rev === rev);
		}
		expect(ccm.live.count).toBe(1);
		expect(reader.isOver).toBe(false);
	});
});

describe("the stream ends at once", () => {
	async function ended(reader: EventReader): Promise<void> {
		await reader.over();
		const count = reader.all.length;
		await rename("secret");
		expect(reader.all).toHaveLength(count);
		await until(
			() => ccm.live.count === readers.filter(({ isOver }) => !isOver).length,
			"the count",
		);
	}

	test("of a person the project is no longer shared with, and of no one else", async () => {
		await share("edit");
		await share("look", STUDENT.u_id);
		const theirs = await look(OTHER);
		const others = [await look(STUDENT), await look(TEACHER), await look(ADMIN)];
		for (const reader of [theirs, ...others]) await reader.next("project");
		await ccm.office.service.call("unshare_project", TEACHER, { p_id: at.p, u_id: OTHER.u_id });
		await ended(theirs);
		for (const reader of others) await reader.next("changes");
	});

	test("of a person who may do something else from now on", async () => {
		await share("edit");
		const theirs = await look(OTHER);
		await theirs.next("project");
		await share("look");
		await theirs.over();
		await (await look(OTHER)).next("project");
	});

	test("of a session that was logged out", async () => {
		const reader = await look();
		await reader.next("project");
		await ccm.send(TEACHER, "GET", "/api/v0/account/logout");
		await ended(reader);
	});

	test.each([
		["deactivated", { isActive: false }],
		["of another role", { role: "student" as const }],
	])("of a person who is %s", async (_, change) => {
		const reader = await look();
		await reader.next("project");
		const index = ccm.people.all.findIndex(({ name }) => name === TEACHER.u_name);
		const user = ccm.people.all[index];
		if (user !== undefined) ccm.people.all[index] = { ...user, ...change };
		await ended(reader);
	});

	test("of a project that is deleted", async () => {
		const reader = await look(ADMIN);
		await reader.next("project");
		await ok(TEACHER, "DELETE", `/project/${at.p}`);
		await reader.over();
		expect(ccm.live.count).toBe(0);
		expect((await ccm.send(ADMIN, "GET", `${path}/events`)).status).toBe(404);
	});

	test("of everyone when the server stops", async () => {
		const reader = await look();
		await reader.next("project");
		await ccm.live.stop();
		await reader.over();
		expect((await ccm.send(TEACHER, "GET", `${path}/events`)).status).toBe(503);
	});
});

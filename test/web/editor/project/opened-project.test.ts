import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { PersonView, ProjectParts } from "../../../../src/contract/mod.ts";
import type { OpenProject } from "../../../../src/web/editor/project/open-project.ts";
import { openProject } from "../../../../src/web/editor/project/opened-project.ts";
import { until } from "../../../support/waiting.ts";
import { block, port } from "../lanes/graphs.ts";
import { ANN, BOB, documentOf, everything, ScriptedServer } from "../support/scripted-project.ts";

const JOIN = { na_id: 7, na_name: "a", na_idx: 0, fn_id: null, crowd: "each" } as const;
const LINKED = [{ ...JOIN, links: [{ dfo_id: 1, params: [] }] }];
const RENAME = { kind: "rename_join", na_id: 7, na_name: "b" } as const;

describe("an open project", () => {
	let server: ScriptedServer;
	let project: OpenProject;
	beforeEach(() => {
		server = new ScriptedServer();
		server.steps = { can_undo: true, can_redo: false };
		project = openProject(3, server.deps);
	});
	afterEach(() => project.close());

	const rev = (wanted: number) =>
		until(() => project.document.value?.rev === wanted, `revision ${wanted}`);
	const begin = async (more: Parameters<typeof everything>[1] = {}, fields = {}) => {
		const stream = await server.stream(server.streams.length || 1);
		stream.tell("project", everything(documentOf(1, fields), more));
		await until(() => project.contact.value.state === "live", "contact");
		return stream;
	};
	const STEPS = { can_undo: true, can_redo: false };
	const answered = (to: number, more: object = {}) =>
		({
			ok: true,
			body: { ...{ rev: to, changes: [], inverse: [], parts: {} }, ...STEPS, ...more },
		}) as const;
	const changes = (to: number, by: PersonView, parts: ProjectParts, steps = STEPS) => ({
		...{ rev: to, by, changes: [RENAME], parts, steps },
	});

	test("has everything of the first event, and what the reader may do", async () => {
		const presence = [{ mac_addr: "m", d_name: "lamp", status: "online" as const }];
		const running = { state: "running" as const };
		const links = [{ na_id: 7, links: [{ dfo_id: 1, ...running }], join: null }];
		await begin({ presence, links, people: [ANN, BOB] }, { joins: LINKED });
		expect(project.document.value?.p_name).toBe("lamp");
		expect(project.presenceOf("m").value).toEqual(presence[0]);
		expect(project.linkOf(7, 1).value).toEqual(running);
		expect(project.joinOf(7).value).toBeUndefined();
		expect(project.people.value).toEqual([ANN, BOB]);
		await until(() => project.may.value === "own", "the right");
		expect([project.canUndo.value, project.canRedo.value]).toEqual([true, false]);
	});

	test("follows changes by their parts, and notes them", async () => {
		const stream = await begin({}, { joins: LINKED });
		const joins = LINKED.map((join) => ({ ...join, na_name: "b" }));
		stream.tell("changes", changes(2, BOB, { joins }));
		await rev(2);
		expect(project.document.value?.joins).toEqual(joins);
		expect(project.log.value).toEqual([{ at: new Date(0), by: BOB, changes: [RENAME] }]);
	});

	test("asks for the document where a revision is missing", async () => {
		const stream = await begin();
		server.document = documentOf(3, { joins: LINKED });
		stream.tell("changes", changes(3, BOB, {}));
		await rev(3);
		expect(project.document.value?.joins).toEqual(LINKED);
	});

	test("shows a change before it is answered to the caller, whichever comes first", async () => {
		const stream = await begin();
		const sent = project.change([RENAME]);
		const request = await server.request("changes");
		expect(request.body).toEqual({ base_rev: 1, changes: [RENAME] });
		request.answer(answered(2, { parts: { joins: LINKED, na_ids: [7] }, can_redo: false }));
		expect(await sent).toMatchObject({ ok: true, body: { rev: 2 } });
		expect(project.document.value).toMatchObject({ rev: 2, joins: LINKED });
		stream.tell("changes", changes(2, ANN, { joins: [], na_ids: [] }));
		await until(() => project.log.value.length === 1, "the log");
		expect(project.document.value).toMatchObject({ rev: 2, joins: LINKED });
	});

	test("sends one change after another, each on what the one before has left", async () => {
		await begin();
		const both = Promise.all([project.change([RENAME]), project.change([RENAME])]);
		const first = await server.request("changes");
		expect(server.asked).toEqual([]);
		server.document = documentOf(2);
		first.answer(answered(2));
		const second = await server.request("changes");
		expect(second.body).toMatchObject({ base_rev: 2 });
		second.answer({ ok: false, status: 409, reason: "in the way", details: {} });
		expect((await both)[1]).toMatchObject({ ok: false, reason: "in the way" });
	});

	test("says what can be taken back", async () => {
		await begin();
		const undone = project.undo();
		server.document = documentOf(2);
		server.steps = { can_undo: false, can_redo: true };
		(await server.request("undo")).answer(answered(2, { can_undo: false, can_redo: true }));
		await undone;
		expect([project.canUndo.value, project.canRedo.value]).toEqual([false, true]);
	});

	test("hears what can be taken back when the reader has changed something elsewhere", async () => {
		const stream = await begin();
		stream.tell("changes", changes(2, BOB, {}, { can_undo: true, can_redo: true }));
		await rev(2);
		expect(project.canRedo.value).toBe(false);
		stream.tell("changes", changes(3, ANN, {}, { can_undo: true, can_redo: true }));
		await until(() => project.canRedo.value, "redo");
	});

	test("an event that is overtaken by a later answer tells nothing of steps", async () => {
		const stream = await begin();
		const undone = project.undo();
		server.document = documentOf(3);
		server.steps = { can_undo: false, can_redo: true };
		(await server.request("undo")).answer(answered(3, { can_undo: false, can_redo: true }));
		await undone;
		stream.tell("changes", changes(2, ANN, {}));
		await until(() => project.log.value.length === 1, "the log");
		expect([project.canUndo.value, project.canRedo.value]).toEqual([false, true]);
	});

	test("knows the invitations of a stream, and forgets them with it", async () => {
		const stream = await begin();
		const counts = { taken: 0, seats: 40, members: [], wrong: 0 };
		const told = { do_id: 5, until: 9, left_s: 9, mark: 7, ...counts };
		stream.tell("invitation", told);
		stream.tell("invitation", { ...told, do_id: 6 });
		stream.tell("invitation", { ...told, taken: 1 });
		await until(() => project.invitations.value.get(5)?.taken === 1, "the member");
		expect([...project.invitations.value.keys()]).toEqual([5, 6]);
		stream.end();
		await until(() => project.contact.value.state === "lost", "the loss");
		expect(project.invitations.value.size).toBe(2);
		server.clock.move(500);
		(await server.stream(2)).tell("project", everything(documentOf(1)));
		await until(() => project.invitations.value.size === 0, "no invitation");
	});

	test("a failure that names no link is where the only function is", async () => {
		const ports = [port(1, "input"), port(2, "output")];
		const params = [{ param_i: 0, fn_id: 9 }];
		const links = [
			{ dfo_id: 1, params: [] },
			{ dfo_id: 2, params },
		];
		const joins = [{ ...JOIN, links }] as unknown as typeof LINKED;
		const stream = await begin({}, { blocks: [block(1, ports)], joins });
		stream.tell("errors", [{ na_id: 7, dfo_id: null, stage: "odf", reason: "bad" }]);
		await until(() => project.failureOf(7, 2).value !== undefined, "the failure");
		expect(project.failureOf(7, null).value).toBeUndefined();
	});

	test("a project that is off has no progress and no failures", async () => {
		const links = [{ na_id: 7, links: [{ dfo_id: 1, state: "running" as const }], join: null }];
		const stream = await begin({ links }, { joins: LINKED });
		stream.tell("errors", [{ na_id: 7, dfo_id: 1, stage: "idf", reason: "bad" }]);
		await until(() => project.failureOf(7, 1).value !== undefined, "the failure");
		expect(project.log.value.at(-1)?.failure?.reason).toBe("bad");
		const head = { p_name: "lamp", status: "off", sim: "off" } as const;
		stream.tell("changes", changes(2, ANN, { head }));
		await rev(2);
		expect(project.linkOf(7, 1).value).toBeUndefined();
		expect(project.failureOf(7, 1).value).toBeUndefined();
	});

	test("takes an older revision from a server that was restored", async () => {
		(await begin({}, { rev: 9 })).end();
		await until(() => project.contact.value.state === "lost", "the loss");
		server.clock.move(500);
		(await server.stream(2)).tell("project", everything(documentOf(4)));
		await rev(4);
	});

	test("asks for its rights again until they are known", async () => {
		project.close();
		server = new ScriptedServer();
		server.document = undefined;
		project = openProject(3, server.deps);
		await begin();
		expect(project.may.value).toBe("look");
		server.document = documentOf(1);
		await until(() => {
			server.clock.move(2000);
			return project.may.value === "own";
		}, "the right");
	});
});

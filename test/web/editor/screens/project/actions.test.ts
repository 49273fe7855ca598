import { beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { signal } from "@preact/signals";
import type { Change } from "../../../../../src/contract/mod.ts";
import type { App, NoticeAction } from "../../../../../src/web/editor/app-context.ts";
import type { OpenProject } from "../../../../../src/web/editor/project/open-project.ts";
import { openProject } from "../../../../../src/web/editor/project/opened-project.ts";
import { type Actions, actionsOf } from "../../../../../src/web/editor/screens/project/actions.ts";
import type { Answer } from "../../../../../src/web/editor/server/ask.ts";
import { until } from "../../../../support/waiting.ts";
import { documentOf, everything, ScriptedServer } from "../../support/scripted-project.ts";
import { loadAllTexts } from "../../support/words.ts";

beforeAll(loadAllTexts);

interface Said {
	readonly text: string;
	readonly kind: string | undefined;
	readonly action: NoticeAction | undefined;
}

const RENAME: Change = { kind: "rename_join", na_id: 7, na_name: "b" };
const refused = (status: number, reason: string) =>
	({ ok: false, status, reason, details: {} }) as const;

describe("actions", () => {
	let server: ScriptedServer;
	let project: OpenProject;
	let actions: Actions;
	let said: Said[];
	let saved: string[];
	beforeEach(async () => {
		server = new ScriptedServer();
		server.steps = { can_undo: true, can_redo: true };
		said = [];
		saved = [];
		project = openProject(3, server.deps);
		const person = signal({ u_id: 1, u_name: "ann", role: "teacher" as const });
		const app = {
			ask: server.deps.ask,
			clock: { ...server.deps.clock, monotonic: () => 0 },
			notices: {
				say: (text: string, kind?: string, action?: NoticeAction) =>
					void said.push({ text, kind, action }),
			},
			session: { person },
		} as unknown as App;
		actions = actionsOf(app, project, (name) => saved.push(name));
		(await server.stream()).tell("project", everything(documentOf(1)));
		await until(() => project.canRedo.value, "rights");
	});

	const done = (rev: number, changes: readonly Change[] = []): Answer<object> => {
		server.document = documentOf(rev);
		const body = { rev, changes, inverse: [RENAME], parts: {}, can_undo: true, can_redo: true };
		return { ok: true, body };
	};

	test("say what was undone", async () => {
		const undone = actions.undo();
		(await server.request("undo")).answer(done(2, [RENAME]));
		await undone;
		expect(said).toEqual([
			{ text: "Undone: renamed a join to “b”", kind: undefined, action: undefined },
		]);
	});

	test("offer to skip a step that is in the way", async () => {
		const undone = actions.undo();
		(await server.request("undo")).answer(refused(409, "changed since by bob"));
		await undone;
		expect(said[0]).toMatchObject({ text: "Cannot undo: changed since by bob", kind: "bad" });
		said[0]?.action?.run();
		const again = await server.request("undo");
		expect(again.body).toEqual({ skip: true });
		again.answer(done(2));
	});

	test("run and pause", async () => {
		const toggled = actions.toggleRun();
		const request = await server.request("changes");
		expect(request.body).toMatchObject({ changes: [{ kind: "set_status", status: "off" }] });
		request.answer(refused(0, "TypeError"));
		await toggled;
		expect(said[0]?.text).toContain("the server cannot be reached");
	});

	test("Flush turns the project off, and on a second later", async () => {
		const flushed = actions.flush();
		(await server.request("changes")).answer(done(2));
		await until(() => {
			server.clock.move(999);
			return server.asked.length > 0;
		}, "the second request");
		const second = await server.request("changes");
		expect(second.body).toMatchObject({ changes: [{ kind: "set_status", status: "on" }] });
		second.answer(done(3));
		await flushed;
		expect(said[0]?.kind).toBe("good");
	});

	test("remove what is selected, and take exactly that back", async () => {
		const removed = actions.remove({ kind: "join", id: 7 });
		(await server.request("changes")).answer(done(2));
		expect(await removed).toBe(true);
		said[0]?.action?.run();
		const back = await server.request("changes");
		expect(back.body).toMatchObject({ changes: [RENAME] });
		back.answer(done(3));
		expect(await actions.remove({ kind: "port", id: 1 })).toBe(false);
	});

	test("save an exported file under the project's name", async () => {
		await actions.exportFile(true);
		expect(saved).toEqual(["lamp.json"]);
	});
});

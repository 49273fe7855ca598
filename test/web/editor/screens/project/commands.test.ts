import { afterEach, beforeAll, expect, test } from "bun:test";
import { signal } from "@preact/signals";
import type { App, Role } from "../../../../../src/web/editor/app-context.ts";
import type { May, OpenProject } from "../../../../../src/web/editor/project/open-project.ts";
import { openProject } from "../../../../../src/web/editor/project/opened-project.ts";
import { actionsOf } from "../../../../../src/web/editor/screens/project/actions.ts";
import { commandsOf, menuOf } from "../../../../../src/web/editor/screens/project/commands.ts";
import { until } from "../../../../support/waiting.ts";
import { documentOf, everything, ScriptedServer } from "../../support/scripted-project.ts";
import { loadAllTexts } from "../../support/words.ts";

beforeAll(loadAllTexts);

let project: OpenProject | undefined;
afterEach(() => project?.close());

async function commands(role: Role, may: May) {
	const server = new ScriptedServer();
	server.may = may;
	server.steps = { can_undo: true, can_redo: false };
	const opened = openProject(3, server.deps);
	project = opened;
	(await server.stream()).tell("project", everything(documentOf(1)));
	await until(() => opened.document.value !== undefined && opened.canUndo.value, "rights");
	const person = signal({ u_id: 1, u_name: "ann", role });
	const app = { session: { person }, notices: { say: () => {} } } as unknown as App;
	const actions = actionsOf(app, opened, () => {});
	return commandsOf({ app, project: opened, actions, open: () => {} });
}

const textsOf = (items: readonly { readonly text: string }[]) => items.map(({ text }) => text);

test("owners have everything", async () => {
	const all = await commands("teacher", "own");
	expect(textsOf(all)).toEqual([
		...["Find", "Undo", "Redo", "Pause", "Add device", "Invite phones"],
		...[
			"Simulated devices",
			"Rebuild all links (Flush)",
			"Project log",
			"Rename…",
			"Share…",
			"Copy…",
		],
		...["Copy for each student…", "Export", "Export with models and functions"],
		...["Import a project…", "Keyboard shortcuts", "Delete project…"],
	]);
	expect(all.find(({ text }) => text === "Redo")?.disabled).toBe(true);
});

test("those who only look can find, read the log and the keys", async () => {
	expect(textsOf(await commands("student", "look"))).toEqual([
		...["Find", "Project log", "Keyboard shortcuts"],
	]);
});

test("students share and import nothing", async () => {
	const own = textsOf(await commands("student", "own"));
	expect(own).toContain("Delete project…");
	for (const text of ["Share…", "Copy…", "Import a project…"]) expect(own).not.toContain(text);
});

test("the menu leaves out what the bar has, and begins with no line", async () => {
	const all = await commands("teacher", "own");
	const wide = menuOf(all, true);
	const narrow = menuOf(all, false);
	expect(wide[0]).toMatchObject({ text: "Simulated devices" });
	expect(narrow[0]).toMatchObject({ text: "Find" });
	for (const menu of [wide, narrow]) {
		expect(menu.some((item) => item !== "line" && item.text === "Pause")).toBe(false);
	}
});

import type { Change } from "../../../../contract/mod.ts";
import type { App } from "../../app-context.ts";
import type { OpenProject } from "../../project/open-project.ts";
import type { Selection } from "../../routes.ts";
import { loadTexts, texts } from "../../texts/texts.ts";
import { refusalText } from "./refusal.ts";

/** The original waits as long between off and on. */
const FLUSH_MS = 1000;

/** What can be done to an open project, with what has to be said about it. */
export interface Actions {
	undo(): Promise<void>;
	redo(): Promise<void>;
	toggleRun(): Promise<void>;
	toggleSimulation(): Promise<void>;
	flush(): Promise<void>;
	remove(selection: Selection): Promise<boolean>;
	exportFile(isBundle: boolean): Promise<void>;
}

/** @param save Gives the reader a file. */
export function actionsOf(
	app: App,
	project: OpenProject,
	save: (name: string, content: string) => void,
): Actions {
	const { notices } = app;
	const send = async (changes: readonly Change[]): Promise<boolean> => {
		const answer = await project.change(changes);
		if (!answer.ok) notices.say(refusalText(answer), "bad");
		return answer.ok;
	};
	const step = async (name: "undo" | "redo", skips: boolean): Promise<void> => {
		const answer = await project[name](skips);
		const { undone, redone, cannotUndo, cannotRedo, skipStep, noContact } = texts.value.project;
		if (answer.ok) {
			const what = await described(answer.body.changes, project);
			notices.say(name === "undo" ? undone(what) : redone(what));
			return;
		}
		if (answer.status === 0) return notices.say(noContact, "bad");
		const can = name === "undo" ? project.canUndo : project.canRedo;
		const text = (name === "undo" ? cannotUndo : cannotRedo)(answer.reason);
		const skip = { text: skipStep, run: () => void step(name, true) };
		notices.say(text, "bad", answer.status === 409 && can.value ? skip : undefined);
	};
	return {
		undo: () => step("undo", false),
		redo: () => step("redo", false),
		toggleRun: async () => {
			const status = project.document.value?.status === "on" ? "off" : "on";
			await send([{ kind: "set_status", status }]);
		},
		toggleSimulation: async () => {
			const sim = project.document.value?.sim === "on" ? "off" : "on";
			await send([{ kind: "set_simulation", sim }]);
		},
		flush: async () => {
			if (!(await send([{ kind: "set_status", status: "off" }]))) return;
			await new Promise<void>((resolve) => app.clock.after(FLUSH_MS, resolve));
			if (await send([{ kind: "set_status", status: "on" }])) {
				notices.say(texts.value.project.flushed, "good");
			}
		},
		remove: async (selection) => {
			const change = removal(selection);
			if (change === undefined) return false;
			const what = await described([change], project);
			const answer = await project.change([change]);
			if (!answer.ok) {
				notices.say(refusalText(answer), "bad");
				return false;
			}
			const { inverse } = answer.body;
			notices.say(what, "info", {
				text: texts.value.project.undo,
				run: () => void send(inverse),
			});
			return true;
		},
		exportFile: async (isBundle) => {
			const later = await import("./export-file.ts").catch(() => undefined);
			if (later === undefined) return notices.say(texts.value.project.noContact, "bad");
			await later.exportFile(app, project, isBundle, save);
		},
	};
}

/** What changes did; words and names are loaded with the first. */
async function described(changes: readonly Change[], project: OpenProject): Promise<string> {
	try {
		const [{ describeChanges }] = await Promise.all([import("./describe.ts"), loadTexts("later")]);
		return describeChanges(changes, project);
	} catch {
		return "…";
	}
}

/** What takes a selected part away; undefined: it is none. */
export function removal(selection: Selection): Change | undefined {
	switch (selection.kind) {
		case "block":
			return { kind: "remove_block", do_id: selection.id };
		case "join":
			return { kind: "remove_join", na_id: selection.id };
		case "wire":
			return { kind: "remove_link", na_id: selection.id, dfo_id: selection.dfoId };
		default:
			return undefined;
	}
}

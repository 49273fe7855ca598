import type { ReadonlySignal } from "@preact/signals";
import type { Change } from "../../../contract/mod.ts";
import type { App } from "../app-context.ts";
import type { OpenProject } from "../project/open-project.ts";
import type { Selection } from "../routes.ts";
import type { Refusal } from "../server/ask.ts";
import { texts } from "../texts/texts.ts";
import type { FunctionLists } from "./function-lists.ts";
import type { RecentSamples, Stage } from "./recent-samples.ts";

/** A function to open in the editor. */
export interface FunctionWish {
	/** Undefined: a new one. */
	readonly fnId: number | undefined;
	readonly stage: Stage;
	readonly parameterNames: readonly string[];
	readonly liveSamples: () => unknown[][];
	readonly onSaved: (fnId: number) => void;
}

/** What every part of the panel is given. */
export interface PanelContext {
	readonly app: App;
	readonly project: OpenProject;
	readonly canEdit: boolean;
	readonly onSelect: (selection: Selection | undefined) => void;
	/** Monotonic milliseconds, renewed every second: for ages of values. */
	readonly now: ReadonlySignal<number>;
	readonly openFunction: (wish: FunctionWish) => void;
}

/** A part that has functions to choose from, and values to try them with. */
export interface FunctionContext extends PanelContext {
	readonly functions: FunctionLists;
	readonly recent: RecentSamples;
}

/** Changes the project. @returns why nothing was changed, as a sentence; undefined: it was. */
export async function apply(
	{ project }: Pick<PanelContext, "project">,
	...changes: readonly Change[]
): Promise<string | undefined> {
	const answer = await project.change(changes);
	return answer.ok ? undefined : refusalOf(answer);
}

/** The same; a refusal is said, and so is what was done, with a button that takes exactly this back. @param done Is called afterwards. */
export async function applyAndSay(
	{ app: { notices }, project }: Pick<PanelContext, "app" | "project">,
	changes: readonly Change[],
	done?: () => string,
): Promise<boolean> {
	const answer = await project.change(changes);
	if (!answer.ok) notices.say(refusalOf(answer), "bad");
	else if (done !== undefined) {
		const { inverse } = answer.body;
		const takeBack = async () => {
			const refused = await apply({ project }, ...inverse);
			if (refused !== undefined) notices.say(refused, "bad");
		};
		notices.say(done(), "info", { text: texts.value.panel.undo, run: () => void takeBack() });
	}
	return answer.ok;
}

function refusalOf({ status, reason }: Refusal): string {
	const { unreachable, refused } = texts.value.panel;
	return status === 0 ? unreachable : refused(reason);
}

import type { Block, Change, FeatureType } from "../../../contract/mod.ts";
import type { App } from "../app-context.ts";
import { joinIn, type OpenProject } from "../project/open-project.ts";
import type { Selection } from "../routes.ts";
import { texts } from "../texts/texts.ts";
import { movedBefore, movedBy } from "./moves.ts";
import type { Names } from "./names.ts";

export interface EditsDeps {
	readonly app: Pick<App, "notices">;
	readonly project: OpenProject;
	readonly names: Names;
}

/** Changes made in the lanes; what is refused is said, and what is gone can be taken back. */
export class Edits {
	readonly #deps: EditsDeps;

	constructor(deps: EditsDeps) {
		this.#deps = deps;
	}

	/** @param done Said afterwards, with a way back. @returns what the server carried out; undefined: nothing. */
	async change(changes: readonly Change[], done?: string): Promise<readonly Change[] | undefined> {
		const { app, project } = this.#deps;
		const { lanes } = texts.value;
		const answer = await project.change(changes);
		if (!answer.ok) {
			app.notices.say(lanes.notDone(answer.reason), "bad");
			return undefined;
		}
		const { rev, inverse } = answer.body;
		const run = () => void this.#takeBack(rev, inverse);
		if (done !== undefined) app.notices.say(done, "info", { text: lanes.undo, run });
		return answer.body.changes;
	}

	/** Deletes a block or a join, the links of a port, or one link. @returns whether something was. */
	async remove(what: Selection): Promise<boolean> {
		const { project, names } = this.#deps;
		const { lanes } = texts.value;
		const document = project.document.peek();
		switch (what.kind) {
			case "block": {
				const block = document?.blocks.find(({ do_id }) => do_id === what.id);
				if (block === undefined) return false;
				return this.#did([{ kind: "remove_block", do_id: what.id }], lanes.removed(block.dm_name));
			}
			case "join": {
				const join = joinIn(document, what.id);
				if (join === undefined) return false;
				return this.#did([{ kind: "remove_join", na_id: what.id }], lanes.removed(join.na_name));
			}
			case "wire":
				return this.#unlink(what.dfoId, [what.id]);
			case "port":
				return this.#unlink(
					what.id,
					names.joinsOf(what.id).map(({ na_id }) => na_id),
				);
			case "log":
				return false;
		}
	}

	async unbind({ do_id, dm_name }: Block): Promise<void> {
		await this.change([{ kind: "unbind", do_id }], texts.value.lanes.unbound(dm_name));
	}

	async moveBy(doId: number, side: FeatureType, step: -1 | 1): Promise<void> {
		const change = movedBy(this.#blocks, doId, side, step);
		if (change !== undefined) await this.change([change]);
	}

	async moveBefore(doId: number, beforeId: number | undefined): Promise<void> {
		const change = movedBefore(this.#blocks, doId, beforeId);
		if (change !== undefined) await this.change([change]);
	}

	get #blocks(): readonly Block[] {
		return this.#deps.project.document.peek()?.blocks ?? [];
	}

	async #did(changes: readonly Change[], done: string): Promise<boolean> {
		return (await this.change(changes, done)) !== undefined;
	}

	async #unlink(dfoId: number, naIds: readonly number[]): Promise<boolean> {
		if (naIds.length === 0) return false;
		const name = this.#deps.names.of({ kind: "port", id: dfoId });
		const changes = naIds.map((na_id) => ({ kind: "remove_link" as const, na_id, dfo_id: dfoId }));
		return this.#did(changes, texts.value.lanes.unlinked(name));
	}

	/** As a step back where it is the last one, else as a change of its own. */
	async #takeBack(rev: number, inverse: readonly Change[]): Promise<void> {
		const { app, project } = this.#deps;
		const isLast = project.document.peek()?.rev === rev;
		const answer = await (isLast ? project.undo() : project.change(inverse));
		if (!answer.ok) app.notices.say(texts.value.lanes.notDone(answer.reason), "bad");
	}
}

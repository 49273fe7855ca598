import type { Join } from "../../../contract/mod.ts";
import { joinIn, type OpenProject, portOf } from "../project/open-project.ts";
import type { Selection } from "../routes.ts";
import { texts } from "../texts/texts.ts";
import { type End, type WireRef, wireKey } from "./model.ts";
import type { WireViews } from "./wire-view.ts";

/** What things in the lanes are called, and how they are now, in the reader's words. */
export class Names {
	readonly #project: OpenProject;
	readonly #views: WireViews;

	constructor(project: OpenProject, views: WireViews) {
		this.#project = project;
		this.#views = views;
	}

	joinsOf(dfoId: number): readonly Join[] {
		const joins = this.#project.document.peek()?.joins ?? [];
		return joins.filter(({ links }) => links.some(({ dfo_id }) => dfo_id === dfoId));
	}

	/** What an end is called. */
	of({ kind, id }: End): string {
		const document = this.#project.document.peek();
		if (kind === "join") return joinIn(document, id)?.na_name ?? "";
		return portOf(document, id)?.port.alias_name ?? "";
	}

	ofWire({ naId, dfoId }: Pick<WireRef, "naId" | "dfoId">): string {
		const [port, join] = [
			this.of({ kind: "port", id: dfoId }),
			this.of({ kind: "join", id: naId }),
		];
		return texts.value.lanes.wire(port, join);
	}

	/** How something is now, for a screen reader that is on it. */
	nowOf(what: Selection): string {
		const { lanes } = texts.value;
		switch (what.kind) {
			case "wire":
				return this.#wireNow(what.id, what.dfoId);
			case "port": {
				const [first, ...others] = this.joinsOf(what.id);
				if (first === undefined) return lanes.notLinked;
				const names = [first, ...others].map(({ na_name }) => na_name).join(lanes.and);
				return [lanes.isLinkedTo(names), this.#wireNow(first.na_id, what.id)].join(lanes.and);
			}
			case "join":
				return this.#project.valueOf(what.id, null).peek()?.value ?? lanes.noValue;
			default:
				return "";
		}
	}

	#wireNow(naId: number, dfoId: number): string {
		const { lanes } = texts.value;
		const state = this.#views.get(wireKey(naId, dfoId))?.state.peek() ?? "off";
		const value = this.#project.valueOf(naId, dfoId).peek()?.value ?? lanes.noValue;
		return lanes.now(value, lanes.states[state]);
	}
}

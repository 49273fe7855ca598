import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Block, Change, FeatureType, Join, ProjectDocument } from "../../../contract/mod.ts";
import type { App } from "../app-context.ts";
import { keepChoice, keptChoice } from "../kept.ts";
import { joinIn, type OpenProject, portOf } from "../project/open-project.ts";
import type { Selection } from "../routes.ts";
import { texts } from "../texts/texts.ts";
import { Connector, isSame } from "./connect.ts";
import { FeatureTypes } from "./feature-types.ts";
import { linkedTo, type Seed } from "./filter.ts";
import { FunctionNames } from "./function-names.ts";
import { type End, type WireRef, wireKey } from "./model.ts";
import { movedBefore, movedBy } from "./moves.ts";
import { WireViews } from "./wire-view.ts";

/** How many collapsed blocks a browser keeps in mind for a project. */
const MAX_KEPT = 500;

export interface LanesDeps {
	readonly app: App;
	readonly project: OpenProject;
	readonly onSelect: (selection: Selection | undefined) => void;
}

/** What the lanes show besides the document, and what can be done in them. */
export class LanesState {
	readonly app: App;
	readonly project: OpenProject;
	readonly select: LanesDeps["onSelect"];
	readonly selection: Signal<Selection | undefined> = signal();
	readonly collapsed: Signal<ReadonlySet<number>>;
	/** "Only what links to this"; undefined: all. */
	readonly seed: Signal<Seed | undefined> = signal();
	/** The block whose device is being chosen. */
	readonly choosing: Signal<number | undefined> = signal();
	/** Said to screen readers. */
	readonly said = signal("");
	/** There is no room for chips between the lanes. */
	readonly isNarrow = signal(false);
	/** The page's monotonic clock, every few seconds: by it values are old. */
	readonly beat: Signal<number>;
	readonly mayEdit: ReadonlySignal<boolean>;
	readonly connector: Connector;
	readonly views: WireViews;
	readonly functions: FunctionNames;
	readonly #types: FeatureTypes;
	readonly #kept: string;

	constructor({ app, project, onSelect }: LanesDeps) {
		this.app = app;
		this.project = project;
		this.select = onSelect;
		this.#kept = `iottalk-collapsed-${project.pId}`;
		this.collapsed = signal(idsIn(keptChoice(this.#kept)));
		this.beat = signal(app.clock.monotonic());
		this.mayEdit = computed(
			() => project.may.value !== "look" && project.contact.value.state !== "ended",
		);
		this.functions = new FunctionNames(app.ask);
		this.#types = new FeatureTypes(app.ask);
		this.views = new WireViews(this);
		this.connector = new Connector({
			document: project.document,
			joinName: (number) => texts.value.lanes.joinNumber(number),
			types: this.#types.known,
			connect: (changes) => void this.#connect(changes),
			refuse: (reason) => app.notices.say(texts.value.lanes.refused[reason], "bad"),
		});
	}

	get document(): ProjectDocument | undefined {
		return this.project.document.peek();
	}

	/** A tap or Enter on a port or a join: connects it, or shows what it is. */
	pick(end: End): void {
		if (!this.mayEdit.peek()) {
			this.select(end);
			return;
		}
		const wasConnecting = this.connector.from.peek() !== undefined;
		this.#learnTypes(end);
		this.connector.pick(end);
		const isFrom = this.connector.from.peek()?.id === end.id;
		if (!wasConnecting || isFrom) this.select(end);
	}

	/** A drag begins. */
	beginAt(end: End): void {
		this.#learnTypes(end);
		this.connector.begin(end);
	}

	/** The pointer or the focus has come to an end while something is connected. */
	hover(end: End | undefined): void {
		const { from, over } = this.connector;
		if (from.peek() === undefined || isSame(over.peek(), end)) return;
		if (end !== undefined) this.#learnTypes(end);
		over.value = end;
	}

	/** Lets what is selected be seen: it may be left out. */
	reveal(): void {
		const what = this.selection.peek();
		const seed = this.seed.peek();
		const { document } = this;
		if (what === undefined || seed === undefined || document === undefined) return;
		const { doIds, naIds } = linkedTo(document, seed);
		const block = what.kind === "port" ? portOf(document, what.id)?.block.do_id : idOf(what);
		const isShown =
			what.kind === "join" || what.kind === "wire"
				? naIds.has(what.id)
				: what.kind === "log" || (block !== undefined && doIds.has(block));
		if (!isShown) this.seed.value = undefined;
	}

	setCollapsed(doIds: readonly number[], isCollapsed: boolean): void {
		const ids = new Set(this.collapsed.peek());
		for (const id of doIds) {
			if (isCollapsed) ids.add(id);
			else ids.delete(id);
		}
		this.collapsed.value = ids;
		keepChoice(this.#kept, [...ids].slice(-MAX_KEPT).join(" "));
	}

	/** Sends changes and says what came of it. @returns what the server carried out; undefined: nothing. */
	async change(changes: readonly Change[], done?: string): Promise<readonly Change[] | undefined> {
		const { app, project } = this;
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

	/** Deletes what can be deleted; what is left has the focus. */
	async remove(what: Selection): Promise<void> {
		const { lanes } = texts.value;
		const { document } = this;
		switch (what.kind) {
			case "block": {
				const block = document?.blocks.find(({ do_id }) => do_id === what.id);
				if (block === undefined) return;
				await this.change([{ kind: "remove_block", do_id: what.id }], lanes.removed(block.dm_name));
				break;
			}
			case "join": {
				const join = joinIn(document, what.id);
				if (join === undefined) return;
				await this.change([{ kind: "remove_join", na_id: what.id }], lanes.removed(join.na_name));
				break;
			}
			case "wire":
				await this.#unlink(what.dfoId, [what.id]);
				break;
			case "port":
				await this.#unlink(
					what.id,
					this.joinsOf(what.id).map(({ na_id }) => na_id),
				);
				break;
			case "log":
				return;
		}
		// What is gone cannot be shown.
		if (JSON.stringify(this.selection.peek()) === JSON.stringify(what)) this.select(undefined);
	}

	async unbind({ do_id, dm_name }: Block): Promise<void> {
		await this.change([{ kind: "unbind", do_id }], texts.value.lanes.unbound(dm_name));
	}

	async moveBy(doId: number, side: FeatureType, step: -1 | 1): Promise<void> {
		const change = movedBy(this.document?.blocks ?? [], doId, side, step);
		if (change !== undefined) await this.change([change]);
	}

	async moveBefore(doId: number, beforeId: number | undefined): Promise<void> {
		const change = movedBefore(this.document?.blocks ?? [], doId, beforeId);
		if (change !== undefined) await this.change([change]);
	}

	joinsOf(dfoId: number): readonly Join[] {
		const joins = this.document?.joins ?? [];
		return joins.filter(({ links }) => links.some(({ dfo_id }) => dfo_id === dfoId));
	}

	/** What an end is called. */
	nameOf({ kind, id }: End): string {
		const { document } = this;
		if (kind === "join") return joinIn(document, id)?.na_name ?? "";
		return portOf(document, id)?.port.alias_name ?? "";
	}

	wireName({ naId, dfoId }: Pick<WireRef, "naId" | "dfoId">): string {
		const [port, join] = [
			this.nameOf({ kind: "port", id: dfoId }),
			this.nameOf({ kind: "join", id: naId }),
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
				const joins = this.joinsOf(what.id);
				if (joins.length === 0) return lanes.notLinked;
				const names = lanes.isLinkedTo(joins.map(({ na_name }) => na_name).join(lanes.and));
				return [names, this.#wireNow(joins[0]?.na_id ?? 0, what.id)].join(lanes.and);
			}
			case "join":
				return this.project.valueOf(what.id, null).peek()?.value ?? lanes.noValue;
			default:
				return "";
		}
	}

	#wireNow(naId: number, dfoId: number): string {
		const { lanes } = texts.value;
		const state = this.views.get(wireKey(naId, dfoId))?.state.peek() ?? "off";
		const value = this.project.valueOf(naId, dfoId).peek()?.value ?? lanes.noValue;
		return lanes.now(value, lanes.states[state]);
	}

	async #unlink(dfoId: number, naIds: readonly number[]): Promise<void> {
		if (naIds.length === 0) return;
		const name = this.nameOf({ kind: "port", id: dfoId });
		const changes = naIds.map((na_id) => ({ kind: "remove_link" as const, na_id, dfo_id: dfoId }));
		await this.change(changes, texts.value.lanes.unlinked(name));
	}

	async #connect(changes: readonly Change[]): Promise<void> {
		const done = await this.change(changes);
		const [first] = done ?? [];
		if (first === undefined) return;
		const naId =
			first.kind === "restore_join" ? first.join.na_id : "na_id" in first ? first.na_id : undefined;
		if (naId === undefined) return;
		batch(() => {
			const join = joinIn(this.document, naId);
			const names = join?.links.map(({ dfo_id }) => this.nameOf({ kind: "port", id: dfo_id }));
			if (join !== undefined && names !== undefined) {
				const { lanes } = texts.value;
				this.said.value = lanes.connected(names.join(lanes.and), join.na_name);
			}
			this.select({ kind: "join", id: naId });
		});
	}

	/** As a step back where it is the last one, else as a change of its own. */
	async #takeBack(rev: number, inverse: readonly Change[]): Promise<void> {
		const { app, project } = this;
		const isLast = this.document?.rev === rev;
		const answer = await (isLast ? project.undo() : project.change(inverse));
		if (!answer.ok) app.notices.say(texts.value.lanes.notDone(answer.reason), "bad");
	}

	#learnTypes({ kind, id }: End): void {
		if (kind !== "port") return;
		const place = portOf(this.document, id);
		if (place !== undefined) this.#types.learn(place.port.df_id);
	}
}

function idOf(what: Selection): number | undefined {
	return "id" in what ? what.id : undefined;
}

function idsIn(kept: string | null): ReadonlySet<number> {
	const ids = (kept ?? "").split(" ").map(Number);
	return new Set(ids.filter((id) => Number.isSafeInteger(id) && id > 0));
}

import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Change, ProjectDocument } from "../../../contract/mod.ts";
import type { App } from "../app-context.ts";
import { keepChoice, keptChoice } from "../kept.ts";
import { joinIn, type OpenProject, portOf } from "../project/open-project.ts";
import type { Selection } from "../routes.ts";
import { texts } from "../texts/texts.ts";
import { Connector, isSame } from "./connect.ts";
import { Edits } from "./edits.ts";
import { FeatureTypes } from "./feature-types.ts";
import { linkedTo, type Seed } from "./filter.ts";
import { FunctionNames } from "./function-names.ts";
import type { End } from "./model.ts";
import { Names } from "./names.ts";
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
	readonly names: Names;
	readonly edits: Edits;
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
		this.names = new Names(project, this.views);
		this.edits = new Edits({ app, project, names: this.names });
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

	/** Says a sentence to screen readers, also when it is the same again. */
	say(text: string): void {
		this.said.value = this.said.peek() === text ? `${text}\u00a0` : text;
	}

	/** Ends connecting from what was deleted meanwhile. */
	forgetGone(): void {
		const from = this.connector.from.peek();
		if (from === undefined) return;
		const isThere =
			from.kind === "join"
				? joinIn(this.document, from.id) !== undefined
				: portOf(this.document, from.id) !== undefined;
		if (!isThere) this.connector.cancel();
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

	/** Deletes what can be deleted; what is gone is not selected any more. */
	async remove(what: Selection): Promise<void> {
		if (!(await this.edits.remove(what))) return;
		if (JSON.stringify(this.selection.peek()) === JSON.stringify(what)) this.select(undefined);
	}

	async #connect(changes: readonly Change[]): Promise<void> {
		const done = await this.edits.change(changes);
		const [first] = done ?? [];
		if (first === undefined) return;
		const naId =
			first.kind === "restore_join" ? first.join.na_id : "na_id" in first ? first.na_id : undefined;
		if (naId === undefined) return;
		batch(() => {
			const join = joinIn(this.document, naId);
			const names = join?.links.map(({ dfo_id }) => this.names.of({ kind: "port", id: dfo_id }));
			if (join !== undefined && names !== undefined) {
				const { lanes } = texts.value;
				this.say(lanes.connected(names.join(lanes.and), join.na_name));
			}
			this.select({ kind: "join", id: naId });
		});
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

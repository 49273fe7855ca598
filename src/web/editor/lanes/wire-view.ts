import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { OpenProject } from "../project/open-project.ts";
import type { Selection } from "../routes.ts";
import { texts } from "../texts/texts.ts";
import type { WireRef } from "./model.ts";
import { shortValue, sparkline } from "./value-text.ts";
import { isAlive, type WireState, wireState } from "./wire-state.ts";

/** The box of a sparkline, pixels. */
export const SPARK_WIDTH = 60;
export const SPARK_HEIGHT = 8;
/** A value that came so long ago is shown as an old one. */
const QUIET_MS = 15_000;

export interface WireContext {
	readonly project: OpenProject;
	readonly selection: ReadonlySignal<Selection | undefined>;
	/** Milliseconds of the page's monotonic clock, every few seconds. */
	readonly beat: ReadonlySignal<number>;
}

/** What is drawn of one wire. While it is out of view, nothing of it follows the values. */
export class WireView {
	readonly ref: Signal<WireRef>;
	readonly isInView = signal(false);
	readonly state: ReadonlySignal<WireState>;
	/** Why nothing comes through, in the words of CSM or of Python. */
	readonly trouble: ReadonlySignal<string | undefined>;
	readonly text: ReadonlySignal<string>;
	/** Points of the sparkline; empty: there is none. */
	readonly points: ReadonlySignal<string>;
	readonly pathClass: ReadonlySignal<string>;
	readonly chipClass: ReadonlySignal<string>;
	readonly isHot: ReadonlySignal<boolean>;
	/** Set while they are drawn; places are written to them without drawing anything else again. */
	path: SVGPathElement | null = null;
	hit: SVGPathElement | null = null;
	chip: HTMLElement | null = null;
	/** Of the chip's middle and of the port, from the top of the lanes. */
	y = 0;
	portY = 0;

	constructor(ref: WireRef, context: WireContext) {
		const { project, selection, beat } = context;
		this.ref = signal(ref);
		const value = project.valueOf(ref.naId, ref.dfoId);
		this.state = computed(() => stateOf(this.ref.value, project));
		this.trouble = computed(() => {
			const { value: wire } = this.ref;
			if (this.state.value === "failed") {
				return project.linkOf(wire.naId, wire.dfoId).value?.reason ?? "";
			}
			return this.state.value === "broken"
				? project.failureOf(wire.naId, wire.dfoId).value?.reason
				: undefined;
		});
		this.text = computed(() => {
			if (!this.isInView.value) return "";
			return chipText(this.state.value, value.value?.value);
		});
		this.points = computed(() => {
			if (!this.isInView.value || !isAlive(this.state.value)) return "";
			return sparkline(value.value?.numbers ?? [], SPARK_WIDTH, SPARK_HEIGHT);
		});
		this.isHot = computed(() => isAbout(selection.value, this.ref.value));
		const isQuiet = computed(() => {
			if (!this.isInView.value) return false;
			return beat.value - (value.value?.at ?? Number.NEGATIVE_INFINITY) > QUIET_MS;
		});
		const classes = (base: string, more: () => string = () => "") =>
			computed(() => {
				const { side } = this.ref.value;
				const hot = this.isHot.value ? " lanes-hot" : "";
				const quiet = isQuiet.value ? " lanes-quiet" : "";
				return `${base} lanes-of-${side} lanes-is-${this.state.value}${hot}${quiet}${more()}`;
			});
		this.pathClass = classes("lanes-wire");
		this.chipClass = classes("lanes-chip", () =>
			this.points.value === "" ? "" : " lanes-has-spark",
		);
	}
}

function stateOf(wire: WireRef, project: OpenProject): WireState {
	const { naId, dfoId, block } = wire;
	const presences = block.bindings.map(({ mac_addr }) => project.presenceOf(mac_addr).value);
	const told = presences.filter((one) => one !== undefined);
	return wireState({
		contact: project.contact.value.state,
		isOn: project.document.value?.status === "on",
		isBound: block.bindings.length > 0,
		isOnline: told.length === 0 ? undefined : told.some(({ status }) => status === "online"),
		progress: project.linkOf(naId, dfoId).value?.state,
		hasFailure: project.failureOf(naId, dfoId).value !== undefined,
	});
}

function chipText(state: WireState, value: string | undefined): string {
	switch (state) {
		case "off":
		case "unbound":
			return "";
		case "away":
			return texts.value.lanes.offline;
		case "applying":
			return "…";
		case "failed":
		case "broken":
			return "!";
		default:
			return value === undefined ? "–" : shortValue(value);
	}
}

function isAbout(selection: Selection | undefined, { naId, dfoId, block }: WireRef): boolean {
	switch (selection?.kind) {
		case "join":
			return selection.id === naId;
		case "port":
			return selection.id === dfoId;
		case "wire":
			return selection.id === naId && selection.dfoId === dfoId;
		case "block":
			return selection.id === block.do_id;
		default:
			return false;
	}
}

/** The wires of a project by their keys; what stays keeps its view. */
export class WireViews {
	readonly #views = new Map<string, WireView>();
	readonly #context: WireContext;
	/** Counts up with each wire that comes or goes. */
	readonly #version = signal(0);

	constructor(context: WireContext) {
		this.#context = context;
	}

	/** Views of these wires, in their order; all others are forgotten. */
	sync(refs: readonly WireRef[]): readonly WireView[] {
		const keys = new Set(refs.map(({ key }) => key));
		const before = this.#views.size;
		for (const key of this.#views.keys()) if (!keys.has(key)) this.#views.delete(key);
		const isOther = this.#views.size < before || refs.some(({ key }) => !this.#views.has(key));
		const views: WireView[] = [];
		batch(() => {
			for (const ref of refs) {
				const known = this.#views.get(ref.key);
				const view = known ?? new WireView(ref, this.#context);
				if (known !== undefined && !isEqual(known.ref.peek(), ref)) known.ref.value = ref;
				this.#views.set(ref.key, view);
				views.push(view);
			}
			if (isOther) this.#version.value++;
		});
		return views;
	}

	/** A computation that reads it follows wires that come and go. */
	get(key: string): WireView | undefined {
		this.#version.value;
		return this.#views.get(key);
	}

	get all(): IterableIterator<WireView> {
		return this.#views.values();
	}
}

function isEqual(a: WireRef, b: WireRef): boolean {
	return a.block === b.block && a.port === b.port && a.hasFunction === b.hasFunction;
}

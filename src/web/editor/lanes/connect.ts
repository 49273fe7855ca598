import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { Block, Change, Port, ProjectDocument } from "../../../contract/mod.ts";
import { type End, portIndex } from "./model.ts";

/** Why two ends are not connected. */
export type Refused = "itself" | "same-side" | "two-joins" | "linked" | "tags" | "gone";

/** What works, but is rarely meant as it is. */
export type Warning =
	| { readonly kind: "types"; readonly from: string; readonly to: string }
	| { readonly kind: "counts"; readonly from: number; readonly to: number };

export type Plan =
	| { readonly ok: true; readonly changes: readonly Change[]; readonly warning?: Warning }
	| { readonly ok: false; readonly reason: Refused };

/** Types of a feature's parameters by `df_id`, as far as they are known. */
export type ParamTypes = ReadonlyMap<number, readonly string[]>;

interface Place {
	readonly block: Block;
	readonly port: Port;
}

/**
 * What connecting two ends means: an input and an output make a join, a port on a join is added to it. @param joinName
 * The name of a new join, by its number from 1.
 */
export function planConnection(
	document: ProjectDocument,
	[a, b]: readonly [End, End],
	joinName: (number: number) => string,
	types: ParamTypes = new Map(),
): Plan {
	const ports = portIndex(document);
	if (a.kind === "join" && b.kind === "join")
		return refused(a.id === b.id ? "itself" : "two-joins");
	if (a.kind === b.kind && a.id === b.id) return refused("itself");
	const places = [a, b].flatMap(({ kind, id }) => (kind === "port" ? (ports.get(id) ?? []) : []));
	const join = [a, b].find(({ kind }) => kind === "join");
	const [one, other] = places;
	if (join === undefined) {
		if (one === undefined || other === undefined) return refused("gone");
		return newJoin(document, [one, other], joinName, types);
	}
	const links = document.joins.find(({ na_id }) => na_id === join.id)?.links;
	if (one === undefined || links === undefined) return refused("gone");
	const { dfo_id } = one.port;
	if (links.some((link) => link.dfo_id === dfo_id)) return refused("linked");
	const there = links.flatMap((link) => ports.get(link.dfo_id) ?? []);
	if (there.some((place) => !sameTags(place, one))) return refused("tags");
	const changes: Change[] = [{ kind: "add_link", na_id: join.id, dfo_id }];
	const opposite = there.filter(({ port }) => port.df_type !== one.port.df_type);
	return allowed(changes, warningOf(one, opposite, types));
}

function newJoin(
	{ joins }: ProjectDocument,
	[one, other]: readonly [Place, Place],
	joinName: (number: number) => string,
	types: ParamTypes,
): Plan {
	if (one.port.df_type === other.port.df_type) return refused("same-side");
	if (!sameTags(one, other)) return refused("tags");
	const taken = new Set(joins.map(({ na_idx }) => na_idx));
	let na_idx = 0;
	while (taken.has(na_idx)) na_idx++;
	const [from, to] = one.port.df_type === "input" ? [one, other] : [other, one];
	const dfo_ids = [from.port.dfo_id, to.port.dfo_id];
	const changes: Change[] = [{ kind: "add_join", na_name: joinName(na_idx + 1), na_idx, dfo_ids }];
	return allowed(changes, warningOf(one, [other], types));
}

function refused(reason: Refused): Plan {
	return { ok: false, reason };
}

function allowed(changes: readonly Change[], warning: Warning | undefined): Plan {
	return { ok: true, changes, ...(warning !== undefined && { warning }) };
}

/** The server refuses features with different tags on one join. */
function sameTags(a: Place, b: Place): boolean {
	return a.port.tags.toSorted().join("\n") === b.port.tags.toSorted().join("\n");
}

function warningOf(one: Place, others: readonly Place[], types: ParamTypes): Warning | undefined {
	for (const other of others) {
		const [from, to] = one.port.df_type === "input" ? [one, other] : [other, one];
		const mixed = mixedTypes(types.get(from.port.df_id) ?? [], types.get(to.port.df_id) ?? []);
		if (mixed !== undefined) return { kind: "types", ...mixed };
		const counts = { from: from.port.param_no, to: to.port.param_no };
		if (counts.from !== counts.to) return { kind: "counts", ...counts };
	}
	return undefined;
}

/** Without a function an output's parameter i takes input i, or the last one (`ccm-gui.md §6.1`). */
function mixedTypes(from: readonly string[], to: readonly string[]) {
	for (const [index, wanted] of to.entries()) {
		const given = from[Math.min(index, from.length - 1)];
		if (given !== undefined && classOf(given) !== classOf(wanted))
			return { from: given, to: wanted };
	}
	return undefined;
}

function classOf(type: string): string {
	return /^(int|float|boolean)$/.test(type) ? "number" : type;
}

export interface ConnectorDeps {
	readonly document: ReadonlySignal<ProjectDocument | undefined>;
	readonly joinName: (number: number) => string;
	readonly types: ReadonlySignal<ParamTypes>;
	/** Carries a plan out. */
	readonly connect: (changes: readonly Change[]) => void;
	readonly refuse: (reason: Refused) => void;
}

/** Connecting, by dragging or step by step: what it starts from, what it would end on, and what that means. */
export class Connector {
	/** Undefined: nothing is being connected. */
	readonly from = signal<End | undefined>();
	/** What the pointer or the focus is on. */
	readonly over = signal<End | undefined>();
	readonly plan: ReadonlySignal<Plan | undefined>;
	readonly #deps: ConnectorDeps;

	constructor(deps: ConnectorDeps) {
		this.#deps = deps;
		this.plan = computed(() => {
			const [from, over] = [this.from.value, this.over.value];
			if (from === undefined || over === undefined || isSame(from, over)) return undefined;
			return this.#planTo(from, over);
		});
	}

	/** A tap or Enter on a port or a join. @returns whether it was part of connecting, and not only a look at a join. */
	pick(end: End): boolean {
		const from = this.from.value;
		if (from === undefined) {
			if (end.kind === "join") return false;
			this.begin(end);
			return true;
		}
		if (isSame(from, end)) {
			this.cancel();
			return true;
		}
		const plan = this.#planTo(from, end);
		// The other port was meant to begin with.
		if (plan !== undefined && !plan.ok && plan.reason === "same-side") this.begin(end);
		else this.#carryOut(plan);
		return true;
	}

	begin(end: End): void {
		this.from.value = end;
		this.over.value = undefined;
	}

	/** The end of a drag. */
	drop(end: End | undefined): void {
		const from = this.from.value;
		if (from !== undefined && end !== undefined && !isSame(from, end)) {
			this.#carryOut(this.#planTo(from, end));
		}
		this.cancel();
	}

	cancel(): void {
		this.from.value = undefined;
		this.over.value = undefined;
	}

	#planTo(from: End, to: End): Plan | undefined {
		const document = this.#deps.document.value;
		if (document === undefined) return undefined;
		return planConnection(document, [from, to], this.#deps.joinName, this.#deps.types.value);
	}

	#carryOut(plan: Plan | undefined): void {
		if (plan === undefined) return;
		if (!plan.ok) {
			this.#deps.refuse(plan.reason);
			return;
		}
		this.cancel();
		this.#deps.connect(plan.changes);
	}
}

export function isSame(a: End | undefined, b: End | undefined): boolean {
	return a !== undefined && a.kind === b?.kind && a.id === b.id;
}

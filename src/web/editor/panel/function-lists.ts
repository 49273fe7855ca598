import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Ask } from "../app-context.ts";

/** A function, as lists have it. */
export interface FunctionItem {
	readonly fn_id: number;
	readonly fn_name: string;
	readonly is_protect: boolean;
}

type List = readonly FunctionItem[];

/** Functions one can choose in a project. */
export interface FunctionLists {
	/** Those of the reader and of the project's owner; undefined: not there yet. */
	readonly all: ReadonlySignal<List | undefined>;
	/** Why they could not be loaded. */
	readonly reason: ReadonlySignal<string | undefined>;
	/** Ids of those offered first, for a feature or (null) for joins. */
	offered(dfId: number | null): ReadonlySignal<ReadonlySet<number>>;
	/** Asks for all of them again, such as when one was made. */
	refresh(): void;
	/** @returns why it was refused. */
	offer(dfId: number | null, fnId: number, isOffered: boolean): Promise<string | undefined>;
}

const OFFERS = "api/v0/function";

/**
 * Loads lists, those that are offered when they are first needed.
 * @param naId Any join of the project, whose answer has the owner's functions too; undefined: there is nothing to choose.
 */
export function functionLists(ask: Ask, pId: number, naId: number | undefined): FunctionLists {
	const all = signal<List | undefined>(undefined);
	const reason = signal<string | undefined>(undefined);
	const offers = new Map<number | null, Signal<ReadonlySet<number>>>();
	const load = async () => {
		if (naId === undefined) return;
		const answer = await ask<{ readonly data: { readonly fn_list: List } }>(
			"GET",
			`api/v0/project/${pId}/na/${naId}`,
		);
		reason.value = answer.ok ? undefined : answer.reason;
		if (answer.ok) all.value = answer.body.data.fn_list;
	};
	const loadOffers = async (dfId: number | null) => {
		const place = dfId === null ? "networkapplication" : `devicefeature/${dfId}`;
		const answer = await ask<{ readonly fn_list: List }>("GET", `${OFFERS}/${place}`);
		const offered = offers.get(dfId);
		// Without them the functions are in one list.
		if (answer.ok && offered !== undefined) {
			offered.value = new Set(answer.body.fn_list.map(({ fn_id }) => fn_id));
		}
	};
	const offered = (dfId: number | null) => {
		const known = offers.get(dfId);
		if (known !== undefined) return known;
		const fresh = signal<ReadonlySet<number>>(new Set());
		offers.set(dfId, fresh);
		void loadOffers(dfId);
		return fresh;
	};
	const refresh = () => {
		void load();
		for (const dfId of offers.keys()) void loadOffers(dfId);
	};
	void load();
	return {
		...{ all, reason, offered, refresh },
		offer: async (dfId, fnId, isOffered) => {
			const path = `${OFFERS}/${fnId}/SDF${dfId === null ? "" : `/${dfId}`}`;
			const answer = await ask(isOffered ? "PUT" : "DELETE", path);
			if (answer.ok) await loadOffers(dfId);
			return answer.ok ? undefined : answer.reason;
		},
	};
}

import type { ReadonlySignal } from "@preact/signals";
import type {
	JoinProgressView,
	PresenceView,
	ProgressView,
	ProjectDocument,
} from "../../../contract/mod.ts";
import { Keyed } from "./keyed.ts";

/** How far links and joins have come, and which devices are online. */
export class Progress {
	readonly #presence = new Keyed<PresenceView>();
	readonly #links = new Keyed<ProgressView>();
	readonly #joins = new Keyed<ProgressView>();

	presenceOf(macAddr: string): ReadonlySignal<PresenceView | undefined> {
		return this.#presence.of(macAddr);
	}

	linkOf(naId: number, dfoId: number): ReadonlySignal<ProgressView | undefined> {
		return this.#links.of(`${naId}/${dfoId}`);
	}

	joinOf(naId: number): ReadonlySignal<ProgressView | undefined> {
		return this.#joins.of(`${naId}`);
	}

	/** The whole list again. */
	begin(presence: readonly PresenceView[], joins: readonly JoinProgressView[]): void {
		const devices = new Set(presence.map(({ mac_addr }) => mac_addr));
		this.#presence.keep((key) => devices.has(key));
		const ids = new Set(joins.map(({ na_id }) => `${na_id}`));
		this.#joins.keep((key) => ids.has(key));
		this.#links.keep((key) => ids.has(joinOf(key)));
		this.takePresence(presence);
		this.takeLinks(joins);
	}

	takePresence(presence: readonly PresenceView[]): void {
		for (const one of presence) this.#presence.set(one.mac_addr, one);
	}

	/** All links of these joins. */
	takeLinks(joins: readonly JoinProgressView[]): void {
		for (const { na_id, links, join } of joins) {
			const keys = new Set(links.map(({ dfo_id }) => `${na_id}/${dfo_id}`));
			this.#links.keep((key) => joinOf(key) !== `${na_id}` || keys.has(key));
			for (const { dfo_id, ...progress } of links) this.#links.set(`${na_id}/${dfo_id}`, progress);
			this.#joins.set(`${na_id}`, join ?? undefined);
		}
	}

	/** Forgets what is not in the document; a project that is off has no progress. */
	keep({ joins, status }: ProjectDocument): void {
		const on = status === "on" ? joins : [];
		const keys = new Set(
			on.flatMap(({ na_id, links }) => links.map(({ dfo_id }) => `${na_id}/${dfo_id}`)),
		);
		const ids = new Set(on.map(({ na_id }) => `${na_id}`));
		this.#links.keep((key) => keys.has(key));
		this.#joins.keep((key) => ids.has(key));
	}
}

function joinOf(key: string): string {
	return key.slice(0, key.indexOf("/"));
}

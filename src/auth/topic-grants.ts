import { downlinkOf, guiTopics, uplinkOf } from "../contract/mod.ts";
import { coversFilter, hasWildcard } from "../kit/mod.ts";
import { isUnrestricted, ownerOf, type Principal } from "./principal.ts";

/** A right on MQTT. */
export interface TopicGrant {
	readonly access: "publish" | "subscribe";
	/** Topics to publish to, or the widest filter to subscribe to; `+` and `#` are allowed in both. */
	readonly filter: string;
}

/** Hears that a grant was taken: subscriptions that rest on it are to end. */
export type GrantTakenListener = (owner: string, filter: string) => void;

/**
 * Which topics principals may publish and subscribe to (`csm.md §8`): all of them without restriction, those that
 * belong to a principal by its kind, and those it is granted while the server runs. Everything else is refused.
 */
export class TopicGrants {
	/** By owner, for each way of access. */
	readonly #granted = {
		publish: new Map<string, Filters>(),
		subscribe: new Map<string, Filters>(),
	};
	readonly #listeners: GrantTakenListener[] = [];

	/**
	 * Gives a right, from now on.
	 * @param owner As {@link ownerOf} names it; it need not be logged in. What is given twice has to be taken twice.
	 */
	give(owner: string, { access, filter }: TopicGrant): void {
		const index = this.#granted[access];
		const filters = index.get(owner) ?? new Filters();
		index.set(owner, filters);
		filters.add(filter);
	}

	/** Takes a right back, from now on; does nothing when there is none. */
	take(owner: string, { access, filter }: TopicGrant): void {
		const index = this.#granted[access];
		const filters = index.get(owner);
		if (filters?.delete(filter) !== true) return;
		if (filters.isEmpty) index.delete(owner);
		if (access === "subscribe") for (const listener of this.#listeners) listener(owner, filter);
	}

	/** Hears of every right to subscribe that is taken. */
	onTaken(listener: GrantTakenListener): void {
		this.#listeners.push(listener);
	}

	mayPublish(principal: Principal, topic: string): boolean {
		return this.#may(principal, "publish", topic);
	}

	/** A filter is allowed when all topics it stands for are: those of others must not be heard by a wildcard. */
	maySubscribe(principal: Principal, filter: string): boolean {
		return this.#may(principal, "subscribe", filter);
	}

	#may(principal: Principal, access: TopicGrant["access"], filter: string): boolean {
		if (isUnrestricted(principal)) return true;
		if (this.#granted[access].get(ownerOf(principal))?.covers(filter) === true) return true;
		return standingFilter(principal, access) === filter;
	}
}

/**
 * What a principal may use as long as its login holds: a device its control channels (`csm.md §3`), a page
 * its requests and answers (`ccm-gui.md §5`).
 */
function standingFilter(principal: Principal, access: TopicGrant["access"]): string | undefined {
	if (principal.kind === "page") {
		const { req, res } = guiTopics(principal.id);
		return access === "publish" ? req : res;
	}
	if (principal.kind !== "device") return undefined;
	return access === "publish" ? uplinkOf(principal.id) : downlinkOf(principal.id);
}

/** Filters of one owner, each with how often it was given. */
class Filters {
	readonly #counts = new Map<string, number>();
	#wildcards = 0;

	get isEmpty(): boolean {
		return this.#counts.size === 0;
	}

	add(filter: string): void {
		const count = this.#counts.get(filter) ?? 0;
		if (count === 0 && hasWildcard(filter)) this.#wildcards += 1;
		this.#counts.set(filter, count + 1);
	}

	/** @returns whether it is gone now. */
	delete(filter: string): boolean {
		const count = this.#counts.get(filter);
		if (count === undefined) return false;
		if (count > 1) {
			this.#counts.set(filter, count - 1);
			return false;
		}
		this.#counts.delete(filter);
		if (hasWildcard(filter)) this.#wildcards -= 1;
		return true;
	}

	covers(filter: string): boolean {
		if (this.#counts.has(filter)) return true;
		if (this.#wildcards === 0) return false;
		return [...this.#counts.keys()].some((given) => coversFilter(given, filter));
	}
}

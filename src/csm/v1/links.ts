import type { LinkKey } from "../../contract/mod.ts";
import type { SignalsPort } from "../graphs/changes.ts";

/**
 * Hears that a link of a device came, or (without a topic) went; what it returns is waited for before the request that
 * asked for the link is answered.
 */
export type LinkListener = (key: LinkKey, topic: string | undefined) => Promise<void> | undefined;

/** A link of a device. */
export interface OldLink {
	readonly key: LinkKey;
	readonly topic: string;
}

/** The links of all devices with their topics: those of the older protocol are told of theirs in a way of their own. */
export class OldLinks implements SignalsPort {
	/** Device → its links by mode and feature. */
	readonly #links = new Map<string, Map<string, OldLink>>();
	#listener: LinkListener = () => undefined;

	onChange(listener: LinkListener): void {
		this.#listener = listener;
	}

	/** Topic of a link; undefined: there is none. */
	topicOf(key: LinkKey): string | undefined {
		return this.#links.get(key.daId)?.get(portOf(key))?.topic;
	}

	/** All links of a device. */
	of(daId: string): OldLink[] {
		return [...(this.#links.get(daId)?.values() ?? [])];
	}

	async attach(key: LinkKey, topic: string): Promise<void> {
		this.restore(key, topic);
		await this.#listener(key, topic);
	}

	restore({ daId, mode, feature }: LinkKey, topic: string): void {
		const key = { daId, mode, feature };
		const links = this.#links.get(daId) ?? new Map<string, OldLink>();
		this.#links.set(daId, links.set(portOf(key), { key, topic }));
	}

	async detach(key: LinkKey): Promise<void> {
		const links = this.#links.get(key.daId);
		links?.delete(portOf(key));
		if (links?.size === 0) this.#links.delete(key.daId);
		await this.#listener(key, undefined);
	}
}

function portOf({ mode, feature }: LinkKey): string {
	return `${mode} ${feature}`;
}

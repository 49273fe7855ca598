import type { LinkGrants } from "../auth/mod.ts";
import type { LinkKey } from "../contract/mod.ts";
import type { SignalsPort } from "./graphs/changes.ts";

/** What follows from a link that comes or goes: the device may use its topic or no longer, and is told so. */
export class LinkEffects implements SignalsPort {
	readonly #grants: LinkGrants;
	readonly #signals: SignalsPort;

	constructor(grants: LinkGrants, signals: SignalsPort) {
		this.#grants = grants;
		this.#signals = signals;
	}

	/** The right comes before the device hears of it, and may use it at once. */
	attach(key: LinkKey, topic: string): Promise<void> {
		this.#grants.linked(key, topic);
		return this.#signals.attach(key, topic);
	}

	restore(key: LinkKey, topic: string): void {
		this.#grants.linked(key, topic);
		this.#signals.restore(key, topic);
	}

	detach(key: LinkKey): Promise<void> {
		this.#grants.unlinked(key);
		return this.#signals.detach(key);
	}
}

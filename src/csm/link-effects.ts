import type { LinkGrants } from "../auth/mod.ts";
import type { LinkKey } from "../contract/mod.ts";
import type { SignalsPort } from "./graphs/changes.ts";

/** What follows from a link that comes or goes: the device may use its topic or no longer, and is told so. */
export class LinkEffects implements SignalsPort {
	readonly #grants: LinkGrants;
	readonly #told: readonly SignalsPort[];

	/** @param told Those that tell devices, each in its way. */
	constructor(grants: LinkGrants, ...told: SignalsPort[]) {
		this.#grants = grants;
		this.#told = told;
	}

	/** The right comes before the device hears of it, and may use it at once. */
	async attach(key: LinkKey, topic: string): Promise<void> {
		this.#grants.linked(key, topic);
		await Promise.all(this.#told.map((one) => one.attach(key, topic)));
	}

	restore(key: LinkKey, topic: string): void {
		this.#grants.linked(key, topic);
		for (const one of this.#told) one.restore(key, topic);
	}

	async detach(key: LinkKey): Promise<void> {
		this.#grants.unlinked(key);
		await Promise.all(this.#told.map((one) => one.detach(key)));
	}

	/** Another node of a cluster grants devices their rights from now on. */
	forget(isGone: (daId: string) => boolean): void {
		this.#grants.forget(isGone);
	}
}

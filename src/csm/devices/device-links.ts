import { KeyedQueue, type Logger, messageOf } from "../../kit/mod.ts";
import type { SignalsPort } from "../graphs/changes.ts";
import type { LinkEffects } from "../link-effects.ts";
import type { Partitions } from "../partitions.ts";
import type { CsmStore } from "../store/csm-store.ts";
import type { Signals } from "./signals.ts";

export interface DeviceLinksDeps {
	readonly store: CsmStore;
	readonly partitions: Pick<Partitions, "onLinksChanged">;
	readonly signals: Pick<Signals, "linksOf" | "forget" | "repeat">;
	/** What follows from a link that comes or goes. */
	readonly effects: SignalsPort & Pick<LinkEffects, "forget">;
	readonly log: Logger;
}

/**
 * The links of a node's devices, in a cluster: their graphs may be other nodes', which tell that something has changed.
 * The database says what, so that it does not matter how often, or in which order, that is told.
 */
export class DeviceLinks {
	readonly #deps: DeviceLinksDeps;
	readonly #queue = new KeyedQueue();

	constructor(deps: DeviceLinksDeps) {
		this.#deps = deps;
	}

	/** Listens to what other nodes tell. */
	start(): void {
		this.#deps.partitions.onLinksChanged((daId) => this.#follow(daId));
	}

	/** Finishes what it has begun. */
	async stop(): Promise<void> {
		await this.#queue.idle();
	}

	/** Takes over devices, registered or not, with the links they have. @throws StorageError */
	async adopt(isOurs: (daId: string) => boolean): Promise<void> {
		for (const { key, topic } of await this.#deps.store.rows.links.topics()) {
			if (isOurs(key.daId)) this.#deps.effects.restore(key, topic);
		}
		// Of what was linked while they moved, no one may have told them.
		this.#deps.signals.repeat(isOurs);
	}

	/** Leaves devices to other nodes. */
	drop(isGone: (daId: string) => boolean): void {
		this.#deps.signals.forget(isGone);
		this.#deps.effects.forget(isGone);
	}

	#follow(daId: string): Promise<void> {
		return this.#queue.run(daId, async () => {
			const { store, signals, effects, log } = this.#deps;
			try {
				const now = await store.rows.links.topics(daId);
				const before = signals.linksOf(daId);
				const known = new Set(before.map(({ topic }) => topic));
				const wanted = new Set(now.map(({ topic }) => topic));
				for (const { key, topic } of before) if (!wanted.has(topic)) await effects.detach(key);
				for (const { key, topic } of now) if (!known.has(topic)) await effects.attach(key, topic);
			} catch (error) {
				log.warn("cannot look at the links of a device", { da_id: daId, reason: messageOf(error) });
			}
		});
	}
}

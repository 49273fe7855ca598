import { KeyedQueue, type Logger, messageOf } from "../../kit/mod.ts";
import type { SignalsPort } from "../graphs/changes.ts";
import type { LinkEffects } from "../link-effects.ts";
import type { Partitions } from "../partitions.ts";
import type { CsmStore } from "../store/csm-store.ts";
import type { Signals } from "./signals.ts";

/** One look at the links of a device. */
interface Look {
	readonly daId: string;
	/** Another node has the device by now. */
	isOver: boolean;
}

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
	/** Devices that are being looked at, by id. */
	readonly #looks = new Set<Look>();

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
		for (const look of this.#looks) look.isOver ||= isGone(look.daId);
		this.#deps.signals.forget(isGone);
		this.#deps.effects.forget(isGone);
	}

	#follow(daId: string): Promise<void> {
		const look = { daId, isOver: false };
		this.#looks.add(look);
		return this.#queue.run(daId, async () => {
			try {
				await this.#compare(look);
			} catch (error) {
				const fields = { da_id: daId, reason: messageOf(error) };
				this.#deps.log.warn("cannot look at the links of a device", fields);
			}
			this.#looks.delete(look);
		});
	}

	/** @throws StorageError */
	async #compare(look: Look): Promise<void> {
		const { store, signals, effects } = this.#deps;
		const now = await store.rows.links.topics(look.daId);
		const before = signals.linksOf(look.daId);
		const known = new Set(before.map(({ topic }) => topic));
		const wanted = new Set(now.map(({ topic }) => topic));
		for (const { key, topic } of before) {
			if (!look.isOver && !wanted.has(topic)) await effects.detach(key);
		}
		for (const { key, topic } of now) {
			if (!look.isOver && !known.has(topic)) await effects.attach(key, topic);
		}
	}
}

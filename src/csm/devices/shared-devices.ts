import type { StoredDevices, TopicGrant } from "../../auth/mod.ts";
import { type Clock, StorageError } from "../../kit/mod.ts";
import type { CsmRows } from "../store/csm-store.ts";

export interface SharedDevicesDeps {
	readonly rows: {
		readonly devices: Pick<CsmRows["devices"], "secretHashOf">;
		readonly links: Pick<CsmRows["links"], "hasTopic">;
	};
	readonly clock: Clock;
}

/** Questions that may wait for the database; further ones are refused. */
const MAX_WAITING = 1000;
/** Longer than a database that works takes, and shorter than brokers and devices wait. */
const ANSWER_MS = 5000;

/**
 * Devices of a cluster as its database knows them. What a node has it knows from memory; these are the others', which are
 * asked for when one of them logs in or uses a topic. Nothing is kept: a password or link that has ended is over on all nodes
 * at once, and a broker keeps answers by settings of its own.
 */
export class SharedDevices implements StoredDevices {
	readonly #deps: SharedDevicesDeps;
	#waiting = 0;

	constructor(deps: SharedDevicesDeps) {
		this.#deps = deps;
	}

	secretHashOf(daId: string): Promise<string | null | undefined> {
		return this.#ask(() => this.#deps.rows.devices.secretHashOf(daId));
	}

	mayUse(daId: string, { access, filter }: TopicGrant): Promise<boolean> {
		const mode = access === "publish" ? "idf" : "odf";
		return this.#ask(() => this.#deps.rows.links.hasTopic(daId, mode, filter));
	}

	/** @throws StorageError */
	async #ask<T>(question: () => Promise<T>): Promise<T> {
		if (this.#waiting >= MAX_WAITING) throw cannotRead("too many wait for its database");
		this.#waiting += 1;
		const { promise: late, reject } = Promise.withResolvers<never>();
		const cancel = this.#deps.clock.after(ANSWER_MS, () =>
			reject(cannotRead("its database does not answer")),
		);
		const answer = question().finally(() => {
			this.#waiting -= 1;
		});
		// What comes later is nobody's.
		answer.catch(() => {});
		try {
			return await Promise.race([answer, late]);
		} finally {
			cancel();
		}
	}
}

function cannotRead(reason: string): StorageError {
	return new StorageError(`the server cannot read this now: ${reason}`);
}

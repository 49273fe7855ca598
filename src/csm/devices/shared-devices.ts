import type { StoredDevices, TopicGrant } from "../../auth/mod.ts";
import { type Clock, LimitedQuestions } from "../../kit/mod.ts";
import type { CsmRows } from "../store/csm-store.ts";

export interface SharedDevicesDeps {
	readonly rows: {
		readonly devices: Pick<CsmRows["devices"], "secretHashOf">;
		readonly links: Pick<CsmRows["links"], "hasTopic">;
	};
	readonly clock: Clock;
}

/**
 * Devices of a cluster as its database knows them. What a node has it knows from memory; these are the others', which are
 * asked for when one of them logs in or uses a topic. Nothing is kept: a password or link that has ended is over on all nodes
 * at once, and a broker keeps answers by settings of its own.
 */
export class SharedDevices implements StoredDevices {
	readonly #deps: SharedDevicesDeps;
	readonly #questions: LimitedQuestions;

	constructor(deps: SharedDevicesDeps) {
		this.#deps = deps;
		this.#questions = new LimitedQuestions(deps.clock);
	}

	/** @throws StorageError */
	secretHashOf(daId: string): Promise<string | null | undefined> {
		return this.#questions.ask(() => this.#deps.rows.devices.secretHashOf(daId));
	}

	/** @throws StorageError */
	mayUse(daId: string, { access, filter }: TopicGrant): Promise<boolean> {
		const mode = access === "publish" ? "idf" : "odf";
		return this.#questions.ask(() => this.#deps.rows.links.hasTopic(daId, mode, filter));
	}
}

import type { LinkKey } from "../contract/mod.ts";
import type { SignalsPort } from "./graphs/changes.ts";
import type { Partitions } from "./partitions.ts";

/** Links of a node's graphs, in a cluster: their devices may be other nodes', which are told to look at them. */
export class SharedSignals implements SignalsPort {
	readonly #partitions: Pick<Partitions, "linksChanged">;

	constructor(partitions: Pick<Partitions, "linksChanged">) {
		this.#partitions = partitions;
	}

	attach(key: LinkKey): Promise<void> {
		return this.#partitions.linksChanged(key.daId);
	}

	/** What was told in vain, by a node that died just then, is told again. */
	restore(key: LinkKey): void {
		void this.#partitions.linksChanged(key.daId);
	}

	detach(key: LinkKey): Promise<void> {
		return this.#partitions.linksChanged(key.daId);
	}
}

import { type Clock, InputError } from "../../kit/mod.ts";
import { SharedRoom } from "../shared-room.ts";
import type { CsmRows } from "../store/csm-store.ts";
import type { LiveGraphs } from "./live-graphs.ts";

/** Room for another graph: beside those of this server, or of all nodes of a cluster. */
export class GraphRoom {
	readonly #limits: { readonly maxGraphs: number };
	readonly #graphs: Pick<LiveGraphs, "size">;
	readonly #shared: SharedRoom | undefined;

	/**
	 * @param limits Read each time: a reload of the configuration may change them.
	 * @param clock Of a node of a cluster.
	 */
	constructor(
		limits: { readonly maxGraphs: number },
		graphs: Pick<LiveGraphs, "size">,
		clock?: Pick<Clock, "now">,
	) {
		this.#limits = limits;
		this.#graphs = graphs;
		this.#shared = clock && new SharedRoom(clock);
	}

	/** @param rows Of the unit of work that adds it. @throws InputError when there is none. */
	async need({ graphs: rows }: CsmRows): Promise<void> {
		const { maxGraphs } = this.#limits;
		const isThere =
			this.#shared === undefined
				? this.#graphs.size < maxGraphs
				: await this.#shared.isThere(maxGraphs, () => rows.count());
		if (!isThere) throw new InputError(`too many graphs: ${maxGraphs} are attached already`);
	}
}

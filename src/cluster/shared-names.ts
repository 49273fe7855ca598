import { digestOfSource } from "../kit/mod.ts";
import type { SharedDatabase } from "../store/mod.ts";

/** $1 model, $2 its digest. A number that was given may not be stored yet, so the next one is behind it, for a minute. */
const NEXT = "SELECT cluster_next_number($1, $2)";

/** Numbers in the names that the server gives to devices (`csm.md §2.2`): no two nodes give the same. */
export class SharedNames {
	readonly #database: Pick<SharedDatabase, "ask">;

	constructor(database: Pick<SharedDatabase, "ask">) {
		this.#database = database;
	}

	/** A number for which no device has the name `NN.MODEL`, nor will get it from another node. @throws StorageError */
	async next(model: string): Promise<number> {
		const [[number] = []] = await this.#database.ask(NEXT, [model, digestOfSource(model)]);
		return Number(number);
	}
}

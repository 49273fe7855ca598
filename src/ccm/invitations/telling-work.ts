import { StorageError } from "../../kit/mod.ts";
import type { Call, ProjectNews } from "../service/operation.ts";
import type { CcmStore } from "../store/port.ts";

/** Who hears of what phones change. */
export interface Hearing {
	readonly store: CcmStore;
	/** Hears of projects that were changed, when that is kept. */
	readonly onChanged: (pId: number) => void;
	/** Hears what people who look at projects are to be told, when that is kept. */
	readonly onNews: (news: ProjectNews) => void;
}

/** A unit of work that is not a person's operation; what it has to tell is told when it is kept. */
export async function tellingWork<T>(
	{ store, onChanged, onNews }: Hearing,
	work: (call: Pick<Call, "tables" | "changed" | "tell">) => Promise<T>,
): Promise<T> {
	const changed = new Set<number>();
	const news: ProjectNews[] = [];
	try {
		const result = await store.write((tables) => {
			// It may be run again.
			changed.clear();
			news.length = 0;
			return work({ tables, changed: (pId) => changed.add(pId), tell: (one) => news.push(one) });
		});
		for (const one of news) onNews(one);
		for (const pId of changed) onChanged(pId);
		return result;
	} catch (error) {
		// What a disk did not confirm may be there anyway.
		if (error instanceof StorageError) for (const pId of changed) onChanged(pId);
		throw error;
	}
}

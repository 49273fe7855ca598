import type { GraphKey } from "../contract/mod.ts";
import type { Db } from "../store/mod.ts";

/** How work is divided among the nodes of a cluster; a server that is not one has all of it. */
export interface Partitions {
	/**
	 * Begins a change of graphs (`CLIENT/GRAPH`) or devices (their ids).
	 * @param db Of the unit of work.
	 * @param request Digest of the request of the first of them that asks for it, kept for {@link wasDone}; null: it is the
	 * graph's last one. Undefined: none does.
	 * @throws StorageError when it is not this node's to make.
	 */
	fence(db: Db, changed: readonly string[], request?: string | null): Promise<void>;
	/** Whether a graph, device or client is this node's, and is not being left to another one. */
	isOurs(key: string): boolean;
	/** Whether a request was the last one that changed a graph. @throws StorageError */
	wasDone(graph: string, request: string): Promise<boolean>;
	/** A number greater than all before, whichever node it was given to. @throws StorageError */
	nextLinkId(): Promise<number>;
	/** The topic of a graph's new input, for its data. @param id A UUID of its own. */
	inputTopic(graph: string, id: string): string;
	/** Has the node of a device look at its links again; never rejects. */
	linksChanged(daId: string): Promise<void>;
	/** Hears that the links of a device of this node may have changed. @param look Never rejects. */
	onLinksChanged(look: (daId: string) => Promise<void>): void;
	/** Has the node of a graph detach it; resolves when the broker knows. */
	detachGraph(key: GraphKey): Promise<void>;
	/** Hears that a graph of this node is to be detached. @param detach Never rejects; false: the next node has to do it. */
	onDetachGraph(detach: (key: GraphKey) => Promise<boolean>): void;
}

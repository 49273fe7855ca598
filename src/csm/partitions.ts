import type { GraphKey } from "../contract/mod.ts";
import type { Handed } from "../mqtt/mod.ts";
import type { Db } from "../store/mod.ts";

/** A request that the router of a cluster has handed on. */
export interface HandedRequest {
	/** A graph (`CLIENT/GRAPH`), or the client where it is not about one. */
	readonly key: string;
	/** Of its topic and text. */
	readonly digest: string;
	readonly handed: Handed;
}

/** How a request was answered. */
export interface Answered {
	/** Undefined: it was not kept, since it was sent or is made again. */
	readonly reply: string | undefined;
	/** Whether the broker has it from this node. */
	readonly isSent: boolean;
}

/** A change of what is a node's, from when it was decided until it has ended. */
export interface SharedChange {
	/**
	 * Begins its unit of work.
	 * @param db Of the unit of work.
	 * @throws StorageError when a lease of then is not this node's any more, also where it has a later one.
	 */
	fence(db: Db): Promise<void>;
	/** It is in effect, or undone. What it has changed may be left to another node from now on. */
	end(): void;
}

/** How work is divided among the nodes of a cluster; a server that is not one has all of it. */
export interface Partitions {
	/**
	 * A change of graphs (`CLIENT/GRAPH`), devices (their ids) or clients is decided, under the leases that they have now.
	 * @param isInMemory Whether something follows from it in memory.
	 * @param answer To the request that asks for it, of one of them: stored as well, for {@link answerTo}.
	 * @throws ElsewhereError when it is not this node's to make.
	 */
	begin(
		changed: readonly string[],
		isInMemory: boolean,
		answer?: { readonly request: HandedRequest; readonly reply: string },
	): SharedChange;
	/** Whether a request is this node's to answer still; if not, the one whose it is gets it as well. */
	isCurrent(request: HandedRequest): boolean;
	/** How a request was answered when it came before, to this node or another; undefined: it is new. */
	answerTo(request: HandedRequest): Answered | undefined;
	/** A request was answered, and may come again. */
	answered(request: HandedRequest, answered: Answered): void;
	/** Whether a graph, device or client is this node's, and is not being left to another one. */
	isOurs(key: string): boolean;
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

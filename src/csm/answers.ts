import { digestOfSource, ElsewhereError, type Logger, messageOf } from "../kit/mod.ts";
import type { Handed } from "../mqtt/mod.ts";
import type { Answered, Partitions } from "./partitions.ts";
import type { Answering, CsmStore } from "./store/csm-store.ts";

/** A request by its topic and text, and whose it is. */
interface Asked {
	/** A graph (`CLIENT/GRAPH`), or the client where it is not about one. */
	readonly key: string;
	readonly topic: string;
	readonly text: string | undefined;
	readonly handed: Handed | undefined;
}

export interface AnswersDeps {
	readonly store: CsmStore;
	readonly partitions: Pick<Partitions, "isCurrent" | "isOurs" | "answerTo" | "answered">;
	readonly log: Logger;
}

/**
 * Answers to requests in a cluster, where each may come again: its router or the node that carried it out died before
 * it could acknowledge it. Each is stored before it is sent, and with what the request has changed where it has changed
 * something. So the same request is not carried out again, and gets the same answer.
 */
export class Answers {
	readonly #deps: AnswersDeps;

	constructor(deps: AnswersDeps) {
		this.#deps = deps;
	}

	/** A request begins. @returns undefined: it cannot come again. */
	begin({ key, topic, text = "", handed }: Asked): Answering | undefined {
		if (handed === undefined) return undefined;
		const digest = digestOfSource(`${topic} ${text}`);
		return { request: { key, digest, handed }, stored: undefined };
	}

	/** Whether it is this node's to answer still; if not, the one whose it is gets it as well. */
	isCurrent({ request }: Answering): boolean {
		return this.#deps.partitions.isCurrent(request);
	}

	/** Whether it stays this node's: a partition that is being left to another one is gone before the request comes again. */
	isKept({ request }: Answering): boolean {
		const { partitions } = this.#deps;
		return partitions.isCurrent(request) && partitions.isOurs(request.key);
	}

	/** How it was answered before; undefined: it is new. */
	before({ request }: Answering): Answered | undefined {
		return this.#deps.partitions.answerTo(request);
	}

	/**
	 * Stores an answer, unless it is already; where that fails it is sent nevertheless.
	 * @throws ElsewhereError when another node has to answer, which gets the request as well.
	 */
	async keep(answering: Answering, reply: string): Promise<void> {
		const { store, log } = this.#deps;
		const { request, stored } = answering;
		if (stored === reply) return;
		try {
			await store.write(() => {}, {}, [request.key], { to: answering, reply });
		} catch (error) {
			// What has changed stays so, whichever node has it now.
			if (error instanceof ElsewhereError && stored === undefined) throw error;
			log.debug("cannot store an answer", { key: request.key, reason: messageOf(error) });
		}
	}

	/** It was answered. @param reply Undefined: it is made again where it is asked for again. */
	end({ request }: Answering, reply: string | undefined, isSent: boolean): void {
		this.#deps.partitions.answered(request, { reply: isSent ? undefined : reply, isSent });
	}
}

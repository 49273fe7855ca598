import { readNothing } from "./answers.ts";
import type { Engine, EngineEvents } from "./engine-process.ts";
import type { EngineRequest } from "./protocol.ts";

/** Starts an engine process. */
export type Launch = (events: EngineEvents) => Engine;

/** A request the engine has been sent, or is about to be. */
export interface Task {
	readonly request: EngineRequest;
	/**
	 * Takes an answer.
	 * @returns true when no further one belongs to this request.
	 * @throws InvariantError when the answer makes no sense; the engine is replaced then.
	 */
	take(text: string): boolean;
	/**
	 * The engine is gone before the (last) answer.
	 * @param wasHead Whether it was working on this request, and ended over it.
	 */
	lost(reason: string, wasHead: boolean): void;
}

export interface SupervisorEvents {
	/**
	 * A new engine is there, and knows nothing yet.
	 * @param replaced Why its predecessor was replaced; undefined for the first one.
	 */
	onReady: (replaced: string | undefined) => void;
	/** An engine was launched; `onReady` or `onFailedStart` follows. */
	onStarting: () => void;
	/** An answer has come. */
	onProgress: () => void;
	/** No engine could be started, or it ended before it was ready; another one is started after a pause. */
	onFailedStart: (reason: string) => void;
}

/** A request whose answer tells nothing; a later engine is told by other means. */
export function change(ask: EngineRequest["ask"], value: unknown): Task {
	const take = (text: string) => {
		readNothing(text);
		return true;
	};
	return { request: { ask, text: JSON.stringify(value) }, take, lost: () => {} };
}

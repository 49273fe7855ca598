import type { Logger } from "../../kit/mod.ts";
import { readPrepared } from "./answers.ts";
import type { EngineSupervisor } from "./engine-supervisor.ts";
import { change } from "./task.ts";
import type { WantedState } from "./wanted-state.ts";

/** Tells an engine which functions and graphs it is to have, and takes its verdicts on functions. */
export class FunctionSetup {
	readonly #wanted: WantedState;
	readonly #engine: Pick<EngineSupervisor, "send">;
	readonly #log: Logger;

	constructor(wanted: WantedState, engine: Pick<EngineSupervisor, "send">, log: Logger) {
		this.#wanted = wanted;
		this.#engine = engine;
		this.#log = log;
	}

	/** Tells a new engine everything. @param onSettled Called when it has the last graph, at once if there is none. */
	tellAll(onSettled: () => void = () => {}): void {
		for (const [index, handle] of this.#wanted.handles.entries()) this.tell(handle, index === 0);
		const tasks = [...this.#wanted.takeGraphs()].map((spec) => change("declare", spec));
		const last = tasks.pop();
		for (const task of tasks) this.#engine.send(task);
		if (last === undefined) {
			onSettled();
			return;
		}
		const take = (text: string) => {
			const isOver = last.take(text);
			onSettled();
			return isOver;
		};
		this.#engine.send({ ...last, take });
	}

	/**
	 * Has the engine make one function.
	 * @param isFirst Whether the engine has run nothing yet: if it ends, the function is to blame.
	 */
	tell(handle: number, isFirst: boolean): void {
		const request = this.#wanted.requestOf(handle);
		if (request === undefined) return;
		this.#engine.send({
			request: { ask: "prepare", text: JSON.stringify(request) },
			take: (text) => {
				this.#judge(handle, readPrepared(text));
				return true;
			},
			lost: (reason, wasHead) => {
				if (!wasHead) return;
				if (!isFirst) return this.#wanted.suspect(handle);
				this.#wanted.break(handle, reason);
				this.#judge(handle, reason);
			},
		});
	}

	#judge(handle: number, reason: string | null): void {
		const digest = this.#wanted.judge(handle, reason);
		if (digest === undefined) return;
		this.#log.warn("function failed in the new engine", { digest, reason });
	}
}

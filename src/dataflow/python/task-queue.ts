import { InvariantError } from "../../kit/mod.ts";
import type { EngineReply } from "./protocol.ts";
import type { Task } from "./task.ts";

/** Requests an engine has been sent and has not answered, oldest first: it works on the first. */
export class TaskQueue {
	#tasks: Task[] = [];

	get isEmpty(): boolean {
		return this.#tasks.length === 0;
	}

	/** What the engine is asked for at the moment; undefined while it rests. */
	get current(): Task["request"]["ask"] | undefined {
		return this.#tasks[0]?.request.ask;
	}

	add(task: Task): void {
		this.#tasks.push(task);
	}

	/**
	 * Gives an answer to the request it belongs to.
	 * @throws InvariantError when it belongs to none, or makes no sense to it.
	 */
	answer({ answer, text }: Exclude<EngineReply, { answer: "ready" }>): void {
		const [task] = this.#tasks;
		if (task === undefined) throw new InvariantError("it answered without being asked");
		const expected = task.request.ask === "batch" ? "slice" : "done";
		if (answer !== expected) throw new InvariantError("it answered out of turn");
		if (task.take(text)) this.#tasks.shift();
	}

	/**
	 * Tells every request that the engine is gone, the newest first: what they put back at the front of a queue
	 * ends up in its order.
	 * @param isToBlame Whether the engine ended over the request it worked on.
	 */
	lose(reason: string, isToBlame: boolean): void {
		const lost = this.#tasks;
		this.#tasks = [];
		for (const [index, task] of [...lost.entries()].reverse()) {
			task.lost(reason, index === 0 && isToBlame);
		}
	}
}

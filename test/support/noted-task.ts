import type { Task } from "../../src/dataflow/python/task.ts";

/** A task of the engine that notes in `events` what becomes of it; done after so many answers. */
export function notedTask(
	events: string[],
	name: string,
	ask: Task["request"]["ask"] = "prepare",
	answers = 1,
): Task {
	let left = answers;
	return {
		request: { ask, text: name },
		take: (text) => {
			events.push(`${name} ${text}`);
			left -= 1;
			return left === 0;
		},
		lost: (reason, wasHead) =>
			events.push(`${name} lost ${wasHead ? "at work" : "waiting"}: ${reason}`),
	};
}

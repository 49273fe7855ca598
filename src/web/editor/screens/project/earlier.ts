import type { LogBegin } from "../../project/open-project.ts";

/** An operation of the server, as it keeps them for a project. */
export interface Operation {
	/** ISO 8601, UTC. */
	readonly at: string;
	readonly u_name: string;
	readonly operation: string;
	readonly details: Readonly<Record<string, string | number | boolean>>;
}

/** Those from before the log of this page, which tells the others itself. */
export function earlier(all: readonly Operation[], { rev, at }: LogBegin): Operation[] {
	return all.filter(({ at: done, details }) =>
		typeof details.rev === "number" ? details.rev <= rev : Date.parse(done) < at.getTime(),
	);
}

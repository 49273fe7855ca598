import type { ProjectDocument } from "../../contract/mod.ts";
import type { Clock } from "../../kit/mod.ts";
import type { GraphState } from "../reconciler/link-state.ts";
import type { Wish } from "../service/access.ts";
import type { Person } from "../service/operation.ts";
import type { GraphMonitors } from "./graph-monitors.ts";
import type { KnownDevice } from "./presence.ts";

/** A person who looks at a project. */
export interface Viewer {
	readonly person: Person;
	/** What the person may do; when that changes the stream ends, and a new one tells. */
	readonly right: Wish;
	/** Whether the login still holds. */
	stillMay(): boolean;
	/** The stream has ended. */
	left(): void;
}

export interface ProjectChannelDeps {
	readonly monitors: GraphMonitors;
	/** Devices CSM has, by id. */
	readonly devices: () => ReadonlyMap<string, KnownDevice>;
	/** States of the project's graphs. */
	readonly states: (pId: number) => readonly GraphState[];
	/** The project with its simulated devices bound. */
	readonly simulated: (project: ProjectDocument) => ProjectDocument;
	/** Whether it is known who may still listen; no, for moments, while accounts are read again. */
	readonly isSure: () => boolean;
	/** No one has looked for a while: it is of no use any more. */
	readonly onUnused: () => void;
	readonly clock: Clock;
}

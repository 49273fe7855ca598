import type { PersonView, ProjectEvents } from "../../contract/mod.ts";
import { eventText } from "../../http/mod.ts";
import type { Person } from "../service/operation.ts";

/** An event of a project, as text. */
export function eventOf<K extends keyof ProjectEvents>(name: K, data: ProjectEvents[K]): string {
	return eventText(name, JSON.stringify(data));
}

/** A person, as others see them. */
export function viewOf({ u_id, u_name }: Person): PersonView {
	return { u_id, u_name };
}

/** What is in a list now and was not before. */
export function newIn<T>(now: readonly T[], before: readonly T[]): T[] {
	const known = new Set(before.map((one) => JSON.stringify(one)));
	return now.filter((one) => !known.has(JSON.stringify(one)));
}

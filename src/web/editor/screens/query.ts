import type { App } from "../app-context.ts";
import type { Query } from "../routes.ts";

/** What the address says beside the screen. */
export function queryOf({ navigation }: Pick<App, "navigation">): Query {
	const place = navigation.place.value;
	return "query" in place && place.query !== undefined ? place.query : {};
}

/** A query with some of its entries changed; undefined or empty: without it. */
export function withQuery(
	query: Query,
	changes: Readonly<Record<string, string | undefined>>,
): Query {
	const all = Object.entries({ ...query, ...changes });
	return Object.fromEntries(
		all.flatMap(([key, value]) => (value === undefined || value === "" ? [] : [[key, value]])),
	);
}

/** Whether a text has all words of a search, in any order and case. */
export function hasWords(text: string, search: string): boolean {
	const lower = text.toLocaleLowerCase();
	return search
		.toLocaleLowerCase()
		.split(/\s+/)
		.every((word) => lower.includes(word));
}

import type { Sample } from "../project/open-project.ts";
import type { Column } from "./columns.ts";
import { elementsOf } from "./elements.ts";

/** How far back a monitor goes. */
export const MAX_AGE_MS = 10 * 60_000;
/** The server tells of values ten times a second at most: ten minutes of them. */
export const MAX_ROWS = 6000;

/** Texts of values, whole and one by one. */
interface Texts {
	readonly whole: string;
	readonly elements: readonly string[];
}

/** What came at one time. */
export interface Row {
	readonly at: Date;
	/** Of a crowd: the seat it came of. */
	readonly seat?: number;
	/** By feature; null is the join. */
	readonly values: ReadonlyMap<number | null, { readonly value: Texts; readonly input?: Texts }>;
}

/** What a join carried since its monitor was opened, the oldest first; bounded in time and number. */
export class Recording {
	#rows: Row[] = [];

	get rows(): readonly Row[] {
		return this.#rows;
	}

	/** Notes values that came together. @returns the rows that are new. */
	add(samples: readonly Sample[]): readonly Row[] {
		type Values = Map<number | null, { value: Texts; input?: Texts }>;
		const made: (Row & { readonly values: Values })[] = [];
		for (const { at, dfoId, value, input, seat } of samples) {
			let row = made.at(-1);
			// Two values of one place are of two messages, as are those of two members of a crowd.
			if (row === undefined || row.values.has(dfoId) || row.seat !== seat) {
				row = { at, values: new Map(), ...(seat !== undefined && { seat }) };
				made.push(row);
			}
			row.values.set(dfoId, {
				value: textsOf(value),
				...(input !== undefined && { input: textsOf(input) }),
			});
		}
		this.#rows.push(...made);
		this.#forget();
		return made;
	}

	clear(): void {
		this.#rows = [];
	}

	#forget(): void {
		const newest = this.#rows.at(-1);
		if (newest === undefined) return;
		const oldest = newest.at.getTime() - MAX_AGE_MS;
		const tooMany = this.#rows.length - MAX_ROWS;
		let gone = Math.max(0, tooMany);
		while ((this.#rows[gone]?.at.getTime() ?? oldest) < oldest) gone += 1;
		if (gone > 0) this.#rows.splice(0, gone);
	}
}

/** A row's text in a column; undefined: nothing came. */
export function cellOf(row: Row, { dfoId, from, index }: Column): string | undefined {
	if (from === "seat") return row.seat === undefined ? undefined : String(row.seat + 1);
	const { value, input } = row.values.get(dfoId) ?? {};
	const texts = from === "input" ? input : value;
	if (index !== null) return texts?.elements[index];
	// A list of one says no more than what is in it.
	return texts?.elements.length === 1 ? texts.elements[0] : texts?.whole;
}

function textsOf(json: string): Texts {
	return { whole: json, elements: elementsOf(json) };
}

import type { Column } from "./columns.ts";
import { cellOf, type Row } from "./recording.ts";

/** Rows that are shown; all of them are in the CSV. */
export const MAX_SHOWN = 100;

/**
 * Shows rows in a table's body, the newest first. Rows come ten times a second, so they are put there one by one, with
 * nothing else drawn again.
 */
export class RowsView {
	readonly #body: HTMLTableSectionElement;
	readonly #columns: readonly Column[];
	readonly #time: Intl.DateTimeFormat;

	constructor(body: HTMLTableSectionElement, columns: readonly Column[], lang: string) {
		this.#body = body;
		this.#columns = columns;
		this.#time = new Intl.DateTimeFormat(lang, {
			...{ hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" },
			fractionalSecondDigits: 3,
		});
	}

	/** Shows these rows in place of all others. */
	replace(rows: readonly Row[]): void {
		this.#body.replaceChildren();
		this.add(rows.slice(-MAX_SHOWN));
	}

	add(rows: readonly Row[]): void {
		for (const row of rows) this.#body.prepend(this.#made(row));
		while (this.#body.rows.length > MAX_SHOWN) this.#body.deleteRow(-1);
	}

	#made(row: Row): HTMLTableRowElement {
		const made = document.createElement("tr");
		const head = document.createElement("th");
		head.scope = "row";
		head.textContent = this.#time.format(row.at);
		made.append(head);
		for (const column of this.#columns) {
			const cell = made.insertCell();
			const text = cellOf(row, column) ?? "";
			cell.textContent = text;
			cell.title = text;
		}
		return made;
	}
}

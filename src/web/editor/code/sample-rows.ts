import { signal } from "@preact/signals";
import type { RowText } from "./drafts.ts";
import type { Pinned, Stage, Tried } from "./functions-server.ts";
import { exampleRow, MAX_ROWS, pinnedOf, readSample, sampleText } from "./try-rows.ts";

/** A row of the table; `id` for drawing. */
export interface Row extends RowText {
	readonly id: number;
	/** Of the source and the sample as they are now. */
	readonly tried?: Tried;
}

export interface SampleRowsOptions {
	readonly stage: Stage;
	/** Names of the values of the wire; empty where there is no wire. */
	readonly wire: readonly string[];
	/** Hears that the reader changed rows. */
	readonly onEdit: () => void;
}

/** The samples a function is tried with, some of them pinned with what must come out. */
export class SampleRows {
	readonly #options: SampleRowsOptions;
	#last = 0;
	readonly rows = signal<readonly Row[]>([]);

	constructor(options: SampleRowsOptions) {
		this.#options = options;
	}

	get pinned(): Pinned[] {
		return pinnedOf(this.rows.value, this.#options.stage);
	}

	/** For a draft. */
	get texts(): RowText[] {
		return this.rows.value.map(({ id: _, tried: __, ...row }) => row);
	}

	/** Shows these rows, or an example. */
	take(rows: readonly RowText[]): void {
		const shown = rows.length > 0 ? rows : [this.#example()];
		this.rows.value = shown.map((row) => this.#row(row));
	}

	add(): void {
		if (this.rows.value.length < MAX_ROWS) {
			this.#set([...this.rows.value, this.#row(this.#example())]);
		}
	}

	remove(id: number): void {
		this.#set(this.rows.value.filter((row) => row.id !== id));
	}

	edit(id: number, text: string): void {
		this.#change(id, ({ tried: _, ...row }) => ({ ...row, text }));
	}

	/** Says what must come out of a pinned row. */
	expect(id: number, expected: string): void {
		this.#change(id, (row) => ({ ...row, expected }));
	}

	/** Pins a row with what it gave, or takes its new result for right. */
	pin(id: number): void {
		this.#change(id, (row) =>
			row.tried === undefined || row.tried.error !== null
				? row
				: {
						...row,
						stage: row.stage ?? this.#options.stage,
						expected: sampleText(row.tried.result ?? null),
					},
		);
	}

	unpin(id: number): void {
		this.#change(id, ({ expected: _, stage: __, ...row }) => row);
	}

	/** Values of the wire in place of the rows that are not pinned. */
	useSamples(samples: readonly (readonly unknown[])[]): void {
		const pinned = this.rows.value.filter(isPinned);
		const room = Math.max(0, MAX_ROWS - pinned.length);
		const live = room === 0 ? [] : samples.slice(-room);
		this.#set([...pinned, ...live.map((sample) => this.#row({ text: sampleText(sample) }))]);
	}

	/** Rows that can be tried, by the stage they are for. */
	byStage(): Map<Stage, Row[]> {
		const read = this.rows.value.filter(({ text }) => readSample(text).ok);
		return Map.groupBy(read, ({ stage }) => stage ?? this.#options.stage);
	}

	/** Notes what came out, of rows that are still as they were. */
	note(rows: readonly Row[], tried: readonly Tried[]): void {
		const results = new Map(rows.map(({ id, text }, at) => [id, { text, tried: tried[at] }]));
		this.rows.value = this.rows.value.map((row) => {
			const result = results.get(row.id);
			return result?.tried === undefined || result.text !== row.text
				? row
				: { ...row, tried: result.tried };
		});
	}

	forgetResults(): void {
		this.rows.value = this.rows.value.map(({ tried: _, ...row }) => row);
	}

	get hasPinned(): boolean {
		return this.rows.value.some(isPinned);
	}

	/** Numbers, from 1, of pinned rows that cannot be read. */
	get unreadable(): number[] {
		return this.#numbers(
			(row) => isPinned(row) && !(readSample(row.text).ok && readSample(row.expected ?? "").ok),
		);
	}

	#numbers(isMeant: (row: Row) => boolean): number[] {
		return this.rows.value.flatMap((row, at) => (isMeant(row) ? [at + 1] : []));
	}

	#example(): RowText {
		const { stage, wire } = this.#options;
		return exampleRow(stage, wire.length);
	}

	#row(row: RowText): Row {
		this.#last += 1;
		return { ...row, id: this.#last };
	}

	#change(id: number, change: (row: Row) => Row): void {
		this.#set(this.rows.value.map((row) => (row.id === id ? change(row) : row)));
	}

	#set(rows: readonly Row[]): void {
		this.rows.value = rows;
		this.#options.onEdit();
	}
}

function isPinned({ expected }: RowText): boolean {
	return expected !== undefined;
}

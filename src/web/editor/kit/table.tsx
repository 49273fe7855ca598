import type { ComponentChildren } from "preact";
import "./table.css";

export interface Column<T> {
	readonly title: string;
	readonly cell: (row: T) => ComponentChildren;
	readonly kind?: "number" | "actions" | undefined;
}

export interface TableProps<T> {
	/** Read aloud before it. */
	readonly label: string;
	/** The first one names the row. */
	readonly columns: readonly Column<T>[];
	readonly rows: readonly T[];
	readonly keyOf: (row: T) => string | number;
}

/** Rows; on a narrow screen each becomes a card with the titles beside the values. */
export function Table<T>({ label, columns, rows, keyOf }: TableProps<T>) {
	return (
		<table class="kit-table">
			<caption class="kit-unseen">{label}</caption>
			<thead>
				<tr>
					{columns.map(({ title, kind }) => (
						<th key={title} scope="col" class={kind && `kit-${kind}`}>
							{title}
						</th>
					))}
				</tr>
			</thead>
			<tbody>
				{rows.map((row) => (
					<tr key={keyOf(row)}>
						{columns.map(({ title, cell, kind }, index) =>
							index === 0 ? (
								<th key={title} scope="row" class={kind && `kit-${kind}`}>
									{cell(row)}
								</th>
							) : (
								<td key={title} data-title={title} class={kind && `kit-${kind}`}>
									{cell(row)}
								</td>
							),
						)}
					</tr>
				))}
			</tbody>
		</table>
	);
}

import { getTableColumns } from "drizzle-orm";
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import { InvariantError } from "../kit/mod.ts";

const CHECKED = ["string", "number", "boolean"];

/**
 * What is wrong with a row that another program has stored past the rules of its table: NULL, a value of another type,
 * or one that is not of the column's list. Undefined: nothing is.
 */
export function brokenRule(
	columns: Readonly<Record<string, SQLiteColumn>>,
	row: Readonly<Record<string, unknown>>,
): string | undefined {
	for (const name in columns) {
		const column = columns[name];
		const problem = column && problemWith(column, row[name]);
		if (problem !== undefined) return `${name} ${problem}`;
	}
	return undefined;
}

/** @throws InvariantError when a row breaks a rule of its table. */
export function checkRow(table: SQLiteTable, row: Readonly<Record<string, unknown>>): void {
	const problem = brokenRule(getTableColumns(table), row);
	if (problem !== undefined) throw new InvariantError(`Stored ${problem}`);
}

function problemWith(
	{ notNull, dataType, enumValues }: SQLiteColumn,
	value: unknown,
): string | undefined {
	if (value === null) return notNull ? "is NULL" : undefined;
	if (CHECKED.includes(dataType) && typeof value !== dataType) {
		return `is of type ${typeof value}, not ${dataType}`;
	}
	if (enumValues === undefined || enumValues.some((known) => known === value)) return undefined;
	return `is none of ${enumValues.join(", ")}`;
}

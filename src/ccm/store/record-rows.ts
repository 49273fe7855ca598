import type { TSchema } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import {
	and,
	asc,
	eq,
	getTableColumns,
	getTableName,
	isNull,
	Param,
	type SQL,
	sql,
} from "drizzle-orm";
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import { InvariantError, messageOf } from "../../kit/mod.ts";
import { brokenRule, type Db, preparePut } from "../../store/mod.ts";
import { UnreadableRowError } from "./unreadable-row.ts";

/** How records of `port.ts` are rows of a table. */
export interface RecordTable {
	readonly table: SQLiteTable;
	/** Columns that tell a row from others. */
	readonly key: readonly string[];
	/** Column of the order; it is not part of the record unless it is the key. */
	readonly order: string;
	/** Shapes of the columns that are JSON. */
	readonly json?: Readonly<Record<string, TSchema>>;
	/** Puts right what is not worth losing a row for. */
	readonly mend?: (row: Values) => Values;
	/** What a list has in the place of a row that cannot be read; undefined: nothing. */
	readonly instead?: (row: Values) => Values | undefined;
}

/** Hears of rows that cannot be read. @param row Table and key. */
export type OnBadRow = (row: string, reason: string) => void;

type Values = Readonly<Record<string, unknown>>;
interface Statement {
	execute(values: Values): Promise<unknown> | unknown;
}

/**
 * The rows of a table as records whose keys are its columns. Writing methods belong inside a unit of work. A row that
 * cannot be read goes to `onBadRow`, and is left out of lists.
 */
export class RecordRows<T extends object> {
	readonly #db: Db;
	readonly #of: RecordTable;
	readonly #columns: Readonly<Record<string, SQLiteColumn>>;
	readonly #fields: Record<string, SQLiteColumn>;
	readonly #onBadRow: OnBadRow;
	readonly #selects = new Map<string, Statement>();
	#put: ((row: Record<string, unknown>) => Promise<void>) | undefined;

	/** @param only Columns to read; without them all that belong to the record. */
	constructor(
		db: Db,
		of: RecordTable,
		onBadRow: OnBadRow,
		only?: Readonly<Record<string, SQLiteColumn>>,
	) {
		this.#db = db;
		this.#of = of;
		this.#columns = getTableColumns(of.table);
		const isOwn = of.key.includes(of.order);
		const fields = Object.entries(only ?? this.#columns);
		this.#fields = Object.fromEntries(fields.filter(([name]) => isOwn || name !== of.order));
		this.#onBadRow = onBadRow;
	}

	/** The record with these values. @throws UnreadableRowError when its row cannot be read. */
	async get(where: Partial<T>): Promise<T | undefined> {
		const [row] = await this.#select(where);
		if (row === undefined) return undefined;
		try {
			return this.#read(row);
		} catch (error) {
			this.#onBadRow(this.#nameOf(row), messageOf(error));
			throw error;
		}
	}

	/** Records with these values, in the table's order. */
	async list(where: Partial<T> = {}): Promise<T[]> {
		const rows = await this.#select(where);
		return rows.flatMap((row) => {
			try {
				return [this.#read(row)];
			} catch (error) {
				this.#onBadRow(this.#nameOf(row), messageOf(error));
				const instead = this.#of.instead?.(row);
				return instead === undefined ? [] : [instead as T];
			}
		});
	}

	/** Stores a record, in the place of the one with its key. */
	async put(record: T): Promise<void> {
		const { table, key } = this.#of;
		this.#put ??= preparePut(
			this.#db,
			table,
			key.map((name) => this.#column(name)),
		);
		await this.#put(this.#stored(record));
	}

	/** Adds a row; where its key is the order it must be new. */
	async add(record: T): Promise<void> {
		await this.#db.insert(this.#of.table).values(this.#stored(record));
	}

	/** Removes all rows with these values, those that cannot be read as well. */
	async remove(where: Partial<T>): Promise<void> {
		const conditions = Object.entries(where).map(([name, value]) =>
			value === null ? isNull(this.#column(name)) : eq(this.#column(name), value),
		);
		await this.#db.delete(this.#of.table).where(and(...conditions));
	}

	async #select(where: Partial<T>): Promise<Values[]> {
		const signature = Object.entries(where)
			.map(([name, value]) => `${name} ${value === null}`)
			.join();
		const known = this.#selects.get(signature) ?? this.#prepare(where);
		this.#selects.set(signature, known);
		return (await known.execute({ ...where })) as Values[];
	}

	#prepare(where: Partial<T>): Statement {
		const conditions = Object.entries(where).map(([name, value]): SQL => {
			const column = this.#column(name);
			if (value === null) return isNull(column);
			return sql`${column} = ${new Param(sql.placeholder(name), column)}`;
		});
		return this.#db
			.select(this.#fields)
			.from(this.#of.table)
			.where(and(...conditions))
			.orderBy(asc(this.#column(this.#of.order)))
			.prepare();
	}

	#read(stored: Values): T {
		const row = this.#of.mend?.(stored) ?? stored;
		const problem = brokenRule(this.#fields, row);
		if (problem !== undefined) {
			throw new UnreadableRowError(`Stored row ${this.#nameOf(row)}: ${problem}`);
		}
		const read: Record<string, unknown> = { ...row };
		for (const [name, schema] of Object.entries(this.#of.json ?? {})) {
			read[name] = this.#parse(schema, read[name], () => `${this.#nameOf(row)}: ${name}`);
		}
		return read as T;
	}

	#parse(schema: TSchema, text: unknown, what: () => string): unknown {
		let value: unknown;
		try {
			value = JSON.parse(String(text));
		} catch {
			throw new UnreadableRowError(`Stored row ${what()} is not JSON`);
		}
		if (Value.Check(schema, value)) return value;
		const { path = "", message = "" } = Value.Errors(schema, value).First() ?? {};
		throw new UnreadableRowError(`Stored row ${what()}${path}: ${message}`);
	}

	#stored(record: T): Record<string, unknown> {
		const row: Record<string, unknown> = Object.fromEntries(Object.entries(record));
		for (const name of Object.keys(this.#of.json ?? {})) row[name] = JSON.stringify(row[name]);
		return row;
	}

	#nameOf(row: Values): string {
		const key = this.#of.key.map((name) => `${name} ${row[name]}`);
		return `${getTableName(this.#of.table)} ${key.join(", ")}`;
	}

	#column(name: string): SQLiteColumn {
		const column = this.#columns[name];
		if (column !== undefined) return column;
		throw new InvariantError(`${getTableName(this.#of.table)} has no column ${name}`);
	}
}

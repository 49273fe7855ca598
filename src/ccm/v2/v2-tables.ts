// The database of the original's project manager (`ccm-gui.md §2`), as far as it is imported.
import { type Static, type TProperties, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { InputError } from "../../kit/mod.ts";

const Id = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const IdOrNull = Type.Union([Id, Type.Null()]);
const Text = Type.String();
const TextOrNull = Type.Union([Text, Type.Null()]);
/** Any number: SQLite keeps booleans as such. */
const Flag = Type.Union([Type.Number(), Type.Null()]);

/** Columns by table; the first one orders the rows. */
const TABLES = {
	User: { u_id: Id, u_name: Text, is_admin: Flag, is_deleted: Flag, created_at: TextOrNull },
	Unit: { unit_id: Id, unit_name: Text },
	Tag: { tag_id: Id, tag_name: Text, param_no: Id },
	Function: { fn_id: Id, fn_name: Text, is_protect: Flag },
	FunctionVersion: { fnvt_idx: Id, fn_id: Id, u_id: IdOrNull, date: Text, code: Text },
	FunctionSDF: { fnsdf_id: Id, fn_id: Id, u_id: IdOrNull, df_id: IdOrNull, display: Flag },
	DeviceFeature: {
		...{ df_id: Id, df_name: Text, df_type: Text, df_category: Text, param_no: Id },
		comment: TextOrNull,
	},
	DeviceModel: { dm_id: Id, dm_name: Text, plural: Flag, device_only: Flag },
	DM_DF: { mf_id: Id, dm_id: Id, df_id: Id },
	DM_DF_Tag: { mft_id: Id, mf_id: Id, tag_id: Id },
	DF_Parameter: {
		...{ dfp_id: Id, df_id: IdOrNull, mf_id: IdOrNull, u_id: IdOrNull, param_i: Id },
		...{
			param_type: Text,
			idf_type: Text,
			fn_id: IdOrNull,
			min: Type.Number(),
			max: Type.Number(),
		},
		...{ normalization: Flag, unit_id: Id },
	},
	Device: {
		...{ d_id: Id, mac_addr: Text, d_name: Text, u_id: IdOrNull, dm_id: Id, is_sim: Flag },
		...{ register_time: TextOrNull, extra_setup_webpage: Text, device_webpage: Text },
	},
	Project: { p_id: Id, p_name: Text, u_id: Id, status: Text, sim: Text },
	NetworkApplication: { na_id: Id, na_name: Text, na_idx: Id, p_id: Id },
	DeviceObject: { do_id: Id, dm_id: Id, p_id: Id, d_id: IdOrNull },
	DFObject: { dfo_id: Id, do_id: Id, df_id: Id, alias_name: Text },
	DF_Module: {
		...{ na_id: Id, dfo_id: Id, param_i: Id, idf_type: Text, fn_id: IdOrNull },
		...{ min: Type.Number(), max: Type.Number(), normalization: Flag },
	},
	MultipleJoin_Module: { na_id: Id, param_i: Id, dfo_id: Id, fn_id: IdOrNull },
} as const satisfies Record<string, TProperties>;

type Tables = typeof TABLES;
type Row<T extends TProperties> = Static<ReturnType<typeof Type.Object<T>>>;
/** All rows by table. */
export type V2Data = { readonly [T in keyof Tables]: readonly Row<Tables[T]>[] };

/** A file with tables; that of `store` fulfils it. */
export interface TableSource {
	/** Names of a table's columns; empty: there is no such table. */
	columns(table: string): string[];
	rows(table: string, columns: readonly string[]): Record<string, unknown>[];
}

/** Reads the tables. @throws InputError when one is missing, or a row is not what the original writes. */
export function readV2(file: TableSource): V2Data {
	const data: Record<string, readonly unknown[]> = {};
	for (const [table, fields] of Object.entries(TABLES)) data[table] = rowsOf(file, table, fields);
	return data as V2Data;
}

function rowsOf(file: TableSource, table: string, fields: TProperties): unknown[] {
	const wanted = Object.keys(fields);
	const there = file.columns(table);
	if (there.length === 0) {
		throw new InputError(
			`it is not the database of an IoTtalk v2 project manager: table ${table} is missing`,
		);
	}
	const missing = wanted.find((column) => !there.includes(column));
	if (missing !== undefined) {
		throw new InputError(
			`its table ${table} has no column ${missing}: it is of a version that is not known`,
		);
	}
	const schema = Type.Object(fields);
	const rows = file.rows(table, wanted);
	for (const row of rows) {
		if (Value.Check(schema, row)) continue;
		const { path = "", message = "" } = Value.Errors(schema, row).First() ?? {};
		const [first = ""] = wanted;
		throw new InputError(
			`table ${table}, ${first} ${String(row[first])}: ${path.slice(1)}: ${message}`,
		);
	}
	return rows;
}

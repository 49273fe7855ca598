import type { Columns } from "./columns.ts";

/** Makes tables once for each database's columns: a start asks for them several times, and they are large. */
export function perColumns<T>(make: (columns: Columns) => T): (columns: Columns) => T {
	const made = new WeakMap<Columns, T>();
	return (columns) => {
		const known = made.get(columns);
		if (known !== undefined) return known;
		const tables = make(columns);
		made.set(columns, tables);
		return tables;
	};
}

import { getTableColumns, getTableName } from "drizzle-orm";
import type { ModuleSchema } from "../module-schema.ts";
import { LOCAL_TABLES } from "../schema.ts";
import { postgresColumns } from "./columns.ts";
import type { Ask } from "./connection.ts";

/** Why tables are not those that modules need; undefined: all their columns are there. */
export async function whyNotWhole(
	ask: Ask,
	schemas: readonly ModuleSchema[],
): Promise<string | undefined> {
	const rows = await ask(
		"SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()",
	);
	const there = new Set(rows.map(([table, column]) => `${table}.${column}`));
	for (const { module, migrations, tables } of schemas) {
		for (const table of Object.values(tables?.(postgresColumns) ?? {})) {
			const name = getTableName(table);
			if (LOCAL_TABLES.includes(name)) continue;
			const missing = Object.values(getTableColumns(table)).find(
				(column) => !there.has(`${name}.${column.name}`),
			);
			if (missing === undefined) continue;
			return `its table ${name} is not that of schema ${migrations.length} of ${module} (${missing.name} is missing)`;
		}
	}
	return undefined;
}

import { ConfigError } from "../../../kit/mod.ts";
import { storeOptions } from "../../../servers/mod.ts";
import { openReader } from "../../../store/mod.ts";
import { databasePath, isInPostgres } from "../../database.ts";
import type { ShellCommand } from "../command.ts";

const ROWS_SHOWN = 200;

export const db: ShellCommand = {
	name: "db",
	usage: "SQL",
	help: "query the database (read-only): db SELECT name FROM devices",
	run: async ({ config, print }, sql) => {
		if (sql === "") throw new ConfigError("usage: db SQL, such as db SELECT name FROM devices");
		if (!isInPostgres(config)) databasePath(config);
		const reader = await openReader(storeOptions(config));
		try {
			const rows = await reader.query(sql);
			for (const row of rows.slice(0, ROWS_SHOWN)) print(JSON.stringify(row));
			if (rows.length > ROWS_SHOWN) print(`and ${rows.length - ROWS_SHOWN} more`);
		} finally {
			reader.close();
		}
	},
};

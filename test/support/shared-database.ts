// A PostgreSQL database with the tables of the store, as nodes of a cluster share it.
import { afterEach, beforeEach } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore } from "../../src/store/open-store.ts";
import type { SharedDatabase } from "../../src/store/port.ts";
import { openShared } from "../../src/store/shared.ts";
import { postgresForAll } from "./databases.ts";
import { quietLog } from "./log.ts";
import { DEADLINE_MS } from "./waiting.ts";

export interface SharedByTests {
	/** As one node has it open. */
	readonly database: SharedDatabase;
	/** Opens it as another one. */
	open(): Promise<SharedDatabase>;
	ask(statement: string): Promise<Record<string, unknown>[]>;
}

/** To be called while tests are being defined: one PostgreSQL for all, a database for each test. */
export function sharedByTests(): SharedByTests {
	const postgres = postgresForAll();
	let userdir = "";
	let name = "";
	const opened: SharedDatabase[] = [];
	const open = async () => {
		const options = { userdir, url: postgres.server.url(name) };
		const database = await openShared(options, DEADLINE_MS, quietLog);
		opened.push(database);
		return database;
	};
	const now = { open, ask: (statement: string) => postgres.server.ask(statement, name) };
	const made = now as typeof now & { database: SharedDatabase };
	beforeEach(async () => {
		userdir = mkdtempSync(join(tmpdir(), "iotctl-shared-"));
		name = await postgres.server.database();
		const store = await openStore({ userdir, url: postgres.server.url(name) }, quietLog, []);
		await store.close();
		made.database = await open();
	});
	afterEach(() => {
		for (const database of opened.splice(0)) database.close();
		rmSync(userdir, { recursive: true });
	});
	return made;
}

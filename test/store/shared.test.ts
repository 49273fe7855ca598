import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { messageOf, StorageError } from "../../src/kit/errors.ts";
import type { SharedDatabase } from "../../src/store/port.ts";
import { readAddress } from "../../src/store/postgres/address.ts";
import { Connection } from "../../src/store/postgres/connection.ts";
import { openShared } from "../../src/store/shared.ts";
import { postgresForAll } from "../support/databases.ts";
import { quietLog } from "../support/log.ts";
import { hasPostgres } from "../support/postgres-server.ts";
import { DEADLINE_MS, until } from "../support/waiting.ts";

test("a file cannot be shared", async () => {
	const opened = openShared({ userdir: "/", url: "iottalk.db" }, DEADLINE_MS, quietLog);
	expect(await opened.catch(messageOf)).toBe(
		"several servers share a PostgreSQL database only: set type in [core-db]",
	);
});

test("an address that is none is named by its setting and section", async () => {
	const opened = openShared(
		{ userdir: "/", url: "postgres://a@b/c", postgres: { passwordFile: "", listenUrl: "nowhere" } },
		DEADLINE_MS,
		quietLog,
	);
	expect(await opened.catch(messageOf)).toStartWith('listen-url in [core-db] is "nowhere", ');
});

describe.skipIf(!hasPostgres())("a database that servers share", () => {
	const postgres = postgresForAll();
	let name: string;
	let database: SharedDatabase;
	beforeEach(async () => {
		name = await postgres.server.database();
		const url = postgres.server.url(name);
		database = await openShared({ userdir: "/", url }, DEADLINE_MS, quietLog);
	});
	afterEach(() => database.close());

	test("hears what others tell, until that is ended", async () => {
		let heard = 0;
		const end = database.listen("iotctl_test", () => {
			heard += 1;
		});
		// It is told that something may have been missed, once it listens.
		await until(() => heard > 0, "it to listen");
		const before = heard;
		await postgres.server.ask("NOTIFY iotctl_test", name);
		await until(() => heard > before, "the notification");
		end();
	});

	test("goes on after all connections were lost, and tells of trouble as trouble with the database", async () => {
		expect(await database.ask("SELECT $1::int + 1", [41])).toEqual([[42]]);
		await postgres.server.cut(name);
		await until(
			() =>
				database.ask("SELECT 1").then(
					() => true,
					() => false,
				),
			"an answer over another connection",
		);
		const lost = await database
			.ask("SELECT pg_terminate_backend(pg_backend_pid())")
			.catch((error: unknown) => error);
		expect(lost).toBeInstanceOf(StorageError);
		expect(
			messageOf(await database.ask("SELECT nonsense").catch((error: unknown) => error)),
		).toContain("nonsense");
	});

	test("asks again what was cancelled for a deadlock", async () => {
		await database.ask("CREATE TABLE locked AS SELECT id FROM generate_series(1, 2) AS id");
		const url = postgres.server.url(name);
		const connection = await Connection.open(readAddress(url, { userdir: "/", url }));
		const { ask } = connection;
		await ask("BEGIN");
		const lock = (id: number) => ask("SELECT id FROM locked WHERE id = $1 FOR UPDATE", [id]);
		await lock(1);
		// It has the second row, and waits for the first one; who waits longest finds the deadlock.
		const both = database.ask(
			"SELECT id FROM (SELECT id FROM locked ORDER BY id DESC) AS rows, LATERAL (SELECT FROM locked WHERE locked.id = rows.id FOR UPDATE) AS one",
		);
		const waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
		await until(async () => (await postgres.server.ask(waiting, name)).length > 0, "it to wait");
		await lock(2);
		await ask("COMMIT");
		connection.close();
		expect(await both).toEqual([[2], [1]]);
	});
});

import { afterEach, describe, expect, test } from "bun:test";
import { readAddress } from "../../../src/store/postgres/address.ts";
import { Connection } from "../../../src/store/postgres/connection.ts";
import { lockShared } from "../../../src/store/postgres/shared-locks.ts";
import { postgresForAll } from "../../support/databases.ts";
import { hasPostgres } from "../../support/postgres-server.ts";
import { until } from "../../support/waiting.ts";

describe.skipIf(!hasPostgres())("names that a transaction locks", () => {
	const postgres = postgresForAll();
	const opened: Connection[] = [];
	afterEach(() => {
		for (const connection of opened.splice(0)) connection.close();
	});

	test("are waited for until it ends, in any order, and others are not", async () => {
		const name = await postgres.server.database();
		const address = readAddress(postgres.server.url(name), { userdir: "", url: "" });
		const begun = async () => {
			const connection = await Connection.open(address);
			opened.push(connection);
			await connection.ask("BEGIN");
			return connection;
		};
		const [first, second, third] = [await begun(), await begun(), await begun()];
		await lockShared(first.ask, []);
		await lockShared(first.ask, ["a", "b", "a"]);
		let isLocked = false;
		const locked = lockShared(second.ask, ["c", "b", "a"]).then(() => {
			isLocked = true;
		});
		await lockShared(third.ask, ["d"]);
		const waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
		await until(
			async () => (await postgres.server.ask(waiting, name)).length > 0,
			"the second to wait",
		);
		expect(isLocked).toBe(false);
		await first.ask("ROLLBACK");
		await locked;
	});

	test("are no more than a database has room for", async () => {
		const name = await postgres.server.database();
		const connection = await Connection.open(
			readAddress(postgres.server.url(name), { userdir: "", url: "" }),
		);
		opened.push(connection);
		await connection.ask("BEGIN");
		await lockShared(
			connection.ask,
			Array.from({ length: 20_000 }, (_, n) => `function ${n}`),
		);
		const [[count] = []] = await connection.ask(
			"SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'",
		);
		expect(Number(count)).toBe(256);
	});
});

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FencedError, fence } from "../../src/cluster/fence.ts";
import type { Lease } from "../../src/cluster/lease.ts";
import { LeaseRows } from "../../src/cluster/lease-rows.ts";
import { CLUSTER_SCHEMA } from "../../src/cluster/schema.ts";
import { openStore } from "../../src/store/open-store.ts";
import type { SharedDatabase } from "../../src/store/port.ts";
import { readAddress } from "../../src/store/postgres/address.ts";
import { postgresColumns } from "../../src/store/postgres/columns.ts";
import { Connection } from "../../src/store/postgres/connection.ts";
import { handleOver } from "../../src/store/postgres/handle.ts";
import { openShared } from "../../src/store/shared.ts";
import { postgresForAll } from "../support/databases.ts";
import { quietLog } from "../support/log.ts";
import { hasPostgres } from "../support/postgres-server.ts";
import { until } from "../support/waiting.ts";

const LEASE_MS = 60_000;
const TAKEOVERS = 40;

describe.skipIf(!hasPostgres())("changes under a lease", () => {
	const postgres = postgresForAll();
	let userdir: string;
	let name: string;
	let database: SharedDatabase;
	const connections: Connection[] = [];
	beforeEach(async () => {
		userdir = mkdtempSync(join(tmpdir(), "iotctl-fence-"));
		name = await postgres.server.database();
		await (await openStore(place(), quietLog, [CLUSTER_SCHEMA])).close();
		await postgres.server.ask("CREATE TABLE written (token bigint, was bigint)", name);
		database = await openShared(place(), LEASE_MS, quietLog);
	});
	afterEach(() => {
		for (const connection of connections.splice(0)) connection.close();
		database.close();
		rmSync(userdir, { recursive: true });
	});

	const place = () => ({ userdir, url: postgres.server.url(name) });
	const connect = async () => {
		const connection = await Connection.open(readAddress(place().url, place()));
		connections.push(connection);
		return connection;
	};
	const node = (named: string) =>
		new LeaseRows(
			database,
			{ name: named, run: named, place: named, process: named, version: "1.0.0", url: "" },
			LEASE_MS,
		);
	/** The first owner of all, and its lease of partition 0. */
	const owner = async () => {
		const rows = node("a");
		await rows.claim("test", 1);
		const seen = await rows.renew(true, true);
		if ("by" in seen) throw new Error("The name is taken");
		const lease = (await rows.take(2, seen.at, false)).find(({ partition }) => partition === 0);
		if (lease === undefined) throw new Error("It took nothing");
		return { rows, lease };
	};
	/** Writes a row under a lease, with the token that the partition has by then. */
	const write = async ({ ask }: Connection, lease: Lease) => {
		await ask("BEGIN");
		try {
			await fence(handleOver(ask), postgresColumns, "a", lease);
			await ask(
				"INSERT INTO written SELECT $1::bigint, token FROM cluster_partitions WHERE id = $2::bigint",
				[lease.token, lease.partition],
			);
			await ask("COMMIT");
		} catch (error) {
			await ask("ROLLBACK");
			throw error;
		}
	};

	test("a change under a stale token is refused, and says so", async () => {
		const { rows, lease } = await owner();
		const connection = await connect();
		await write(connection, lease);
		const [next] = await rows.adopt([lease.partition]);
		if (next === undefined) throw new Error("It was not adopted");
		expect(next).toEqual({ partition: 0, token: lease.token + 1 });
		const refused = await write(connection, lease).catch((error: unknown) => error);
		expect(refused).toBeInstanceOf(FencedError);
		expect(refused).toMatchObject({
			lease,
			message: "the server cannot store this now: another node has taken over partition 0",
		});
		await write(connection, next);
		expect(await postgres.server.ask("SELECT token::int AS n FROM written", name)).toEqual([
			{ n: lease.token },
			{ n: next.token },
		]);
	});

	test("no one takes a partition over while a change of it is in progress; others go on at once", async () => {
		const { rows, lease } = await owner();
		const { ask } = await connect();
		await ask("BEGIN");
		await fence(handleOver(ask), postgresColumns, "a", lease);
		for (const expire of [
			"UPDATE cluster_partitions SET until = '-infinity' WHERE id = -1",
			"UPDATE cluster_nodes SET until = '-infinity' WHERE name = 'a'",
		]) {
			await postgres.server.ask(expire, name);
		}
		const other = node("b");
		const seen = await other.renew(true, true);
		if ("by" in seen) throw new Error("The name is taken");
		expect(await other.take(2, seen.at, true)).toEqual([{ partition: -1, token: 2 }]);
		// Its own node is not held up either: what is locked is renewed later.
		expect(await rows.renew(true)).toMatchObject({ mine: new Map([[0, lease.token]]) });
		await ask("COMMIT");
	});

	test("what changes so often that its lease is not renewed stays with a node that is alive", async () => {
		const { rows, lease } = await owner();
		const { ask } = await connect();
		await ask("BEGIN");
		await fence(handleOver(ask), postgresColumns, "a", lease);
		// It changes without a break for longer than a lease.
		const expire = "UPDATE cluster_partitions SET until = now() - interval '1 second'";
		await ask(`${expire} WHERE id = $1::bigint`, [lease.partition]);
		await rows.renew(true);
		await ask("COMMIT");
		const other = node("b");
		const seen = await other.renew(true, true);
		expect(seen).toMatchObject({ expired: 0 });
		if ("by" in seen) throw new Error("The name is taken");
		expect(await other.take(2, seen.at, true)).toEqual([]);
		// Once its node is silent as well, another takes it.
		await postgres.server.ask(
			"UPDATE cluster_nodes SET until = now() - interval '1 second' WHERE name = 'a'",
			name,
		);
		expect(await other.renew(true)).toMatchObject({ expired: 1 });
		expect(await other.take(2, seen.at, true)).toEqual([{ partition: 0, token: lease.token + 1 }]);
	});

	test("while owners change all the time, no change is ever made under a token of before", async () => {
		const { rows, lease } = await owner();
		let current = lease;
		let isOver = false;
		let [made, refused] = [0, 0];
		const writer = async () => {
			const connection = await connect();
			for (let n = 0; !isOver; n++) {
				// Every third believes in a lease that may be over by now.
				const believed = current;
				if (n % 3 === 0) await Bun.sleep(1);
				try {
					await write(connection, believed);
					made += 1;
				} catch (error) {
					if (!(error instanceof FencedError)) throw error;
					refused += 1;
				}
			}
		};
		const writers = [writer(), writer(), writer(), writer()];
		let takeovers = 0;
		for (; takeovers < TAKEOVERS || refused === 0; takeovers++) {
			const [next] = await rows.adopt([lease.partition]);
			// Writers learn of it a little later.
			await Bun.sleep(2);
			if (next !== undefined) current = next;
		}
		// On a busy machine none may have got in between two owners.
		await until(() => made > 0, "a change").finally(() => {
			isOver = true;
		});
		await Promise.all(writers);
		const [counted] = await postgres.server.ask(
			"SELECT count(*)::int AS all, count(*) FILTER (WHERE token <> was)::int AS stale FROM written",
			name,
		);
		expect(counted?.stale).toBe(0);
		expect(Number(counted?.all)).toBeGreaterThan(0);
		expect(current.token).toBe(lease.token + takeovers);
	});
});

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Lease } from "../../src/cluster/lease.ts";
import { LeaseRows } from "../../src/cluster/lease-rows.ts";
import { OwnedPartitions } from "../../src/cluster/owned-partitions.ts";
import { CLUSTER_SCHEMA } from "../../src/cluster/schema.ts";
import { openStore } from "../../src/store/open-store.ts";
import type { SharedDatabase } from "../../src/store/port.ts";
import { openShared } from "../../src/store/shared.ts";
import { postgresForAll } from "../support/databases.ts";
import { listenedLog, quietLog } from "../support/log.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { hasPostgres } from "../support/postgres-server.ts";
import { DEADLINE_MS, until } from "../support/waiting.ts";

const RELEASE_MS = 1000;
const LEASE_MS = 60_000;

describe.skipIf(!hasPostgres())("the partitions of a node", () => {
	const postgres = postgresForAll();
	let userdir: string;
	let name: string;
	let database: SharedDatabase;
	let rows: LeaseRows;
	let owned: OwnedPartitions;
	let leases: Lease[];
	let clock: ManualClock;
	let events: string[];
	/** Ends a release that was begun. */
	let released: (() => void)[];
	beforeEach(async () => {
		userdir = mkdtempSync(join(tmpdir(), "iotctl-owned-"));
		name = await postgres.server.database();
		const place = { userdir, url: postgres.server.url(name) };
		await (await openStore(place, quietLog, [CLUSTER_SCHEMA])).close();
		database = await openShared(place, DEADLINE_MS, quietLog);
		const me = { name: "a", run: "a", place: "a", process: "a", version: "1.0.0", url: "" };
		rows = new LeaseRows(database, me, LEASE_MS);
		await rows.claim("test", 2);
		const seen = await rows.renew(true, true);
		if ("by" in seen) throw new Error("the name is taken");
		leases = await rows.take(3, seen.at, false);
		clock = new ManualClock();
		events = [];
		released = [];
		const note = (what: string, { partition }: Lease) => events.push(`${what} ${partition}`);
		owned = new OwnedPartitions({
			rows,
			user: {
				gained: (lease) => note("gained", lease),
				release: (lease) => {
					note("release", lease);
					const { promise, resolve } = Promise.withResolvers<void>();
					released.push(resolve);
					return promise;
				},
				lost: (lease) => note("lost", lease),
			},
			...{ releaseMs: RELEASE_MS, clock, log: listenedLog().log },
		});
		owned.gain(leases, "taken");
		events.length = 0;
	});
	afterEach(() => {
		database.close();
		rmSync(userdir, { recursive: true });
	});

	const leaseOf = (partition: number): Lease => {
		const found = leases.find((lease) => lease.partition === partition);
		if (found === undefined) throw new Error(`no partition ${partition}`);
		return found;
	};
	const owners = async () => {
		const found = await postgres.server.ask(
			"SELECT id, owner FROM cluster_partitions ORDER BY id",
			name,
		);
		return found.map(({ owner }) => owner);
	};

	test("those that are kept are known by their lease", () => {
		expect(owned.kept()).toEqual([-1, 0, 1]);
		expect(owned.has(leaseOf(0))).toBe(true);
		expect(owned.has({ partition: 0, token: 2 })).toBe(false);
		expect([...owned.all().values()]).toEqual(
			leases.map(({ token }) => ({ token, isLeaving: false })),
		);
		expect(owned.counts).toEqual({ taken: 3, given: 0, lost: 0 });
	});

	test("one is given away once it is released, and not twice", async () => {
		owned.give(0);
		owned.give(0);
		owned.give(7);
		expect([owned.kept(), events]).toEqual([[-1, 1], ["release 0"]]);
		expect(owned.all().get(0)).toEqual({ token: 1, isLeaving: true });
		expect(await owners()).toEqual(["a", "a", "a"]);
		released[0]?.();
		await until(() => owned.counts.given === 1, "it to be given away");
		expect(await owners()).toEqual(["a", null, "a"]);
		expect([owned.all().has(0), events]).toEqual([false, ["release 0"]]);
	});

	test("one that takes too long ends as if it were lost, and is given away", async () => {
		owned.give(0);
		clock.move(RELEASE_MS);
		await until(() => owned.counts.given === 1, "it to be given away");
		expect(events).toEqual(["release 0", "lost 0"]);
		// What ends now changes nothing.
		released[0]?.();
		expect(owned.counts).toEqual({ taken: 3, given: 1, lost: 0 });
	});

	test("one that is another's by the time it is released stays that one's", async () => {
		owned.give(0);
		const taken = "UPDATE cluster_partitions SET owner = 'b', token = 2 WHERE id = 0";
		await postgres.server.ask(taken, name);
		owned.lose(leaseOf(0));
		expect(events).toEqual(["release 0", "lost 0"]);
		for (const end of released) end();
		const rest = owned.giveAll();
		for (const end of released) end();
		await rest;
		expect(await owners()).toEqual([null, "b", null]);
		expect(owned.counts).toEqual({ taken: 3, given: 2, lost: 1 });
	});

	test("what the database was not told of is told again", async () => {
		await postgres.server.ask("ALTER TABLE cluster_partitions RENAME TO away", name);
		owned.give(0);
		released[0]?.();
		await until(() => owned.all().get(0)?.isLeaving === true, "it to be released");
		await Bun.sleep(0);
		await postgres.server.ask("ALTER TABLE away RENAME TO cluster_partitions", name);
		await until(() => {
			owned.giveReleased();
			return owned.counts.given === 1;
		}, "it to be given away");
		expect(events).toEqual(["release 0"]);
		expect(await owners()).toEqual(["a", null, "a"]);
	});

	test("a lease that is not the one it has loses nothing", () => {
		owned.lose({ partition: 0, token: 9 });
		owned.loseAll([5]);
		expect([events, owned.counts.lost]).toEqual([[], 0]);
		owned.loseAll([0, 1]);
		expect([events, owned.counts.lost]).toEqual([["lost 0", "lost 1"], 2]);
		expect(owned.kept()).toEqual([-1]);
	});

	test("all are given away at an end", async () => {
		const given = owned.giveAll();
		await until(() => released.length === 3, "all to be released");
		for (const end of released) end();
		await given;
		expect(await owners()).toEqual([null, null, null]);
		expect(owned.counts.given).toBe(3);
	});
});

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CLUSTER_SCHEMA } from "../../src/cluster/schema.ts";
import { SharedNames } from "../../src/cluster/shared-names.ts";
import { CsmStore } from "../../src/csm/store/csm-store.ts";
import { CSM_SCHEMA } from "../../src/csm/store/schema.ts";
import { openStore } from "../../src/store/open-store.ts";
import type { SharedDatabase, StorePort } from "../../src/store/port.ts";
import { openShared } from "../../src/store/shared.ts";
import { storedDevice } from "../support/csm-store.ts";
import { postgresForAll } from "../support/databases.ts";
import { quietLog } from "../support/log.ts";
import { hasPostgres } from "../support/postgres-server.ts";
import { DEADLINE_MS } from "../support/waiting.ts";

describe.skipIf(!hasPostgres())("names that nodes give", () => {
	const postgres = postgresForAll();
	let userdir: string;
	let name: string;
	let store: StorePort;
	const databases: SharedDatabase[] = [];
	beforeEach(async () => {
		userdir = mkdtempSync(join(tmpdir(), "iotctl-names-"));
		name = await postgres.server.database();
		const place = { userdir, url: postgres.server.url(name) };
		store = await openStore(place, quietLog, [CSM_SCHEMA, CLUSTER_SCHEMA]);
		for (let n = 0; n < 2; n++) databases.push(await openShared(place, DEADLINE_MS, quietLog));
	});
	afterEach(async () => {
		for (const database of databases.splice(0)) database.close();
		await store.close();
		rmSync(userdir, { recursive: true });
	});

	const nodes = () => databases.map((database) => new SharedNames(database));
	const add = (...names: string[]) =>
		new CsmStore(store).write(async ({ devices }) => {
			for (const one of names) await devices.put({ ...storedDevice(one), name: one });
		});

	test("have a number for one device only, whichever nodes give them at the same moment", async () => {
		const models = ["a", "b"];
		const given = await Promise.all(
			Array.from({ length: 80 }, (_, n) => nodes()[n % 2]?.next(models[n % 4 < 2 ? 0 : 1] ?? "")),
		);
		for (const model of [0, 1]) {
			const numbers = given.filter((_, n) => (n % 4 < 2 ? 0 : 1) === model);
			expect(numbers.toSorted((a = 0, b = 0) => a - b)).toEqual([...Array(40).keys()]);
		}
	});

	test("are none that a device has, and with odd models as well", async () => {
		const [one, other] = nodes();
		const odd = "v1.2\n\u0000'\\";
		await add("00.a", "01.a", "03.a", "99.a", "100.a", `00.${odd}`);
		expect(await one?.next("a")).toBe(2);
		expect(await other?.next("a")).toBe(4);
		expect(await other?.next(odd)).toBe(1);
		expect(await one?.next("x".repeat(100_000))).toBe(0);
		await databases[0]?.ask("UPDATE cluster_names SET next = 99");
		expect(await one?.next("a")).toBe(101);
	});

	test("are those that are free again, when each that was given is stored or will not be", async () => {
		const [one] = nodes();
		expect([await one?.next("a"), await one?.next("a"), await one?.next("a")]).toEqual([0, 1, 2]);
		await add("01.a");
		expect(await one?.next("a")).toBe(3);
		await databases[0]?.ask("UPDATE cluster_names SET given = given - interval '61 seconds'");
		expect([await one?.next("a"), await one?.next("a")]).toEqual([0, 2]);
	});

	test("are looked for with an index, however many devices there are", async () => {
		const rows = await postgres.server.ask(
			"SELECT indexdef FROM pg_indexes WHERE indexname = 'devices_by_name'",
			name,
		);
		expect(String(rows[0]?.indexdef)).toContain("USING hash (name)");
	});
});

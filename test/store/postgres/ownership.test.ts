import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CLUSTER_SCHEMA } from "../../../src/cluster/schema.ts";
import { messageOf } from "../../../src/kit/errors.ts";
import { accountsIn } from "../../../src/store/accounts-in.ts";
import { openStore } from "../../../src/store/open-store.ts";
import type { StorePort } from "../../../src/store/port.ts";
import { postgresForAll } from "../../support/databases.ts";
import { quietLog } from "../../support/log.ts";
import { hasPostgres } from "../../support/postgres-server.ts";

describe.skipIf(!hasPostgres())("a database of several nodes", () => {
	const postgres = postgresForAll();
	let userdir: string;
	let name: string;
	const opened: StorePort[] = [];
	beforeEach(async () => {
		userdir = mkdtempSync(join(tmpdir(), "iotctl-owner-"));
		name = await postgres.server.database();
	});
	afterEach(async () => {
		for (const store of opened.splice(0)) await store.close();
		rmSync(userdir, { recursive: true });
	});

	/** Opens it from a directory of its own. */
	const open = async (directory: string, cluster?: string) => {
		const at = join(userdir, directory);
		mkdirSync(at, { recursive: true });
		const node = cluster === undefined ? {} : { node: { cluster, run: crypto.randomUUID() } };
		const store = await openStore(
			{
				userdir: at,
				url: postgres.server.url(name),
				postgres: { passwordFile: "", listenUrl: "", ...node },
			},
			quietLog,
			[CLUSTER_SCHEMA],
		);
		opened.push(store);
		return store;
	};
	const put = (store: StorePort, text: string) =>
		store.write((db) =>
			accountsIn(db, store.columns).secrets.putService({ name: text, hash: "h", createdAt: 1 }),
		);

	test("is written by all of them at the same time", async () => {
		const [a, b] = [await open("a", "lab"), await open("b", "lab")];
		const names = Array.from({ length: 4 }, (_, n) => `service ${n}`);
		await Promise.all(names.map((text, n) => put(n % 2 === 0 ? a : b, text)));
		const there = await accountsIn(a.reading, a.columns).secrets.services();
		expect(there.map((one) => one.name).toSorted()).toEqual(names.toSorted());
		expect([a.problem, b.problem]).toEqual([undefined, undefined]);
	});

	test("stays theirs: a server that is none of them, and another cluster, are refused", async () => {
		await (await open("a", "lab")).close();
		const refusal =
			'it is that of the cluster "lab", and only its nodes change it: start one, with that name in [cluster], or use another database';
		expect(await open("a").catch(messageOf)).toContain(refusal);
		expect(await open("c", "other").catch(messageOf)).toContain(refusal);
		await put(await open("b", "lab"), "still");
	});

	test("a server that uses it alone keeps nodes out", async () => {
		await open("alone");
		expect(await open("a", "lab").catch(messageOf)).toContain(
			"it is already in use by the server on",
		);
	});

	test("what is known of the last commit of nodes that run for days is kept", async () => {
		const a = await open("a", "lab");
		await put(a, "first");
		const [{ run } = {}] = await postgres.server.ask("SELECT run FROM server_runs", name);
		await postgres.server.ask(
			`INSERT INTO cluster_nodes (name, run, place, process, version, url, seen, until)
			VALUES ('a', '${run}', 'p', 'm', '1', '', now(), now())`,
			name,
		);
		await postgres.server.ask("UPDATE server_runs SET begun = now() - interval '9 days'", name);
		await open("b", "lab");
		await put(a, "second");
		expect(a.problem).toBeUndefined();
	});
});

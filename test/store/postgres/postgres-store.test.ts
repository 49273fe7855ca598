import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageOf, StorageError } from "../../../src/kit/errors.ts";
import { accountsIn } from "../../../src/store/accounts-in.ts";
import type { Db } from "../../../src/store/db.ts";
import { openAccounts } from "../../../src/store/open-reader.ts";
import type { StorePort } from "../../../src/store/port.ts";
import { PostgresStore } from "../../../src/store/postgres/postgres-store.ts";
import { CuttingProxy } from "../../support/cutting-proxy.ts";
import { postgresForAll } from "../../support/databases.ts";
import { quietLog } from "../../support/log.ts";
import { hasPostgres } from "../../support/postgres-server.ts";
import { until, within } from "../../support/waiting.ts";

/** What a secret of a service is good for here: a row that is quickly written. */
const secret = (name: string) => ({ name, hash: "h", createdAt: 1 });

describe.skipIf(!hasPostgres())("a store in PostgreSQL", () => {
	const postgres = postgresForAll();
	let userdir: string;
	let name: string;
	let store: StorePort;
	const others: StorePort[] = [];
	const open = async (at = userdir, url = postgres.server.url(name)) => {
		const opened = await PostgresStore.open({ userdir: at, url }, quietLog, []);
		others.push(opened);
		return opened;
	};
	beforeEach(async () => {
		userdir = mkdtempSync(join(tmpdir(), "iotctl-pg-store-"));
		name = await postgres.server.database();
		store = await open();
	});
	afterEach(async () => {
		for (const one of others.splice(0)) await one.close();
		rmSync(userdir, { recursive: true });
	});

	const put = (text: string, to = store) =>
		to.write((db) => accountsIn(db, to.columns).secrets.putService(secret(text)));
	const there = async (db: Db = store.reading) =>
		(await accountsIn(db, store.columns).secrets.services()).map((one) => one.name);
	/** Answers of a promise while the database is away. */
	const away = (promise: Promise<unknown>) => promise.then(() => "done", messageOf);

	test("text that PostgreSQL does not take as such comes back as it was", async () => {
		const texts = ["a\u0000b", "\u0001", "\u00010\u0000\u0001\u0001", "溫度 \u{1F600}"];
		for (const text of texts) await put(text);
		expect((await there()).toSorted()).toEqual(texts.toSorted());
	});

	test("a name that is too long for an index is refused, and nothing else", async () => {
		const long = Array.from({ length: 40_000 }, (_, n) =>
			String.fromCharCode(0x4e00 + ((n * 7919) % 20_000)),
		).join("");
		const [refused, fine] = await Promise.allSettled([put(long), put("fine")]);
		expect(refused).toMatchObject({ status: "rejected" });
		expect(refused.status === "rejected" && messageOf(refused.reason)).toContain(
			"a name is too long",
		);
		expect(fine.status).toBe("fulfilled");
		expect(store.problem).toBeUndefined();
	});

	test("connections that were ended while nothing was done are replaced unnoticed", async () => {
		await put("first");
		expect(await there()).toEqual(["first"]);
		expect(await postgres.server.cut(name)).toBeGreaterThan(1);
		await put("second");
		expect(await there()).toEqual(["first", "second"]);
		await postgres.server.cut(name);
		expect(await store.read(there)).toEqual(["first", "second"]);
		expect(store.problem).toBeUndefined();
	});

	test("a change whose connection is ended is refused as a whole, and undone in memory", async () => {
		const seen: string[] = [];
		const change = store.write(
			async (db) => {
				const { secrets } = accountsIn(db, store.columns);
				await secrets.putService(secret("half"));
				await postgres.server.cut(name);
				await secrets.putService(secret("other half"));
			},
			{ committed: () => seen.push("committed"), undone: () => seen.push("undone") },
		);
		await expect(change).rejects.toBeInstanceOf(StorageError);
		expect(seen).toEqual(["undone"]);
		await until(() => store.problem === undefined, "the database to be back");
		expect(await there()).toEqual([]);
		await put("next");
		expect(await there()).toEqual(["next"]);
	});

	test("while it is away changes are refused at once with the reason; it is well soon after", async () => {
		await put("before");
		await postgres.server.stop();
		try {
			expect(await away(put("lost"))).toStartWith("the server cannot store this now: ");
			expect(store.problem).toStartWith("the server cannot store this now: ");
			expect(await away(put("lost"))).toBe(store.problem ?? "");
			expect(await away(there())).toStartWith("the server cannot read this now: ");
			expect(store.changedOutside()).toBe(false);
		} finally {
			await postgres.server.run();
		}
		await until(() => store.problem === undefined, "the database to be back");
		await put("after");
		expect(await there()).toEqual(["after", "before"]);
	});

	test("one that goes away while nothing is asked is noticed", async () => {
		await postgres.server.stop("SIGQUIT");
		try {
			await until(() => store.problem !== undefined, "the trouble to be noticed");
		} finally {
			await postgres.server.run();
		}
		await until(() => store.problem === undefined, "the database to be back");
	});

	test("a second server is refused while one runs, and let in when it has stopped", async () => {
		const elsewhere = mkdtempSync(join(tmpdir(), "iotctl-pg-store-"));
		expect(await open(elsewhere).catch(messageOf)).toContain(
			`it is already in use by the server on `,
		);
		await store.close();
		await put("by the second", await open(elsewhere));
		for (const one of others.splice(0)) await one.close();
		rmSync(elsewhere, { recursive: true });
	});

	test("a server that has been replaced changes nothing any more", async () => {
		await put("mine");
		await postgres.server.ask("UPDATE server_owner SET run = 'another', place = 'there'", name);
		expect(await away(put("late"))).toContain("another server uses its database");
		expect(await there()).toEqual(["mine"]);
	});

	test("changes by other programs are noticed, also those made while no one listened", async () => {
		store.changedOutside();
		const opened = await openAccounts({ userdir, url: postgres.server.url(name) }, quietLog);
		await until(() => !store.changedOutside(), "quiet");
		await opened.accounts.secrets.putService(secret("new"));
		await until(() => store.changedOutside(), "the change to be heard");
		opened.close();
		await postgres.server.cut(name);
		await postgres.server.ask("DELETE FROM service_secrets", name);
		await until(() => store.changedOutside(), "the change to be noticed");
		await put("one's own");
	});

	describe("when the answer to a commit is lost", () => {
		let between: CuttingProxy;
		beforeEach(async () => {
			await store.close();
			between = await CuttingProxy.start(postgres.server.port);
			store = await open(userdir, postgres.server.url(name, "iottalk", between.port));
			await put("before");
		});
		afterEach(async () => {
			for (const one of others.splice(0)) await one.close();
			await between.stop();
		});

		test.each([
			["and it took place, it counts", "after", ["before", "it"], ["committed"], "done"],
			["and it did not arrive, it does not", "instead", ["before"], ["undone"], "refused"],
			["nor if the database still waits for it", "unnoticed", ["before"], ["undone"], "refused"],
		] as const)("%s", async (_, when, rows, seen, answer) => {
			const heard: string[] = [];
			between.cutAtCommit = when;
			const change = store.write(
				(db) => accountsIn(db, store.columns).secrets.putService(secret("it")),
				{ committed: () => heard.push("committed"), undone: () => heard.push("undone") },
			);
			const said = await change.then(
				() => "done",
				(error) => (error instanceof StorageError ? "refused" : messageOf(error)),
			);
			expect([said, ...heard]).toEqual([answer, ...seen]);
			await until(() => store.problem === undefined, "the database to be back");
			expect(await there()).toEqual([...rows]);
		});

		test("nobody is told anything before it is known", async () => {
			let isTold = false;
			between.cutAtCommit = "after";
			between.isClosed = true;
			const change = put("it").finally(() => {
				isTold = true;
			});
			// Behind it in the queue, when it turns out that nothing can be stored.
			const behind = Bun.sleep(0).then(() => away(put("behind")));
			await until(() => store.problem !== undefined, "the trouble to be noticed");
			expect(await within(behind, "the refusal")).toBe(store.problem ?? "");
			// Others need not wait.
			expect(await away(put("other"))).toBe(store.problem ?? "");
			await Bun.sleep(500);
			expect(isTold).toBe(false);
			between.isClosed = false;
			await change;
			expect(await there()).toEqual(["before", "it"]);
		});

		test("a server that stops waits for it no longer than some seconds", async () => {
			between.cutAtCommit = "after";
			between.isClosed = true;
			const change = away(put("it"));
			await until(() => store.problem !== undefined, "the trouble to be noticed");
			store.finish?.();
			expect(await within(change, "the answer")).toContain("cannot tell whether it stored this");
			await within(store.close(), "the end");
		});
	});
});

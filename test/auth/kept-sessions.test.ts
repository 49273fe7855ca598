import { describe, expect, test } from "bun:test";
import { renameSync } from "node:fs";
import { join } from "node:path";
import { Accounts } from "../../src/auth/accounts.ts";
import { Auth } from "../../src/auth/auth.ts";
import { KeptSessions } from "../../src/auth/kept-sessions.ts";
import { ANYONE } from "../../src/auth/principal.ts";
import { hashOf } from "../../src/auth/secrets.ts";
import { IDLE_MS } from "../../src/auth/sessions.ts";
import { pageSessionDisk } from "../../src/store/page-sessions.ts";
import { StoreReader } from "../../src/store/reader.ts";
import { restoreDatabase } from "../../src/store/restore.ts";
import { Store } from "../../src/store/store.ts";
import { accountsStore } from "../support/accounts-store.ts";
import { quietLog, recordedLog } from "../support/log.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { until } from "../support/waiting.ts";

const database = accountsStore();
const ANN = { kind: "admin", name: "ann", stamp: "h" } as const;
const TOM = { kind: "person", id: 2, name: "tom", role: "teacher", stamp: "h" } as const;

/** Sessions of a server that has just started on the database. */
async function started({ clock = new ManualClock(), store = database.store } = {}) {
	const accounts = new Accounts(store);
	const { log, lines } = recordedLog("auth");
	const auth = new Auth(true, { accounts, secretHashOf: () => undefined, log });
	const sessions = new KeptSessions({
		disk: pageSessionDisk(store),
		userOf: ({ name }) => accounts.user(name),
		userById: (id) => accounts.userById(id),
		isCurrent: (principal) => auth.isCurrent(principal),
		log,
		clock,
	});
	await accounts.start();
	await sessions.start();
	return { accounts, sessions, clock, lines };
}

async function withPeople() {
	const { people } = database.file.accounts;
	await people.create({ name: "ann", hash: "h", role: "admin", createdAt: 1 });
	await people.create({ name: "tom", hash: "h", role: "teacher", createdAt: 1 });
	return { people, ...(await started()) };
}

const stored = () => pageSessionDisk(database.store).load();

describe("sessions of people", () => {
	test("go on after the process was killed, and only hashes are stored", async () => {
		const { sessions } = await withPeople();
		const [ann, tom] = [await sessions.begin(ANN), await sessions.begin(TOM)];
		expect((await stored()).map(({ hash }) => hash).toSorted()).toEqual(
			[hashOf(ann), hashOf(tom)].toSorted(),
		);
		const next = (await started()).sessions;
		expect([next.find(ann), next.find(tom)]).toEqual([ANN, TOM]);
		expect(next.find("another")).toBeUndefined();
	});

	test("that were ended stay so after the process was killed", async () => {
		const { sessions } = await withPeople();
		const [one, other] = [await sessions.begin(ANN), await sessions.begin(ANN)];
		await sessions.end(one);
		const ended = await Promise.all([sessions.begin(TOM), sessions.end(other)]);
		const next = (await started()).sessions;
		expect([one, other].map((secret) => next.find(secret))).toEqual([undefined, undefined]);
		expect(next.find(ended[0])).toEqual(TOM);
	});

	test.each<[string, (people: Awaited<ReturnType<typeof withPeople>>["people"]) => Promise<void>]>([
		["password changes", (people) => people.setPassword(2, "new")],
		["role changes", (people) => people.setRole(2, "student")],
		["account is removed", (people) => people.remove(2)],
		[
			"account is disabled, though it is enabled again",
			async (people) => {
				await people.setActive(2, false);
				await people.setActive(2, true);
			},
		],
		[
			"password and role change and change back",
			async (people) => {
				await people.setRole(2, "admin");
				await people.setPassword(2, "new");
				await people.setRole(2, "teacher");
				await people.setPassword(2, "h");
			},
		],
	])("end when the %s while no server runs", async (_, change) => {
		const { people, sessions } = await withPeople();
		const [ann, tom] = [await sessions.begin(ANN), await sessions.begin(TOM)];
		await sessions.stop();
		await change(people);
		const next = (await started()).sessions;
		expect([next.find(ann), next.find(tom)]).toEqual([ANN, undefined]);
		await next.stop();
		expect((await stored()).map(({ hash }) => hash)).toEqual([hashOf(ann)]);
	});

	test("do not come back when an account is disabled and enabled again while the server runs", async () => {
		const { people, accounts, sessions } = await withPeople();
		const tom = await sessions.begin(TOM);
		for (const isActive of [false, true]) {
			await people.setActive(2, isActive);
			await accounts.refresh();
			sessions.endRevoked();
		}
		expect(sessions.find(tom)).toBeUndefined();
		await sessions.stop();
		expect(await stored()).toEqual([]);
	});

	test("age while a server runs, not while none does, and to the minute after a crash", async () => {
		const { sessions, clock } = await withPeople();
		const [idle, used] = [await sessions.begin(ANN), await sessions.begin(TOM)];
		clock.move(IDLE_MS / 2);
		sessions.find(used);
		clock.move(IDLE_MS / 4);
		await until(async () => {
			const rows = await stored();
			return rows.every(({ begunSeconds }) => begunSeconds > (IDLE_MS / 1000) * 0.74);
		}, "the ages to be stored");
		// Killed here. The clock of another process begins anywhere.
		const later = new ManualClock();
		later.skip(1e9);
		const next = (await started({ clock: later })).sessions;
		later.skip(IDLE_MS / 4 + 20 * 60_000);
		expect([next.find(idle), next.find(used)]).toEqual([undefined, TOM]);
	});

	test("end after a week of running servers, however many there were", async () => {
		const { sessions, clock } = await withPeople();
		const ann = await sessions.begin(ANN);
		await sessions.stop();
		for (let day = 1; day <= 7; day++) {
			const next = await started({ clock });
			clock.skip(IDLE_MS);
			expect(next.sessions.find(ann)).toEqual(ANN);
			await next.sessions.stop();
		}
		const last = await started({ clock });
		clock.skip(1);
		expect(last.sessions.find(ann)).toBeUndefined();
		await last.sessions.stop();
		expect(await stored()).toEqual([]);
	});

	test("are a thousand at most, also in the database, and go with their time", async () => {
		const { sessions, clock } = await withPeople();
		const first = await sessions.begin(ANN);
		const others: string[] = [];
		for (let n = 0; n < 1000; n++) others.push(await sessions.begin(TOM));
		expect(sessions.find(first)).toBeUndefined();
		expect((await stored()).length).toBe(1000);
		const next = (await started({ clock })).sessions;
		expect(others.every((secret) => next.find(secret) !== undefined)).toBe(true);
		clock.move(IDLE_MS + 10 * 60_000);
		await until(async () => (await stored()).length === 0, "old sessions to go");
	});

	test("begin also while the disk takes nothing, are stored later, and the log says so once", async () => {
		const { sessions, clock, lines } = await withPeople();
		const path = join(database.userdir, "test.db");
		const moved = join(database.userdir, "moved.db");
		renameSync(path, moved);
		const [ann, tom] = [await sessions.begin(ANN), await sessions.begin(TOM)];
		expect([sessions.find(ann), sessions.find(tom)]).toEqual([ANN, TOM]);
		const said = () => lines.filter((line) => line.includes("cannot store the sessions"));
		expect(said()).toHaveLength(1);
		renameSync(moved, path);
		clock.move(11 * 60_000);
		await until(async () => (await stored()).length === 2, "the sessions to be stored");
		const next = (await started()).sessions;
		expect([next.find(ann), next.find(tom)]).toEqual([ANN, TOM]);
	});

	test("of no account end with the server, and are not taken over by the next one of the process", async () => {
		const { sessions } = await withPeople();
		const [anyone, ann] = [await sessions.begin(ANYONE), await sessions.begin(ANN)];
		await sessions.stop();
		expect(await stored()).toHaveLength(1);
		const clock = new ManualClock();
		const accounts = new Accounts(database.store);
		await accounts.start();
		const { log } = recordedLog("auth");
		const next = new KeptSessions({
			...{ disk: undefined, log, clock, isCurrent: () => true },
			userOf: ({ name }) => accounts.user(name),
			userById: (id) => accounts.userById(id),
		});
		next.adopt(sessions);
		expect([next.find(anyone), next.find(ann)]).toEqual([undefined, ANN]);
	});

	test("that make no sense in the database are dropped", async () => {
		const { sessions } = await withPeople();
		await sessions.begin(ANN);
		const [row] = await stored();
		if (row === undefined) throw new Error("no row");
		await pageSessionDisk(database.store).save([], [{ ...row, idleSeconds: -5 }]);
		const next = (await started()).sessions;
		await next.stop();
		expect(await stored()).toEqual([]);
	});

	test("end when the database goes back to a copy", async () => {
		const { sessions } = await withPeople();
		await sessions.begin(ANN);
		const copy = join(database.userdir, "copy.db");
		const reader = new StoreReader(join(database.userdir, "test.db"));
		reader.copyTo(copy);
		reader.close();
		const path = join(database.userdir, "restored.db");
		expect(restoreDatabase(copy, path, { schemas: [], counted: ["users"] }).counts.users).toBe(2);
		const store = new Store({ userdir: database.userdir, url: "restored.db" }, quietLog);
		expect(await pageSessionDisk(store).load()).toEqual([]);
		await store.close();
	});

	test("without any, nothing is planned or written", async () => {
		const { clock } = await withPeople();
		expect(clock.planned).toBe(0);
	});
});

// Sessions of two nodes on one database.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { ANYONE, type Principal } from "../../src/auth/principal.ts";
import { principalOf } from "../../src/auth/remembered-logins.ts";
import { hashOf } from "../../src/auth/secrets.ts";
import { IDLE_MS } from "../../src/auth/sessions.ts";
import { SharedSessions } from "../../src/auth/shared-sessions.ts";
import { StorageError } from "../../src/kit/errors.ts";
import type { UserRecord } from "../../src/store/mod.ts";
import { SharedPageSessions } from "../../src/store/shared-page-sessions.ts";
import { quietLog } from "../support/log.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { hasPostgres } from "../support/postgres-server.ts";
import { sharedByTests } from "../support/shared-database.ts";
import { until } from "../support/waiting.ts";

const known = { hash: "h", email: null, sub: null, isActive: true, createdAt: 0 };
const ANN: UserRecord = { id: 1, name: "ann", role: "admin", ...known };
const TOM: UserRecord = { id: 2, name: "tom", role: "teacher", ...known };

describe.skipIf(!hasPostgres())("a session at two nodes", () => {
	const shared = sharedByTests();
	let users: UserRecord[];
	let a: SharedSessions;
	let b: SharedSessions;
	let clock: ManualClock;
	/** While it is, the database does not answer `b`. */
	let isAway: boolean;
	/** Questions of `b` about one session. */
	let asked: number;

	beforeEach(async () => {
		users = [ANN, TOM];
		clock = new ManualClock();
		isAway = false;
		asked = 0;
		a = node(new SharedPageSessions(shared.database));
		const rows = new SharedPageSessions(await shared.open());
		const away = () => Promise.reject(new StorageError("away"));
		b = node({
			use: (hash) => {
				asked += 1;
				return isAway ? away() : rows.use(hash);
			},
			begin: (...row) => (isAway ? away() : rows.begin(...row)),
			end: (hash) => (isAway ? away() : rows.end(hash)),
			endOf: (...which) => rows.endOf(...which),
			listOf: (id) => rows.listOf(id),
			there: (hashes) => rows.there(hashes),
			listen: (call) => rows.listen(call),
		});
		await Promise.all([a.start(), b.start()]);
	});
	afterEach(() => Promise.all([a.stop(), b.stop()]));

	function node(rows: ConstructorParameters<typeof SharedSessions>[0]["rows"]): SharedSessions {
		const userOf = ({ name }: { name: string }) => users.find((user) => user.name === name);
		return new SharedSessions({
			...{ rows, clock, log: quietLog, userOf },
			userById: (id) => users.find((user) => user.id === id),
			isCurrent: (principal: Principal) => {
				if (principal === ANYONE) return true;
				const user = principal.kind === "device" ? undefined : userOf(principal);
				return user?.isActive === true && principalOf(user).stamp === principal.stamp;
			},
		});
	}

	const at = async (sessions: SharedSessions, secret: string) => {
		await sessions.refresh(secret);
		return sessions.find(secret);
	};

	test("that began at one lets in at the other; only its hash is stored", async () => {
		const secret = await a.begin(principalOf(TOM));
		expect(a.find(secret)).toEqual(principalOf(TOM));
		expect(b.find(secret)).toBeUndefined();
		expect(await at(b, secret)).toEqual(principalOf(TOM));
		expect(await at(b, "another")).toBeUndefined();
		const rows = await shared.ask("SELECT * FROM page_sessions");
		expect(rows.map(({ hash }) => hash)).toEqual([hashOf(secret)]);
		expect(JSON.stringify(rows)).not.toContain(secret);
	});

	test("ends at both: at once for the next request, and for streams as soon as it is heard", async () => {
		const secret = await a.begin(principalOf(ANN));
		await at(b, secret);
		const stream = b.refer(secret);
		expect(stream?.principal()).toEqual(principalOf(ANN));
		await a.end(secret);
		expect(a.find(secret)).toBeUndefined();
		await until(() => stream?.principal() === undefined, "the stream's end");
		const next = await a.begin(principalOf(ANN));
		await at(b, next);
		await b.end(next);
		expect(await at(a, next)).toBeUndefined();
	});

	test("ends with the password, the role or the activity of its account", async () => {
		for (const changed of [{ hash: "new" }, { role: "admin" as const }, { isActive: false }]) {
			users = [ANN, TOM];
			const secret = await a.begin(principalOf(TOM));
			await at(b, secret);
			const stream = b.refer(secret);
			users = [ANN, { ...TOM, ...changed }];
			expect(await at(a, secret)).toBeUndefined();
			expect(await at(b, secret)).toBeUndefined();
			expect(stream?.principal()).toBeUndefined();
		}
		users = [ANN];
		b.endRevoked();
	});

	test("is one of its person's, wherever they began", async () => {
		const [one, two] = [await a.begin(principalOf(TOM)), await b.begin(principalOf(TOM))];
		await a.begin(principalOf(ANN));
		const listed = await b.listOf("tom", two);
		expect(listed.map(({ is_this }) => is_this).toSorted()).toEqual([false, true]);
		expect(Math.abs((listed[0]?.since ?? 0) - Date.now() / 1000)).toBeLessThan(60);
		const other = listed.find(({ is_this }) => !is_this)?.id;
		expect(await b.endOf("tom", other, two)).toBe(1);
		expect(await at(a, one)).toBeUndefined();
		expect(await a.endOf("tom", undefined, one)).toBe(1);
		expect(await at(b, two)).toBeUndefined();
		expect(await a.endOf("nobody", undefined, undefined)).toBe(0);
		expect(await b.listOf("nobody", undefined)).toEqual([]);
	});

	test("goes on where it is known while the database is away; others cannot be told", async () => {
		const secret = await a.begin(principalOf(ANN));
		const unknown = await a.begin(principalOf(ANN));
		await at(b, secret);
		isAway = true;
		expect(await at(b, secret)).toEqual(principalOf(ANN));
		await expect(b.refresh(unknown)).rejects.toBeInstanceOf(StorageError);
		await expect(b.begin(principalOf(ANN))).rejects.toBeInstanceOf(StorageError);
		await expect(b.end(secret)).rejects.toBeInstanceOf(StorageError);
		expect(b.find(secret)).toBeUndefined();
	});

	test("that a stream rests on is asked for once a minute, and is over after a day without an answer", async () => {
		const secret = await a.begin(principalOf(ANN));
		await at(b, secret);
		asked = 0;
		for (let n = 0; n < 5; n++) b.find(secret);
		expect(asked).toBe(0);
		clock.move(61_000);
		for (let n = 0; n < 5; n++) expect(b.find(secret)).toEqual(principalOf(ANN));
		expect(asked).toBe(1);
		clock.move(IDLE_MS + 1);
		expect(b.find(secret)).toBeUndefined();
	});

	test("is over a week after it began, however it was used meanwhile", async () => {
		const secret = await a.begin(principalOf(ANN));
		await shared.ask("UPDATE page_sessions SET begun_seconds = begun_seconds - 6.5 * 86400");
		await at(b, secret);
		const stream = b.refer(secret);
		clock.move(IDLE_MS / 2 - 60_000);
		expect(stream?.principal()).toEqual(principalOf(ANN));
		clock.move(120_000);
		expect(stream?.principal()).toBeUndefined();
	});

	test("of a login without an account is its node's alone", async () => {
		const secret = await a.begin(ANYONE);
		expect(await at(a, secret)).toEqual(ANYONE);
		expect(await at(b, secret)).toBeUndefined();
		expect(await shared.ask("SELECT * FROM page_sessions")).toEqual([]);
		await a.end(secret);
		expect(await at(a, secret)).toBeUndefined();
	});

	test("is one of a thousand at a node: others are asked for again", async () => {
		const secret = await a.begin(principalOf(ANN));
		for (let n = 0; n < 1000; n++) await a.begin(ANYONE);
		expect(a.find(secret)).toBeUndefined();
		expect(await at(a, secret)).toEqual(principalOf(ANN));
	});
});

import { beforeEach, describe, expect, test } from "bun:test";
import { SharedPageSessions } from "../../src/store/shared-page-sessions.ts";
import { hasPostgres } from "../support/postgres-server.ts";
import { sharedByTests } from "../support/shared-database.ts";
import { until } from "../support/waiting.ts";

const NOW = "extract(epoch FROM now())";

describe.skipIf(!hasPostgres())("sessions in the database of a cluster", () => {
	const shared = sharedByTests();
	let sessions: SharedPageSessions;
	beforeEach(() => {
		sessions = new SharedPageSessions(shared.database);
	});

	/** Lets a session be so many seconds old. */
	const age = (hash: string, begun: number, idle: number) =>
		shared.ask(
			`UPDATE page_sessions SET begun_seconds = ${NOW} - ${begun}, idle_seconds = ${NOW} - ${idle} WHERE hash = '${hash}'`,
		);
	const hashes = async () =>
		(await shared.ask("SELECT hash FROM page_sessions ORDER BY hash")).map(({ hash }) => hash);

	test("are there until they end, with their ages by the database's clock", async () => {
		await sessions.begin("h", 7, "login");
		expect(await sessions.use("h")).toMatchObject({ hash: "h", userId: 7, login: "login" });
		await age("h", 5000, 600);
		const used = await sessions.use("h");
		expect(Math.round((used?.begunSeconds ?? 0) / 10)).toBe(500);
		expect(Math.round((used?.idleSeconds ?? 0) / 10)).toBe(60);
		// That was a use.
		expect((await sessions.use("h"))?.idleSeconds).toBeLessThan(60);
		await sessions.end("h");
		expect(await sessions.use("h")).toBeUndefined();
		await sessions.end("h");
	});

	test("last for a day without a use, and for a week", async () => {
		const rows = [
			["idle", 90_000, 86_500],
			["long", 604_900, 10],
			["good", 604_000, 86_000],
		] as const;
		for (const [hash] of rows) await sessions.begin(hash, 1, "l");
		for (const [hash, begun, idle] of rows) await age(hash, begun, idle);
		const lasting = new Set(["good"]);
		expect(await sessions.there(["idle", "long", "good", "none"])).toEqual(lasting);
		expect((await sessions.listOf(1)).map(({ hash }) => hash)).toEqual(["good"]);
		for (const [hash] of rows) {
			expect([hash, (await sessions.use(hash)) !== undefined]).toEqual([hash, hash === "good"]);
		}
		// The next one that begins removes what is over; so are those of a server that was alone, which have ages.
		await shared.ask("INSERT INTO page_sessions VALUES ('alone', 1, 'l', 30, 20)");
		await sessions.begin("new", 1, "l");
		expect(await hashes()).toEqual(["good", "new"]);
	});

	test("are a thousand at most: the one that was not used for the longest time ends", async () => {
		await shared.ask(
			`INSERT INTO page_sessions SELECT 's' || n, 1, 'l', ${NOW} - 3000, ${NOW} - n FROM generate_series(1, 1000) AS n`,
		);
		await sessions.begin("new", 1, "l");
		expect(await hashes()).toHaveLength(1000);
		expect(await sessions.there(["s1000", "s999", "new"])).toEqual(new Set(["s999", "new"]));
	});

	test("of a person end together but for one, or one by its first digits; others hear of it", async () => {
		let heard = 0;
		const other = new SharedPageSessions(await shared.open());
		const end = other.listen(() => {
			heard += 1;
		});
		await until(() => heard > 0, "the other one to listen");
		for (const hash of ["own", "a".repeat(64), "b".repeat(64)]) await sessions.begin(hash, 1, "l");
		await sessions.begin("another's", 2, "l");
		const before = heard;
		expect(await sessions.endOf(1, "a".repeat(16), "own")).toBe(1);
		expect(await sessions.endOf(1, "a".repeat(16), "own")).toBe(0);
		await until(() => heard > before, "the other one to hear");
		expect(await sessions.endOf(1, undefined, "own")).toBe(1);
		expect(await hashes()).toEqual(["another's", "own"]);
		expect(await sessions.endOf(1, undefined, undefined)).toBe(1);
		end();
	});
});

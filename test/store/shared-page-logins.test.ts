// Logins of pages as nodes of a cluster have them in common.
import { beforeEach, describe, expect, test } from "bun:test";
import pages from "../../src/cluster/migrations/0002_pages.sql" with { type: "text" };
import { SharedPageLoginRows } from "../../src/store/shared-page-logins.ts";
import { SharedPageSessions } from "../../src/store/shared-page-sessions.ts";
import { hasPostgres } from "../support/postgres-server.ts";
import { sharedByTests } from "../support/shared-database.ts";

const MOST = 3;
const idOf = (n: number) => `00000000-0000-4000-8000-00000000000${n}`;

describe.skipIf(!hasPostgres())("logins of pages in a database of nodes", () => {
	const shared = sharedByTests();
	let rows: SharedPageLoginRows;
	let sessions: SharedPageSessions;
	beforeEach(async () => {
		await shared.ask(pages);
		rows = new SharedPageLoginRows(shared.database);
		sessions = new SharedPageSessions(shared.database);
		await sessions.begin("of ann", 7, "ann's");
		await sessions.begin("of tom", 8, "tom's");
	});
	const draw = (n: number, session: string) =>
		rows.draw(idOf(n), { hash: `token ${n}`, session }, MOST);
	const there = async () => {
		const found = await shared.ask("SELECT id FROM cluster_pages ORDER BY id");
		return found.map(({ id }) => Number(String(id).at(-1)));
	};

	test("are found by their id, with whose they are, until they end", async () => {
		await draw(1, "of ann");
		expect(await rows.find(idOf(1))).toEqual({
			...{ hash: "token 1", session: "of ann", userId: 7, login: "ann's" },
		});
		expect(await rows.find(idOf(2))).toBeUndefined();
		await rows.end(idOf(1));
		expect(await rows.find(idOf(1))).toBeUndefined();
	});

	test("end with their session, and go when the next one is drawn", async () => {
		await draw(1, "of ann");
		await sessions.end("of ann");
		expect(await rows.find(idOf(1))).toBeUndefined();
		await draw(2, "of tom");
		expect(await there()).toEqual([2]);
	});

	test("are so many of one session: the oldest make room", async () => {
		await draw(9, "of tom");
		const gone = [];
		for (let n = 1; n <= MOST + 2; n++) gone.push(...(await draw(n, "of ann")));
		expect(gone).toEqual([idOf(1), idOf(2)]);
		expect(await there()).toEqual([3, 4, 5, 9]);
	});
});

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AnsweredRequests } from "../../src/cluster/answered-requests.ts";
import { LeaseRows } from "../../src/cluster/lease-rows.ts";
import { CLUSTER_SCHEMA } from "../../src/cluster/schema.ts";
import { openStore } from "../../src/store/open-store.ts";
import type { SharedDatabase, StorePort } from "../../src/store/port.ts";
import { openShared } from "../../src/store/shared.ts";
import { postgresForAll } from "../support/databases.ts";
import { quietLog } from "../support/log.ts";
import { hasPostgres } from "../support/postgres-server.ts";
import { DEADLINE_MS } from "../support/waiting.ts";

const PARTITION = 3;
const KEPT = 256;
const KNOWN = 1024;

const request = (mark: string, packetId: number, { isRepeated = false, digest = "d" } = {}) => ({
	key: "c/g",
	digest,
	handed: { mark, packetId, isRepeated, lease: 1 },
});
const sent = { reply: undefined, isSent: true };
const kept = (reply: string) => ({ reply, isSent: false });

describe("requests that come again", () => {
	let answers: AnsweredRequests;
	beforeEach(() => {
		answers = new AnsweredRequests();
		answers.begin(new Set([PARTITION]), []);
	});

	const find = (...asked: Parameters<typeof request>) => answers.find(PARTITION, request(...asked));

	test("what one router hands on twice has one mark", () => {
		expect(find("1-1", 7)).toBeUndefined();
		answers.note(PARTITION, request("1-1", 7), kept("a"));
		expect(find("1-1", 7)).toEqual(kept("a"));
		expect(find("1-2", 8)).toBeUndefined();
		answers.note(PARTITION, request("1-1", 7), sent);
		expect(find("1-1", 7)).toEqual(sent);
	});

	test("what the next router hands on again has its packet id and text", () => {
		answers.note(PARTITION, request("1-1", 7), sent);
		expect(find("2-1", 7, { isRepeated: true })).toEqual(sent);
		// The same request once more, which the broker has not sent before.
		expect(find("2-1", 7)).toBeUndefined();
		expect(find("2-1", 8, { isRepeated: true })).toBeUndefined();
		expect(find("2-1", 7, { isRepeated: true, digest: "other" })).toBeUndefined();
		expect(answers.find(4, request("1-1", 7))).toBeUndefined();
	});

	test("what came at QoS 0 cannot come again from the broker", () => {
		answers.note(PARTITION, request("1-1", 0), sent);
		expect(find("2-1", 0, { isRepeated: true })).toBeUndefined();
	});

	test("of many the last ones are known, and of a partition that is left none", () => {
		for (let n = 1; n <= KNOWN + 1; n++) {
			answers.note(PARTITION, request(`1-${n}`, n, { digest: `${n}` }), sent);
		}
		expect(find("1-1", 1, { digest: "1" })).toBeUndefined();
		expect(find("2-1", 1, { isRepeated: true, digest: "1" })).toBeUndefined();
		expect(find("1-2", 2, { digest: "2" })).toEqual(sent);
		answers.end(PARTITION);
		expect(find("1-2", 2, { digest: "2" })).toBeUndefined();
		answers.note(PARTITION, request("1-2", 2), sent);
		expect(find("1-2", 2)).toBeUndefined();
	});
});

describe.skipIf(!hasPostgres())("answers in the database", () => {
	const postgres = postgresForAll();
	let userdir: string;
	let name: string;
	let store: StorePort;
	let database: SharedDatabase;
	let answers: AnsweredRequests;
	beforeEach(async () => {
		userdir = mkdtempSync(join(tmpdir(), "iotctl-answers-"));
		name = await postgres.server.database();
		const place = { userdir, url: postgres.server.url(name) };
		store = await openStore(place, quietLog, [CLUSTER_SCHEMA]);
		database = await openShared(place, DEADLINE_MS, quietLog);
		answers = await takenOver(PARTITION);
	});
	afterEach(async () => {
		database.close();
		await store.close();
		rmSync(userdir, { recursive: true });
	});

	/** As the next owner of partitions knows them. */
	const takenOver = async (...partitions: number[]) => {
		const me = { name: "a", run: "a", place: "a", process: "a", version: "1.0.0", url: "" };
		const taken = new AnsweredRequests();
		const all = new Set(partitions);
		taken.begin(all, await new LeaseRows(database, me, 1000).answers(all));
		return taken;
	};
	const keep = (asked: ReturnType<typeof request>, reply: string, partition = PARTITION) =>
		store.write((db) => answers.store(db, store.columns, { partition, request: asked, reply }));

	test("are there for the next owner, with what was stored together with them only", async () => {
		await keep(request("1-1", 7), '{"a":1}');
		const failed = store.write(async (db) => {
			const asked = { partition: PARTITION, request: request("1-2", 8), reply: "{}" };
			await answers.store(db, store.columns, asked);
			throw new Error("undone");
		});
		await expect(failed).rejects.toThrow("undone");
		const next = await takenOver(PARTITION, 4);
		expect(next.find(PARTITION, request("1-1", 7))).toEqual(kept('{"a":1}'));
		const again = request("2-1", 7, { isRepeated: true });
		expect(next.find(PARTITION, again)).toEqual(kept('{"a":1}'));
		expect(next.find(PARTITION, request("1-2", 8))).toBeUndefined();
		expect(next.find(4, request("1-1", 7))).toBeUndefined();
		// A partition that this node does not have.
		await keep(request("1-3", 9), "{}", 4);
		expect((await takenOver(4)).find(4, request("1-3", 9))).toBeUndefined();
	});

	test("take the place of older ones, over changes of owners as well", async () => {
		for (let n = 1; n <= KEPT; n++) await keep(request(`1-${n}`, n), `${n}`);
		answers = await takenOver(PARTITION);
		for (let n = KEPT + 1; n <= KEPT + 10; n++) await keep(request(`1-${n}`, n), `${n}`);
		const [row] = await postgres.server.ask(
			"SELECT count(*)::int AS n FROM cluster_requests",
			name,
		);
		expect(row).toEqual({ n: KEPT });
		const next = await takenOver(PARTITION);
		expect(next.find(PARTITION, request("1-10", 10))).toBeUndefined();
		expect(next.find(PARTITION, request("1-11", 11))).toEqual(kept("11"));
		expect(next.find(PARTITION, request(`1-${KEPT + 10}`, 0))).toEqual(kept(`${KEPT + 10}`));
	});

	test("of a reply that repeats a long request, what came of it is kept", async () => {
		const long = "x".repeat(20_000);
		await keep(
			request("1-1", 7),
			JSON.stringify({ op: "attach", note: long, state: "error", reason: long }),
		);
		const found = (await takenOver(PARTITION)).find(PARTITION, request("1-1", 7));
		expect(JSON.parse(found?.reply ?? "")).toEqual({
			...{ op: "attach", state: "error", reason: "x".repeat(1000) },
		});
	});
});

import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brokerDisk } from "../../src/store/broker-disk.ts";
import { Store } from "../../src/store/store.ts";
import { quietLog } from "../support/log.ts";

let userdir: string;
beforeEach(() => {
	userdir = mkdtempSync(join(tmpdir(), "iotctl-sessions-"));
});
afterEach(() => rmSync(userdir, { recursive: true }));

const open = () => new Store({ userdir, url: "test.db" }, quietLog);
const session = {
	clientId: "a ☂",
	login: "user ann",
	used: 3,
	filters: [
		{ topic: "t/#", qos: 1 as const },
		{ topic: "u", qos: 2 as const, nl: true, rap: true },
	],
	received: [1, 65_535],
};
const message = (row: number) => ({
	row,
	clientId: "a ☂",
	content: { topic: "t/ü", payload: Buffer.from([0, 255, row % 256]) },
	qos: 1,
	retain: false,
	packetId: null,
});
const nothing = {
	removedMessages: [] as number[],
	sessions: new Map<string, typeof session | null>(),
	messages: [],
};

async function load(store: Store) {
	const odd: string[] = [];
	const disk = brokerDisk(store).sessions;
	const sessions = await disk.loadSessions((client, reason) => odd.push(`${client}: ${reason}`));
	return { sessions, messages: await Array.fromAsync(disk.loadMessages()), odd };
}

describe("persistent sessions on the disk", () => {
	test("come back as they were, messages in their order, changed and removed ones too", async () => {
		const store = open();
		const disk = brokerDisk(store).sessions;
		const rows = Array.from({ length: 120 }, (_, n) => message(n + 1));
		await disk.save({
			...nothing,
			sessions: new Map([["a ☂", session]]),
			messages: rows.toReversed(),
		});
		const released = { ...message(2), content: null, qos: 2, packetId: 7 };
		await disk.save({
			removedMessages: [1, 3],
			sessions: new Map([["a ☂", { ...session, used: 4 }]]),
			messages: [released],
		});
		await store.close();
		const again = open();
		const found = await load(again);
		expect(found).toMatchObject({ odd: [], sessions: [{ ...session, used: 4 }] });
		expect(found.messages).toEqual([released, ...rows.slice(3)]);
		await brokerDisk(again).sessions.save({ ...nothing, sessions: new Map([["a ☂", null]]) });
		expect((await load(again)).sessions).toEqual([]);
		await again.close();
	});

	test("that cannot be read are named and left out, the others stay", async () => {
		await open().close();
		const db = new Database(join(userdir, "test.db"));
		const put = db.query("INSERT INTO mqtt_sessions VALUES (?, 'anyone', ?, ?, ?)");
		put.run("good", 1, "[]", "[]");
		put.run("no json", 2, "[", "[]");
		put.run("other shape", 3, '{"t":1}', "[]");
		put.run("odd qos", 4, '[{"topic":"t","qos":7}]', "[]");
		put.run("odd id", 5, "[]", '["x"]');
		put.run("odd use", -1, "[]", "[]");
		const add = db.query("INSERT INTO mqtt_messages VALUES (?, 'good', 't', NULL, 1, 0, NULL)");
		for (const id of [-5n, 0n, 4n, 2n ** 62n, 2n ** 62n + 1n]) add.run(id);
		db.close();
		const store = open();
		const { sessions, messages, odd } = await load(store);
		expect(sessions.map(({ clientId }) => clientId)).toEqual(["good"]);
		expect(odd).toEqual([
			"no json: Stored filters is not JSON",
			"other shape: Stored filters has the wrong shape",
			"odd qos: Stored filters has the wrong shape",
			"odd id: Stored received has the wrong shape",
			"odd use: Stored used is out of range",
		]);
		expect(messages).toMatchObject([{ row: 4, content: { topic: "t", payload: Buffer.alloc(0) } }]);
		await store.close();
	});
});

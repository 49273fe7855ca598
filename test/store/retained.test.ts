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
	userdir = mkdtempSync(join(tmpdir(), "iotctl-retained-"));
});
afterEach(() => rmSync(userdir, { recursive: true }));

const open = () => new Store({ userdir, url: "test.db" }, quietLog);
const message = (topic: string, n = 0, qos: 0 | 1 | 2 = 1) => ({
	topic,
	payload: Buffer.from([0, 255, n]),
	qos,
});

const fail = (topic: string, reason: string) => {
	throw new Error(`${topic}: ${reason}`);
};

describe("retained messages on the disk", () => {
	test("come back as they were; a topic has its last message, or none", async () => {
		const store = open();
		const { retained } = brokerDisk(store);
		await retained.save(
			new Map([
				["t/ü", message("t/ü", 1, 2)],
				["gone", message("gone")],
				["u", message("u", 3, 0)],
			]),
		);
		await retained.save(
			new Map([
				["t/ü", message("t/ü", 2)],
				["gone", null],
				["never", null],
			]),
		);
		await store.close();
		const again = open();
		const found = await brokerDisk(again).retained.load(fail);
		expect(found.toSorted((a, b) => a.topic.localeCompare(b.topic))).toEqual([
			message("t/ü", 2),
			message("u", 3, 0),
		]);
		await again.close();
	});

	test("are stored together or not at all", async () => {
		const store = open();
		const { retained } = brokerDisk(store);
		const broken = { ...message("b"), payload: null as unknown as Uint8Array };
		const changes = new Map([
			["a", message("a")],
			["b", broken],
		]);
		await expect(retained.save(changes)).rejects.toThrow();
		expect(await retained.load(fail)).toEqual([]);
		await store.close();
	});

	test("that another program has spoilt are named, and the others come back", async () => {
		await open().close();
		const db = new Database(join(userdir, "test.db"));
		db.run("DROP TABLE retained");
		db.run("CREATE TABLE retained (topic TEXT PRIMARY KEY NOT NULL, payload BLOB, qos INTEGER)");
		db.run("INSERT INTO retained VALUES ('spoilt', NULL, 1), ('t', x'61', 1)");
		db.close();
		const store = open();
		const odd: string[] = [];
		const found = await brokerDisk(store).retained.load((topic, reason) =>
			odd.push(`${topic}: ${reason}`),
		);
		expect(found).toMatchObject([{ topic: "t" }]);
		expect(odd).toEqual(["spoilt: Stored payload is NULL"]);
		await store.close();
	});

	test("with a QoS that does not exist count as QoS 0", async () => {
		await open().close();
		const db = new Database(join(userdir, "test.db"));
		db.run("INSERT INTO retained VALUES ('t', x'61', 7)");
		db.close();
		const store = open();
		expect(await brokerDisk(store).retained.load(fail)).toMatchObject([{ topic: "t", qos: 0 }]);
		await store.close();
	});
});

import { describe, expect, test } from "bun:test";
import { Retained } from "../../src/broker/retained.ts";
import { MemoryDisk } from "../support/embedded.ts";
import { quietLog } from "../support/log.ts";
import { within } from "../support/waiting.ts";

const build = async (disk = new MemoryDisk(), maxMessages = 1000, maxBytes = 100_000) => {
	const isKept = (topic: string) => !topic.startsWith("volatile/");
	const isRetained = (topic: string) => !topic.startsWith("requests/");
	const options = { maxMessages, maxBytes, isRetained, isKept };
	const retained = new Retained(options, disk, quietLog);
	await retained.start();
	return { disk, retained };
};
const message = (topic: string, text = "x") => ({
	topic,
	payload: Buffer.from(text),
	qos: 1 as const,
});
const topics = async (retained: Retained, ...filters: string[]) =>
	(await Array.fromAsync(retained.matching(filters))).map(({ topic }) => topic);

describe("retained messages", () => {
	test("the last of each topic is found by name and by wildcard, an empty one ends it", async () => {
		const { retained } = await build();
		for (const topic of ["a", "a/b", "a/b/c", "z"]) retained.set(message(topic));
		retained.set(message("a/b", "newer"));
		expect(await topics(retained, "a/b", "none")).toEqual(["a/b"]);
		expect((await Array.fromAsync(retained.matching(["a/b"])))[0]?.payload.toString()).toBe(
			"newer",
		);
		expect((await topics(retained, "a/#")).toSorted()).toEqual(["a", "a/b", "a/b/c"]);
		expect(await topics(retained, "+/b")).toEqual(["a/b"]);
		retained.set(message("a/b", ""));
		expect(await topics(retained, "a/b")).toEqual([]);
	});

	test("changes go to the disk together, without those that are not kept", async () => {
		const { disk, retained } = await build();
		for (let n = 0; n < 100; n++) retained.set(message("often", String(n)));
		retained.set(message("volatile/x"));
		retained.set(message("gone"));
		retained.set(message("gone", ""));
		await retained.stop();
		expect(disk.saves).toBe(1);
		expect((await disk.load()).map(({ topic, payload }) => `${topic} ${payload}`)).toEqual([
			"often 99",
		]);
		const again = (await build(disk)).retained;
		expect(await topics(again, "#")).toEqual(["often"]);
	});

	test("what is not to be retained is not, and goes from the disk when an older version left it there", async () => {
		const disk = new MemoryDisk();
		disk.messages.set("requests/x", message("requests/x"));
		disk.messages.set("a", message("a"));
		const { retained } = await build(disk, 2);
		expect(retained.hasRoomFor("requests/y", 1 << 30)).toBe(true);
		expect(retained.set(message("requests/y"))).toBe(true);
		expect(await topics(retained, "#")).toEqual(["a"]);
		await retained.stop();
		expect((await disk.load()).map(({ topic }) => topic)).toEqual(["a"]);
	});

	test("a failed save is repeated with what changed meanwhile", async () => {
		const { disk, retained } = await build();
		disk.broken = true;
		retained.set(message("a", "old"));
		await retained.stop();
		retained.set(message("a", "new"));
		disk.broken = false;
		await retained.stop();
		expect(String(disk.messages.get("a")?.payload)).toBe("new");
	});

	test("the end waits for a save in flight, and stores once more what that one could not", async () => {
		const begun = Promise.withResolvers<void>();
		const fate = Promise.withResolvers<void>();
		const disk = new MemoryDisk();
		const save = disk.save.bind(disk);
		let calls = 0;
		disk.save = async (changes) => {
			calls += 1;
			begun.resolve();
			if (calls === 1) await fate.promise;
			await save(changes);
		};
		const { retained } = await build(disk);
		retained.set(message("a"));
		await within(begun.promise, "the save");
		const end = retained.stop();
		fate.reject(new Error("no room"));
		await within(end, "the end");
		expect([calls, [...disk.messages.keys()]]).toEqual([2, ["a"]]);
	});

	test("over its limits a new message finds no room, a change of a known topic does", async () => {
		const { retained } = await build(new MemoryDisk(), 2, 100);
		expect(retained.set(message("a"))).toBe(true);
		expect(retained.set(message("b"))).toBe(true);
		expect(retained.set(message("c"))).toBe(false);
		expect(retained.set(message("a", "y".repeat(50)))).toBe(true);
		expect(retained.set(message("b", "y".repeat(50)))).toBe(false);
		expect(retained.set(message("a", ""))).toBe(true);
		expect(retained.set(message("c"))).toBe(true);
	});
});

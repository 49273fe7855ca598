import { describe, expect, test } from "bun:test";
import { readZip } from "../../../src/dataflow/python/zip.ts";
import { zipOf } from "../../support/wheel.ts";

const FILES = { "a.txt": "packed ".repeat(100), "b/c.txt": "stored", empty: "", "é.txt": "x" };

const read = (archive: Buffer) =>
	Object.fromEntries(readZip(archive).map((entry) => [entry.name, entry.read().toString()]));

describe("ZIP archives", () => {
	test("give their files, packed or not", () => {
		expect(read(zipOf(FILES))).toEqual(FILES);
		expect(read(zipOf({}))).toEqual({});
		expect(readZip(zipOf(FILES))[0]?.size).toBe(700);
	});

	test("may have a comment behind the directory", () => {
		const archive = zipOf(FILES);
		archive.writeUInt16LE(9, archive.length - 2);
		expect(read(Buffer.concat([archive, Buffer.from("a comment")]))).toEqual(FILES);
	});

	test.each([
		["nothing", Buffer.alloc(0), "it is not a ZIP archive"],
		["a text", Buffer.from("this is a text and no archive"), "it is not a ZIP archive"],
	])("%s is refused", (_name, archive, reason) => {
		expect(() => readZip(archive)).toThrow(reason);
	});

	test("a directory that is damaged or elsewhere is refused", () => {
		const archive = zipOf(FILES);
		const end = archive.length - 22;
		const damaged = Buffer.from(archive);
		damaged.writeUInt8(0, archive.readUInt32LE(end + 16));
		expect(() => readZip(damaged)).toThrow("its directory is damaged");
		const elsewhere = Buffer.from(archive);
		elsewhere.writeUInt32LE(1 << 30, end + 16);
		expect(() => readZip(elsewhere)).toThrow("it is cut off");
	});

	test("a file that is not what the directory says is refused by name, the others can be read", () => {
		const archive = zipOf({ "a.txt": "packed ".repeat(100), "b.txt": "stored" });
		archive.fill(0xff, 40, 44);
		const [first, second] = readZip(archive);
		expect(() => first?.read()).toThrow("a.txt in it is damaged");
		expect(second?.read().toString()).toBe("stored");
	});

	test("a file that unpacks to more than it says is refused", () => {
		const archive = zipOf({ bomb: "x".repeat(1 << 20) });
		const directory = archive.readUInt32LE(archive.length - 22 + 16);
		archive.writeUInt32LE(10, directory + 24);
		const [bomb] = readZip(archive);
		expect(bomb?.size).toBe(10);
		expect(() => bomb?.read()).toThrow("bomb in it is damaged");
	});
});

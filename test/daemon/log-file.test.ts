import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LogFile } from "../../src/daemon/log-file.ts";
import { createLogger } from "../../src/kit/log.ts";
import { canMount, SmallDisk } from "../support/small-disk.ts";

let folder: string;
let path: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "iotctl-log-"));
	path = join(folder, "iotctl.log");
});
afterEach(() => rmSync(folder, { recursive: true }));

const openTo = (file: string, maxBytes = 1 << 20) =>
	createLogger({
		level: "debug",
		format: "json",
		sink: new LogFile(file, maxBytes),
	});
const linesOf = (file: string) => readFileSync(file, "utf8").trimEnd().split("\n");

test("the file is rotated at its limit, and the previous one kept", () => {
	const log = openTo(path, 10_000);
	for (let n = 0; n < 1000; n++) log.debug("x", { n });
	expect(readdirSync(folder).toSorted()).toEqual(["iotctl.log", "iotctl.log.1"]);
	for (const name of readdirSync(folder)) {
		expect(statSync(join(folder, name)).size).toBeLessThan(10_200);
		expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
	}
	expect(JSON.parse(linesOf(path).at(-1) ?? "")).toMatchObject({ n: 999 });
});

test("a file that cannot be rotated costs lines, not the descriptor; they are counted", () => {
	const log = openTo(path, 1000);
	// Nothing can be put in its place.
	mkdirSync(join(folder, "iotctl.log.1"));
	writeFileSync(join(folder, "iotctl.log.1/x"), "");
	for (let n = 0; n < 100; n++) log.debug("x", { n });
	const before = linesOf(path).length;
	expect(before).toBeLessThan(20);
	rmSync(join(folder, "iotctl.log.1"), { recursive: true });
	log.debug("again");
	expect(linesOf(path).map((line) => JSON.parse(line))).toMatchObject([
		{ msg: "again" },
		{ msg: "log lines lost", times: 100 - before },
	]);
});

describe.if(canMount())("a disk without room", () => {
	test("loses lines, says once how many when there is room again, and glues none together", () => {
		const disk = new SmallDisk(64);
		const file = join(disk.path, "iotctl.log");
		const log = openTo(file);
		for (let n = 0; n < 400; n++) log.debug("x", { n, text: "y".repeat(333) });
		const kept = linesOf(file).length;
		expect(kept).toBeLessThan(300);
		disk.grow(256);
		for (let n = 0; n < 3; n++) log.debug("again");
		const said = linesOf(file).slice(kept - 1);
		const whole = said.filter((line) => line.startsWith("{") && line.endsWith("}"));
		expect(whole.map((line) => JSON.parse(line).msg).filter((msg) => msg !== "x")).toEqual([
			"again",
			"log lines lost",
			"again",
			"again",
		]);
		expect(said.join("\n")).toContain("ENOSPC");
		disk.dispose();
	});
});

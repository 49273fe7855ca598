import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FilesWatch } from "../../src/daemon/files-watch.ts";
import { listenedLog } from "../support/log.ts";
import type { Inbox } from "../support/waiting.ts";

let folder: string;
let watch: FilesWatch;
let lines: Inbox<string>;
const at = (name: string) => join(folder, name);
beforeEach(async () => {
	folder = mkdtempSync(join(tmpdir(), "iotctl-files-"));
	writeFileSync(at("a.db"), "a");
	const files = new Map([
		[at("a.db"), "the database"],
		[at("never.there"), "a file"],
	]);
	const heard = listenedLog();
	lines = heard.lines;
	// The test looks itself.
	watch = new FilesWatch({ files, log: heard.log, everyMs: 3_600_000 });
	await watch.start();
});
afterEach(() => {
	watch.stop();
	rmSync(folder, { recursive: true, force: true });
});

describe("a watched file", () => {
	test("that stays is not a problem, changed or not, and one that never was neither", async () => {
		writeFileSync(at("a.db"), "changed in place");
		writeFileSync(at("never.there"), "");
		await watch.look();
		expect(watch.problems).toEqual([]);
		expect(lines.waiting).toEqual([]);
	});

	test("that was removed is one until it is back in its place", async () => {
		renameSync(at("a.db"), at("b.db"));
		await watch.look();
		await watch.look();
		expect(watch.problems).toEqual([
			expect.stringContaining(`the database "${at("a.db")}" was removed`),
		]);
		expect(lines.waiting).toHaveLength(1);
		renameSync(at("b.db"), at("a.db"));
		await watch.look();
		expect(watch.problems).toEqual([]);
		expect(lines.waiting).toHaveLength(2);
	});

	test("that was replaced, or whose folder is gone, is one", async () => {
		writeFileSync(at("new"), "a");
		renameSync(at("new"), at("a.db"));
		await watch.look();
		expect(watch.problems).toEqual([expect.stringContaining("was replaced")]);
		rmSync(folder, { recursive: true });
		await watch.look();
		expect(watch.problems).toEqual([expect.stringContaining("was removed")]);
	});
});

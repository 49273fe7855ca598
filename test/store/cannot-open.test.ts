import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError, DeniedError } from "../../src/kit/errors.ts";
import { Store } from "../../src/store/store.ts";
import { quietLog } from "../support/log.ts";

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "iotctl-open-"));
	mkdirSync(join(folder, "there"));
	writeFileSync(join(folder, "there/x.db"), "");
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("a database that is a symbolic link", () => {
	test.each([
		["to a file in no directory", "nowhere/x.db"],
		["to no file", "there/y.db"],
		["to a file", "there/x.db"],
		["to itself", "test.db"],
	])("%s is refused with what to set, and nothing is made", (_, target) => {
		symlinkSync(target, join(folder, "test.db"));
		let found: unknown;
		try {
			new Store({ userdir: folder, url: "test.db" }, quietLog);
		} catch (error) {
			found = error;
		}
		expect(found).toBeInstanceOf(ConfigError);
		// That would be advised to be allowed access to.
		expect(found).not.toBeInstanceOf(DeniedError);
		expect(String(found)).toContain(
			`Cannot open the database "${join(folder, "test.db")}": it is a symbolic link; set url in [core-db] to the file itself: ${target}`,
		);
		expect(readdirSync(folder).toSorted()).toEqual(["test.db", "there"]);
		expect(readdirSync(join(folder, "there"))).toEqual(["x.db"]);
	});
});

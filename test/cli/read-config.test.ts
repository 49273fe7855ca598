import { afterEach, beforeEach, describe, expect, spyOn, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { GlobalOptions } from "../../src/cli/options.ts";
import {
	iniText,
	isOfOne,
	readConfig,
	readDataConfig,
	readUserdir,
} from "../../src/cli/read-config.ts";
import { ConfigError } from "../../src/kit/errors.ts";
import { SERVER_MODULES } from "../../src/servers/server-modules.ts";

let folder: string;
let state: string;
let options: GlobalOptions & { readonly config: string };
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "iotctl-config-"));
	state = join(folder, "state");
	mkdirSync(state);
	options = { modules: SERVER_MODULES, config: join(folder, "x.ini") };
	write();
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (more = "") =>
	writeFileSync(options.config, `[core]\nuserdir = ${state}\n[log]\nlevel = warn\n${more}`);
/** Makes an empty file in the user directory. */
const touch = (name: string) => writeFileSync(join(state, name), "");

/** What the work gives, and what it warns of. */
function warned<T>(work: () => T): [T, string] {
	const stderr = spyOn(process.stderr, "write").mockImplementation(() => true);
	try {
		return [work(), stderr.mock.calls.map(([text]) => String(text)).join("")];
	} finally {
		stderr.mockRestore();
	}
}

test("-d logs at debug level, whatever the ini or the default is", () => {
	expect(readConfig(options).log.level).toBe("warn");
	expect(readConfig({ ...options, debug: true }).log.level).toBe("debug");
	expect(readConfig({ modules: SERVER_MODULES }).log.level).toBe("info");
	expect(readConfig({ modules: SERVER_MODULES, debug: true }).log.level).toBe("debug");
});

describe("the database that a command is about", () => {
	const url = (alone?: boolean) => readDataConfig(options, alone)["core-db"].url;

	test("is that of [core-db], unless CCM's own is asked for", () => {
		expect(url()).toBe("iottalk.db");
		expect(url(true)).toBe("iottalk-gui.db");
		expect(isOfOne(options, readDataConfig(options))).toBe(false);
		expect(isOfOne(options, readDataConfig(options, true))).toBe(true);
	});

	test("is CCM's own where there is no other one", () => {
		touch("iottalk-gui.db");
		expect(url()).toBe("iottalk-gui.db");
		touch("iottalk.db");
		expect(url()).toBe("iottalk.db");
	});
});

describe("the user directory of the running server", () => {
	test("is the one the ini names", () => {
		expect(warned(() => readUserdir(options))).toEqual([state, ""]);
	});

	test("is named in spite of a mistake elsewhere in the ini, with a warning", () => {
		write("[esm]\nqueue-per-link = many\n");
		const [userdir, text] = warned(() => readUserdir(options));
		expect(userdir).toBe(state);
		expect(text).toStartWith("iotctl: warning: ");
		expect(text).toContain("queue-per-link");
		expect(text).toContain("; the user directory may differ from what the ini says now\n");
	});

	test("is not guessed where nothing can be read of the ini", () => {
		rmSync(options.config);
		expect(() => readUserdir(options)).toThrow(ConfigError);
	});
});

test("how the ini was found is said, unless the user named it", () => {
	const found = (origin?: GlobalOptions["origin"]) =>
		iniText({ modules: SERVER_MODULES, config: "/x.ini", ...(origin && { origin }) });
	expect(iniText({ modules: SERVER_MODULES })).toBe("none (defaults)");
	expect(found()).toBe("/x.ini");
	expect(found("-c")).toBe("/x.ini");
	expect(found("IOTCTL_CONFIG")).toBe("/x.ini (named by IOTCTL_CONFIG)");
	expect(found("user directory")).toBe("/x.ini (found in the user directory)");
	expect(found("service")).toBe("/x.ini (the service's)");
});

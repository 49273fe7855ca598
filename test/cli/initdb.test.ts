import { afterEach, beforeEach, describe, expect, spyOn, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type InitdbOptions, initdb } from "../../src/cli/initdb.ts";
import type { GlobalOptions } from "../../src/cli/options.ts";
import { SERVER_MODULES } from "../../src/servers/server-modules.ts";

let folder: string;
let options: GlobalOptions;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "iotctl-initdb-"));
	const config = join(folder, "x.ini");
	options = { modules: SERVER_MODULES, config };
	writeFileSync(config, `[core]\nuserdir = ${folder}/state\n`);
});
afterEach(() => rmSync(folder, { recursive: true }));

async function said(name?: string, how: InitdbOptions = {}): Promise<string> {
	const write = spyOn(process.stdout, "write").mockImplementation(() => true);
	try {
		await initdb(options, name, how);
		return write.mock.calls.map(([text]) => String(text)).join("");
	} finally {
		write.mockRestore();
	}
}

function file(content: string): string {
	const path = join(folder, "seed.json");
	writeFileSync(path, content);
	return path;
}

const ALL = "36 models (36 new), 162 features (162 new), 28 functions (28 new), 0 projects\n";
const NONE = "36 models (0 new), 162 features (0 new), 28 functions (0 new), 0 projects\n";

describe("initdb", () => {
	test("makes the tables of all modules, and no module's data", async () => {
		expect(await said()).toBe(`The database is ready: ${folder}/state/iottalk.db\n`);
		expect(await said("csm")).toBe(await said());
		expect(await said("ccm")).toContain(ALL);
	});

	test("of ccm can be repeated, and used for the database of ccm alone", async () => {
		expect(await said("ccm")).toContain(ALL);
		expect(await said("ccm")).toContain(NONE);
		const alone = await said("ccm", { alone: true });
		expect(alone).toContain("/state/iottalk-gui.db");
		expect(alone).toContain(ALL);
	});

	test("of ccm asks before it removes anything", async () => {
		expect(await said("ccm", { reset: true, empty: true })).toContain("0 models (0 new)");
		await said("ccm");
		const asked = said("ccm", { reset: true });
		await expect(asked).rejects.toThrow(
			"this would remove 0 projects, 36 device models, 162 features and 28 functions: add --yes to do it; nothing was changed",
		);
		expect(await said("ccm")).toContain(NONE);
		expect(await said("ccm", { reset: true, yes: true })).toContain(ALL);
		expect(await said("ccm", { reset: true, yes: true, empty: true })).toContain(
			"0 models (0 new)",
		);
	});

	test("of ccm loads the file that is in the documentation", async () => {
		const text = readFileSync(join(import.meta.dir, "../../docs/default-data.md"), "utf8");
		const [, example = ""] = /```json\n(.*?)```/s.exec(text) ?? [];
		expect(await said("ccm", { import: file(example) })).toContain(
			"37 models (37 new), 163 features (163 new), 29 functions (29 new)",
		);
	});

	test("of ccm loads a file, and says what is wrong with one", async () => {
		const load = (content: string) => said("ccm", { import: file(content) });
		for (const [content, why] of [
			["{", "it is not complete JSON"],
			["[]", "/ is invalid: Expected object"],
			['{"Unit":[{"unit_name":7}]}', "/Unit/0/unit_name is invalid: Expected string"],
			[
				'{"DeviceModel":[{"dm_name":"M","df_list":[{"df_name":"A-I","tags":["no"]}]}]}',
				'it names what is not there: tag "no"',
			],
		] as const) {
			const refused = load(content);
			await expect(refused).rejects.toThrow(`Cannot load "${folder}/seed.json": ${why}`);
			await expect(refused).rejects.toThrow("; nothing was changed");
		}
		await expect(said("ccm", { import: join(folder, "none") })).rejects.toThrow("no such file");
		expect(await load('{"DeviceModel":[{"dm_name":"M","df_list":["A-I"]}]}')).toContain(
			"37 models (37 new), 163 features (163 new)",
		);
	});
});

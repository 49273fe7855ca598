import { afterAll, beforeAll, describe, expect, spyOn, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { quoted } from "../../src/cli/advice.ts";
import { backup } from "../../src/cli/backup.ts";
import { initdb } from "../../src/cli/initdb.ts";
import type { GlobalOptions } from "../../src/cli/options.ts";
import { restore } from "../../src/cli/restore.ts";
import { SERVER_MODULES } from "../../src/servers/server-modules.ts";

let folder: string;
let options: GlobalOptions & { readonly config: string };

function printed<T>(work: () => T): [T, string] {
	const write = spyOn(process.stdout, "write").mockImplementation(() => true);
	try {
		return [work(), write.mock.calls.map(([text]) => String(text)).join("")];
	} finally {
		write.mockRestore();
	}
}

beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), "iotctl-backup-"));
	options = { modules: SERVER_MODULES, config: join(folder, "x.ini") };
	writeFileSync(options.config, `[core]\nuserdir = ${folder}/state\n`);
	const [made] = printed(() => initdb(options));
	const write = spyOn(process.stdout, "write").mockImplementation(() => true);
	await made;
	write.mockRestore();
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("backups", () => {
	const copies = () => readdirSync(join(folder, "copies")).toSorted();

	test("beyond those to keep are removed, the oldest first, and nothing else", () => {
		printed(() => backup(options, join(folder, "copies"), undefined));
		writeFileSync(join(folder, "copies/iottalk-notes.db"), "mine");
		const old = ["2020-01-01", "2021-01-01"].map((day) => `iottalk-${day}T00-00-00-000Z.db`);
		for (const name of old) writeFileSync(join(folder, "copies", name), "");
		const [, text] = printed(() => backup(options, join(folder, "copies"), 3));
		expect(text).toContain("; removed 1 older ones");
		expect(text).toContain(`iotctl -c ${quoted(options.config)} restore`);
		expect(copies()).toEqual([old[1] ?? "", ...copies().slice(1)]);
		expect(copies()).toHaveLength(4);
		expect(copies()).toContain("iottalk-notes.db");
	});

	test("of CCM alone go back to its own database, not to that of CSM", async () => {
		const silent = spyOn(process.stdout, "write").mockImplementation(() => true);
		try {
			const own = join(folder, "own.ini");
			writeFileSync(own, `[core]\nuserdir = ${folder}/own\n`);
			const alone = { modules: SERVER_MODULES, config: own };
			await initdb(alone, "ccm", { alone: true });
			const former = () =>
				readdirSync(join(folder, "own")).filter(
					(name) => name.includes("before") && name.endsWith("Z"),
				);
			backup(alone, join(folder, "own-copies"), undefined);
			const told = silent.mock.calls.map(([text]) => String(text)).join("");
			expect(told).toContain("--alone");
			const [copy = ""] = readdirSync(join(folder, "own-copies"));
			await restore(alone, join(folder, "own-copies", copy));
			expect(former()).toEqual([expect.stringMatching(/^iottalk-gui\.db\.before/)]);
			await initdb(alone);
			await restore(alone, join(folder, "own-copies", copy), true);
			expect(former()).toEqual([
				expect.stringMatching(/^iottalk-gui\.db\.before/),
				expect.stringMatching(/^iottalk-gui\.db\.before/),
			]);
		} finally {
			silent.mockRestore();
		}
	});

	test("that fail leave nothing behind", () => {
		writeFileSync(join(folder, "file"), "");
		expect(() => backup(options, join(folder, "file/x"), undefined)).toThrow(
			"Cannot write the backup",
		);
		expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
	});
});

// What the command line does with the data of the project manager; devices and graphs are in test/e2e/transfer.test.ts.
import { afterEach, beforeEach, describe, expect, spyOn, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { initCcm } from "../../src/ccm/catalog/initdb.ts";
import { backup } from "../../src/cli/backup.ts";
import { initdb } from "../../src/cli/initdb.ts";
import type { GlobalOptions } from "../../src/cli/options.ts";
import { restore } from "../../src/cli/restore.ts";
import { exportTo, importFrom } from "../../src/cli/transfer.ts";
import { SERVER_MODULES } from "../../src/servers/server-modules.ts";
import { project } from "../ccm/support/documents.ts";
import { openCcmDatabase } from "../support/ccm-store.ts";

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "iotctl-transfer-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A user directory of its own. */
function place(name: string): GlobalOptions {
	const config = join(folder, `${name}.ini`);
	writeFileSync(config, `[core]\nuserdir = ${folder}/${name}\n[core-db]\nurl = test.db\n`);
	return { modules: SERVER_MODULES, config };
}

async function said(work: () => Promise<void> | void): Promise<string> {
	const write = spyOn(process.stdout, "write").mockImplementation(() => true);
	try {
		await work();
		return write.mock.calls.map(([text]) => String(text)).join("");
	} finally {
		write.mockRestore();
	}
}

/** Adds ann, and a project of hers. */
async function addProject(name: string): Promise<void> {
	const { store, ccm } = openCcmDatabase(join(folder, name));
	await ccm.write(async ({ people, projects, newId }) => {
		const ann = await people.create({ name: "ann", hash: "h", role: "teacher", createdAt: 1 });
		await projects.put(project([], [], { p_id: newId("p"), u_id: ann.id }));
	});
	await store.close();
}

const path = (name: string) => join(folder, name);

describe("data of the project manager", () => {
	test("are in an export, and come back equal", async () => {
		const [one, two] = [place("one"), place("two")];
		await said(() => initdb(one, "ccm"));
		await addProject("one");
		expect(await said(() => exportTo(one, path("a.json")))).toContain(
			"Wrote 0 devices, 0 graphs, 0 functions, 1 project, 36 device models to ",
		);
		expect(JSON.parse(readFileSync(path("a.json"), "utf8"))).toMatchObject({ version: 2 });
		await said(() => initdb(two));
		await expect(importFrom(two, path("a.json"), {})).rejects.toThrow(
			`Cannot import "${path("a.json")}": people in it are not in this database: ann;`,
		);
		const { store, ccm } = openCcmDatabase(path("two"));
		const ann = { name: "ann", hash: "h", role: "teacher", createdAt: 1 } as const;
		await ccm.write(({ people }) => people.create({ ...ann, name: "bob" }));
		await ccm.write(({ people }) => people.create(ann));
		await store.close();
		const dry = await said(() => importFrom(two, path("a.json"), { dryRun: true }));
		expect(dry).toContain("projects: 1 added, 0 replaced, 0 removed");
		await said(() => importFrom(two, path("a.json"), {}));
		await said(() => exportTo(two, path("b.json")));
		expect(readFileSync(path("b.json"), "utf8")).toBe(readFileSync(path("a.json"), "utf8"));
	});

	test("of CCM alone, whose database has nothing of CSM, are exported and imported as well", async () => {
		const alone = (name: string): GlobalOptions => {
			const config = join(folder, `${name}.ini`);
			writeFileSync(config, `[core]\nuserdir = ${folder}/${name}\n[gui-db]\nurl = test.db\n`);
			return { modules: SERVER_MODULES, config };
		};
		const first = openCcmDatabase(path("one"));
		await initCcm(first.ccm, { reset: false, empty: false, now: 0 });
		await first.store.close();
		await addProject("one");
		expect(await said(() => exportTo(alone("one"), path("a.json")))).toContain(
			"Wrote 0 devices, 0 graphs, 0 functions, 1 project, 36 device models",
		);
		const { store, ccm } = openCcmDatabase(path("two"));
		const ann = { name: "ann", hash: "h", role: "teacher", createdAt: 1 } as const;
		await ccm.write(({ people }) => people.create(ann));
		await store.close();
		await said(() => importFrom(alone("two"), path("a.json"), {}));
		await said(() => exportTo(alone("two"), path("b.json")));
		expect(readFileSync(path("b.json"), "utf8")).toBe(readFileSync(path("a.json"), "utf8"));
	});

	test("are replaced only when that is asked for, and stay when the file has none", async () => {
		const [one, two] = [place("one"), place("two")];
		await said(() => initdb(one, "ccm"));
		await said(() => exportTo(one, path("a.json")));
		await addProject("one");
		await expect(importFrom(one, path("a.json"), {})).rejects.toThrow(
			'does not have project 1 "plan"; --replace removes them; nothing was changed',
		);
		await said(() => initdb(two));
		await said(() => exportTo(two, path("none.json")));
		expect(JSON.parse(readFileSync(path("none.json"), "utf8"))).toMatchObject({ version: 1 });
		await said(() => importFrom(one, path("none.json"), { replace: true }));
		const replaced = await said(() => importFrom(one, path("a.json"), { replace: true }));
		expect(replaced).toContain("projects: 0 added, 0 replaced, 1 removed");
	});

	test("that are damaged in a file change nothing", async () => {
		const one = place("one");
		await said(() => initdb(one, "ccm"));
		await said(() => exportTo(one, path("a.json")));
		const text = readFileSync(path("a.json"), "utf8");
		for (const [damaged, why] of [
			[text.replace('"units": [', '"units": 7, "was": ['), "/ccm/units is invalid"],
			[text.replace('"df_type": "input"', '"df_type": "in"'), "/ccm/features/"],
			[text.replace('"version": 2', '"version": 3'), "it has version 3, but this program supports"],
		] as const) {
			writeFileSync(path("damaged.json"), damaged);
			await expect(importFrom(one, path("damaged.json"), { replace: true })).rejects.toThrow(why);
		}
	});

	test("are in a backup, and counted when it is restored", async () => {
		const one = place("one");
		await said(() => initdb(one, "ccm"));
		await addProject("one");
		await said(() => backup(one, path("copies"), undefined));
		await said(() => initdb(one, "ccm", { reset: true, yes: true }));
		const [copy = ""] = readdirSync(path("copies"));
		const told = await said(() => restore(one, join(path("copies"), copy)));
		expect(told).toContain(": 0 devices, 0 graphs, 1 project.");
		await said(() => exportTo(one, path("a.json")));
		expect(JSON.parse(readFileSync(path("a.json"), "utf8")).ccm.projects).toHaveLength(1);
	});
});

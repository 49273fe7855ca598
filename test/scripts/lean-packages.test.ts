import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { leanPackages } from "../../scripts/lean-packages.ts";

// Packages are found from here.
const folder = mkdtempSync(join(import.meta.dir, "../../build/lean-packages-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("packages are bundled without modules of the runtime that they import in vain", async () => {
	const entry = join(folder, "entry.ts");
	const names = ["aedes", "pino", "commander"];
	writeFileSync(entry, names.map((name) => `export * from "${name}";\n`).join(""));
	const found = async (plugins: (typeof leanPackages)[]) => {
		const { outputs } = await Bun.build({ entrypoints: [entry], target: "bun", plugins });
		const text = (await outputs[0]?.text()) ?? "";
		const imported = text.matchAll(/(?:from |import |require\()"(?:node:)?([\w/]+)"/g);
		const spared = ["assert", "child_process", "crypto", "tty", "util", "worker_threads"];
		const all = new Set([...imported].map(([, name = ""]) => name));
		return spared.filter((name) => all.has(name));
	};
	expect((await found([])).length).toBe(6);
	// Inside a function of qlobber's that only native matchers call.
	expect(await found([leanPackages])).toEqual(["util"]);
});

import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { withDirectImports } from "../../scripts/direct-imports.ts";

const SRC = join(import.meta.dir, "../../src");
/** What `start csm` imports one after the other; what these files import, it loads as well. */
const START_CSM = [
	...["main.ts", "cli/cli.ts", "cli/start.ts", "servers/server-modules.ts"],
	...["servers/csm-module.ts", "csm/store/schema.ts"],
];
const TRANSPILER = new Bun.Transpiler({ loader: "ts" });

/** Files below `src`, and what is imported from outside, as the executable is bundled. */
function loadedBy(entries: readonly string[]): Set<string> {
	const loaded = new Set<string>();
	const follow = (path: string) => {
		const name = relative(SRC, path);
		if (loaded.has(name)) return;
		loaded.add(name);
		if (!name.endsWith(".ts")) return;
		const text = withDirectImports(readFileSync(path, "utf8"), path);
		for (const { kind, path: other } of TRANSPILER.scanImports(text)) {
			if (kind !== "import-statement") continue;
			if (other.startsWith(".")) follow(join(dirname(path), other));
			else loaded.add(other);
		}
	};
	for (const entry of entries) follow(join(SRC, entry));
	return loaded;
}

describe("start csm loads", () => {
	const loaded = loadedBy(START_CSM);

	test("its own modules", () => {
		for (const file of ["csm/devices/devices.ts", "broker/embedded.ts", "dataflow/data-path.ts"]) {
			expect([...loaded]).toContain(file);
		}
	});

	test("nothing of projects but the settings in the ini", () => {
		expect([...loaded].filter((file) => file.startsWith("ccm"))).toEqual(["ccm/config.ts"]);
		expect([...loaded].filter((file) => file.startsWith("contract/ccm"))).toEqual([]);
	});

	test("nothing of clusters but the settings in the ini, while the server is alone", () => {
		const others = ["servers/node-setup.ts", "servers/node-forwarder.ts", "cli/cluster.ts"];
		expect([...loaded].filter((file) => file.startsWith("cluster"))).toEqual(["cluster/config.ts"]);
		expect(others.filter((file) => loaded.has(file))).toEqual([]);
	});

	test("neither the older protocol nor what start gui and the commands need", () => {
		const others = [
			"csm/v1/build-v1.ts",
			"csm/v1/v1-server.ts",
			"http/forwarder.ts",
			"store/restore.ts",
		];
		expect(others.filter((file) => loaded.has(file))).toEqual([]);
	});

	test("nothing of PostgreSQL, while the database is a file", () => {
		const others = [...loaded].filter(
			(name) => name.startsWith("drizzle-orm/pg") || /^store\/postgres\//.test(name),
		);
		expect(others).toEqual([]);
	});

	test("no module of the runtime that it uses only now and then", () => {
		const names = ["crypto", "tls", "https", "util", "fs/promises", "zlib", "child_process", "dns"];
		const found = names.filter((name) => loaded.has(`node:${name}`) || loaded.has(name));
		expect(found).toEqual([]);
	});
});

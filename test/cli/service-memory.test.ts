import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serviceMemory } from "../../src/cli/service-memory.ts";
import { SERVER_MODULES } from "../../src/servers/server-modules.ts";

const MIB = 1 << 20;
const ALL = ["csm", "ccm"];

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "iotctl-service-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("a service may take what its servers and engines need, 1 GiB at least", () => {
	const file = join(folder, "iotctl");
	const config = (engines: number) =>
		SERVER_MODULES.ini.parse("x.ini", `[esm]\nengines = ${engines}\n[gui]\nworkbench = on\n`);
	const mib = (engines: number) => serviceMemory(config(engines), ALL, file) / MIB;
	expect([mib(1), mib(3)]).toEqual([1024, 1536]);
	writeFileSync(file, "# Servers\nIOTCTL_SERVERS=csm\n");
	expect([mib(1), mib(3), mib(16)]).toEqual([1024, 1280, 4608]);
	writeFileSync(file, "IOTCTL_SERVERS=\n");
	expect(mib(3)).toBe(1536);
});

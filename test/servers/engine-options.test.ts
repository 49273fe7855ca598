import { expect, test } from "bun:test";
import { enginesOf } from "../../src/servers/engine-options.ts";
import { SERVER_MODULES } from "../../src/servers/server-modules.ts";

const MIB = 1 << 20;
const config = (...lines: string[]) => SERVER_MODULES.ini.parse("test.ini", lines.join("\n"));

test("engines follow the ini, and by themselves machine, workbench and servers", () => {
	const room = { processors: 8, memoryBytes: 1536 * MIB };
	const of = (servers: string[], ...lines: string[]) => enginesOf(config(...lines), servers, room);
	expect(of(["csm"])).toBe(4);
	expect(of(["csm", "ccm"])).toBe(3);
	expect(of(["csm", "ccm"], "[gui]", "workbench = off")).toBe(4);
	expect(of(["csm"], "[esm]", "engine-memory = 512")).toBe(2);
	expect(of(["csm", "ccm"], "[esm]", "engines = 7")).toBe(7);
	expect(enginesOf(config("[esm]", "engines = 2"), ["csm"])).toBe(2);
});

test("an ini with more or fewer than may be is refused", () => {
	for (const engines of ["0", "17", "many", "-1", "2.5"]) {
		expect(() => config("[esm]", `engines = ${engines}`)).toThrow("engines");
	}
});

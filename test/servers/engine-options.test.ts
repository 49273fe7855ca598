import { expect, test } from "bun:test";
import { dataPathOptions } from "../../src/servers/csm-options.ts";
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

test("engines poll where there are two processors or more, unless the ini says off", () => {
	const polls = (processors: number, ...lines: string[]) =>
		dataPathOptions(config(...lines), processors).busyPoll;
	expect([polls(1), polls(1.5), polls(2), polls(8)]).toEqual([false, false, true, true]);
	expect(polls(8, "[esm]", "busy-poll = off")).toBe(false);
});

import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unit } from "../../../src/cli/check/unit.ts";
import { unitText } from "../../../src/daemon/unit.ts";

const INI = "/etc/iotctl/iotctl.ini";
const MIB = 1 << 20;

let root: string;
let places: string[];
beforeEach(() => {
	root = mkdtempSync(join(tmpdir(), "iotctl-unit-"));
	places = ["etc", "lib"].map((name) => join(root, name));
	for (const place of places) mkdirSync(place);
});
afterEach(() => rmSync(root, { recursive: true }));

function install(place: number, memoryBytes: number, ini = INI): void {
	const text = unitText({ program: "/usr/bin/iotctl", ini, stateDirectory: "iotctl", memoryBytes });
	writeFileSync(join(places[place] ?? "", "iotctl.service"), text);
}

test("a unit that allows less than may be needed is named, with what to type", () => {
	install(1, 1024 * MIB);
	const [finding, ...others] = unit(INI, 1792 * MIB, places);
	expect([finding?.what, finding?.state, others]).toEqual(["service", "note", []]);
	for (const part of ["is 1024 MiB", "1792 MiB", "service install", "systemctl edit"]) {
		expect(finding?.text).toContain(part);
	}
});

test("one that allows enough is not, nor one of another ini, nor none", () => {
	expect(unit(INI, 1024 * MIB, places)).toEqual([]);
	install(1, 1024 * MIB);
	expect(unit(INI, 1024 * MIB, places)).toEqual([]);
	expect(unit("/home/x.ini", 1792 * MIB, places)).toEqual([]);
	expect(unit(undefined, 1792 * MIB, places)).toEqual([]);
});

test("the administrator's unit comes before the package's, and a change of it counts", () => {
	install(1, 4096 * MIB);
	install(0, 1024 * MIB);
	expect(unit(INI, 1792 * MIB, places)).toHaveLength(1);
	const changes = join(places[0] ?? "", "iotctl.service.d");
	mkdirSync(changes);
	writeFileSync(join(changes, "override.conf"), "[Service]\nMemoryMax=2G\n");
	expect(unit(INI, 1792 * MIB, places)).toEqual([]);
});

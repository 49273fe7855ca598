import { describe, expect, test } from "bun:test";
import { memoryMaxOf, unitText } from "../../src/daemon/unit.ts";

const MIB = 1 << 20;
const unitWith = (memoryBytes: number) =>
	unitText({ program: "/usr/bin/iotctl", ini: "/etc/x.ini", stateDirectory: "x", memoryBytes });

describe("memory of the unit", () => {
	test("is what it is made for, and three quarters of that before the system presses", () => {
		const lines = unitWith(1 << 30).split("\n");
		expect(lines).toContain("MemoryMax=1024M");
		expect(lines).toContain("MemoryHigh=768M");
		expect(memoryMaxOf([unitWith(1792 * MIB)])).toBe(1792 * MIB);
	});

	test("what was changed later counts", () => {
		expect(memoryMaxOf([unitWith(1 << 30), "[Service]\nMemoryMax=3G\n"])).toBe(3072 * MIB);
		expect(memoryMaxOf(["MemoryMax=1G\nMemoryMax=900000000\n"])).toBe(900_000_000);
	});

	test("is not known where it is not a number, or where there is none", () => {
		for (const text of [
			"MemoryMax=infinity",
			"MemoryMax=50%",
			"MemoryMax=1X",
			"#MemoryMax=1G",
			"",
		]) {
			expect(memoryMaxOf([text])).toBeUndefined();
		}
	});
});

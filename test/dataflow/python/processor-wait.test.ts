import { afterEach, describe, expect, test } from "bun:test";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { embeddedPython } from "../../../src/dataflow/python/engine-process.ts";
import {
	processorWaitIn,
	processorWaitMs,
	scheduleFile,
} from "../../../src/dataflow/python/processor-wait.ts";
import { machinePython } from "../../../src/dataflow/python/python3.ts";
import { hasFile, hasProgram } from "../../support/programs.ts";
import { ENGINE_LIMITS, RealEngine } from "../../support/real-engine.ts";
import { until } from "../../support/waiting.ts";

const canShare = hasFile(scheduleFile("self")) && hasProgram("taskset");
const others: Bun.Subprocess[] = [];

/** Processes on processor 0 that never pause. */
function crowd(size: number): void {
	const command = ["taskset", "-c", "0", "sh", "-c", "while :; do :; done"];
	for (let n = 0; n < size; n++) others.push(Bun.spawn(command));
}

afterEach(async () => {
	for (const other of others) other.kill("SIGKILL");
	await Promise.all(others.map(({ exited }) => exited));
	others.length = 0;
});

describe("what a process waited for a processor", () => {
	test.if(canShare)("grows while others want the same one", async () => {
		crowd(3);
		const pid = others[0]?.pid ?? 0;
		await until(() => processorWaitMs(pid) > 100, "a wait of 100 ms");
	});

	test("is read again and again from a file that stays open", () => {
		const folder = mkdtempSync(join(tmpdir(), "iotctl-wait-"));
		const path = join(folder, "schedstat");
		writeFileSync(path, "1 2500000 3\n");
		const file = openSync(path, "r");
		const buffer = Buffer.alloc(64);
		expect(processorWaitIn(file, buffer)).toBe(2.5);
		writeFileSync(path, "1 12000000000 3\n");
		expect(processorWaitIn(file, buffer)).toBe(12_000);
		writeFileSync(path, "no such thing\n");
		expect(processorWaitIn(file, buffer)).toBe(0);
		closeSync(file);
		expect(processorWaitIn(file, buffer)).toBe(0);
		rmSync(folder, { recursive: true });
	});

	test("is 0 where the kernel does not say", () => {
		expect(processorWaitMs(2 ** 30)).toBe(0);
	});
});

const LIMIT_MS = 300;
const LIMITS = { ...ENGINE_LIMITS, callTimeoutMs: LIMIT_MS };
/** Works for so many milliseconds by the clock, and gives how many they were. */
const WORK = `import time
def run(ms):
    begun = time.perf_counter()
    while (took := (time.perf_counter() - begun) * 1000) < ms: pass
    return took
`;

describe.each([
	["embedded", embeddedPython],
	["python3", machinePython],
] as const)("a function of the %s engine", (kind, commandFor) => {
	const isThere = kind === "embedded" || hasProgram("python3");

	test.if(canShare && isThere)("may wait for a processor longer than its time limit", async () => {
		const engine = new RealEngine(commandFor(LIMITS));
		await engine.replies.take("an engine that is ready");
		expect(await engine.prepare(1, WORK)).toBeNull();
		Bun.spawnSync(["taskset", "-cp", "0", String(engine.pid)]);
		crowd(6);
		const isCrowded = () => others.every(({ pid }) => processorWaitMs(pid) > 10);
		await until(isCrowded, "processes that wait for each other");
		// What never ends is stopped anyway.
		expect(await engine.prepare(2, "def run(x):\n    while True: pass\n")).toBeNull();
		expect(await engine.call(2, [1])).toBe(`time limit of ${LIMIT_MS} ms exceeded`);
		await engine.stop();
	});
});

import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { memoryLimit, processorLimit } from "../../src/dataflow/machine-limits.ts";

let root: string;
beforeEach(() => {
	root = mkdtempSync(join(tmpdir(), "iotctl-memory-"));
	put("proc/meminfo", "MemTotal:        4000000 kB\nMemFree:          100000 kB\n");
});
afterEach(() => rmSync(root, { recursive: true }));

function put(file: string, text: string): void {
	mkdirSync(dirname(join(root, file)), { recursive: true });
	writeFileSync(join(root, file), text);
}

test("without control groups it is the machine's memory", () => {
	expect(memoryLimit(root)).toBe(4_096_000_000);
});

test("a limit of version 2 counts, that of a group above it too", () => {
	put("proc/self/cgroup", "0::/system.slice/iotctl.service\n");
	put("sys/fs/cgroup/system.slice/iotctl.service/memory.max", "max\n");
	expect(memoryLimit(root)).toBe(4_096_000_000);
	put("sys/fs/cgroup/system.slice/memory.max", "900000000\n");
	expect(memoryLimit(root)).toBe(900_000_000);
	put("sys/fs/cgroup/system.slice/iotctl.service/memory.max", "536870912\n");
	expect(memoryLimit(root)).toBe(536_870_912);
});

test("a limit of version 1 counts; no limit there is a huge number", () => {
	put("proc/self/cgroup", "5:cpu,cpuacct:/docker/a\n4:memory:/docker/a\n0::/other\n");
	put("sys/fs/cgroup/memory/docker/a/memory.limit_in_bytes", "9223372036854771712\n");
	expect(memoryLimit(root)).toBe(4_096_000_000);
	put("sys/fs/cgroup/memory/docker/a/memory.limit_in_bytes", "268435456\n");
	expect(memoryLimit(root)).toBe(268_435_456);
});

test("in a container, where the group's path is not there, its top counts", () => {
	put("proc/self/cgroup", "0::/../../user.slice\n");
	put("sys/fs/cgroup/memory.max", "536870912\n");
	expect(memoryLimit(root)).toBe(536_870_912);
});

test("a system that tells nothing has no limit; this one tells", () => {
	expect(memoryLimit(join(root, "nowhere"))).toBeUndefined();
	expect(memoryLimit()).toBeGreaterThan(1 << 27);
});

test("processors: what a quota leaves of them, in parts too", () => {
	expect(processorLimit(root, 4)).toBe(4);
	put("proc/self/cgroup", "0::/system.slice/iotctl.service\n");
	put("sys/fs/cgroup/system.slice/iotctl.service/cpu.max", "max 100000\n");
	expect(processorLimit(root, 4)).toBe(4);
	put("sys/fs/cgroup/system.slice/cpu.max", "250000 100000\n");
	expect(processorLimit(root, 4)).toBe(2.5);
	expect(processorLimit(root, 1)).toBe(1);
});

test("processors: a quota of version 1 counts; none there is -1", () => {
	put("proc/self/cgroup", "5:cpu,cpuacct:/docker/a\n");
	put("sys/fs/cgroup/cpu/docker/a/cpu.cfs_quota_us", "-1\n");
	put("sys/fs/cgroup/cpu/docker/a/cpu.cfs_period_us", "100000\n");
	expect(processorLimit(root, 4)).toBe(4);
	put("sys/fs/cgroup/cpu/docker/a/cpu.cfs_quota_us", "300000\n");
	expect(processorLimit(root, 4)).toBe(3);
});

test("processors: this machine has some", () => {
	expect(processorLimit()).toBeGreaterThan(0);
});

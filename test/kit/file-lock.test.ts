import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FileLock, LockedError } from "../../src/kit/file-lock.ts";

let folder: string;
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), "iotctl-lock-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("asking for the holder of a lock does not keep others from taking it", async () => {
	const path = join(folder, "asked.pid");
	FileLock.take(path).release();
	const asking = Bun.spawn(
		[
			process.execPath,
			"-e",
			`import { FileLock } from ${JSON.stringify(join(import.meta.dir, "../../src/kit/file-lock.ts"))};
			console.log("asking");
			for (;;) FileLock.holder(${JSON.stringify(path)});`,
		],
		{ stdout: "pipe" },
	);
	await asking.stdout.getReader().read();
	try {
		for (let n = 0; n < 2000; n++) FileLock.take(path).release();
	} finally {
		asking.kill("SIGKILL");
		await asking.exited;
	}
});

test("the holder can be asked for while the file comes and goes", async () => {
	const path = join(folder, "fleeting.pid");
	const taking = Bun.spawn(
		[
			process.execPath,
			"-e",
			`import { rmSync } from "node:fs";
			import { FileLock } from ${JSON.stringify(join(import.meta.dir, "../../src/kit/file-lock.ts"))};
			const path = ${JSON.stringify(path)};
			console.log("taking");
			for (;;) {
				const lock = FileLock.take(path);
				rmSync(path);
				lock.release();
			}`,
		],
		{ stdout: "pipe" },
	);
	await taking.stdout.getReader().read();
	try {
		for (let n = 0; n < 50_000; n++) {
			expect(["free", "unknown", taking.pid]).toContain(FileLock.holder(path));
		}
	} finally {
		taking.kill("SIGKILL");
		await taking.exited;
	}
});

test("a held lock is refused, and its holder is named", () => {
	const path = join(folder, "held.pid");
	const lock = FileLock.take(path);
	expect(FileLock.holder(path)).toBe(process.pid);
	expect(() => FileLock.take(path)).toThrow(LockedError);
	lock.release();
	expect(FileLock.holder(path)).toBe("free");
	expect(FileLock.holder(join(folder, "none.pid"))).toBe("free");
});

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Type } from "@sinclair/typebox";
import type { Server } from "bun";
import {
	ask,
	askFor,
	NotRunning,
	runningServer,
	serverOnceReady,
	waitFor,
} from "../../src/cli/running.ts";
import { PidFile } from "../../src/daemon/pid-file.ts";

let userdir: string;
let program: Server<undefined>;
const info = (http: string) => ({
	...{
		http,
		mqtt: "mqtt://127.0.0.1:1",
		key: "the key",
		ini: null,
		manager: null,
		servers: ["csm"],
	},
});

/** What the promise is rejected with; the text and the exit code of the command line. */
async function failure(work: Promise<unknown> | (() => unknown)): Promise<[string, number]> {
	try {
		await (typeof work === "function" ? work() : work);
	} catch (error) {
		if (error instanceof NotRunning) return [error.message, error.exitCode];
		throw error;
	}
	throw new Error("It did not fail");
}

beforeAll(() => {
	userdir = mkdtempSync(join(tmpdir(), "iotctl-running-"));
	program = Bun.serve({
		port: 0,
		hostname: "127.0.0.1",
		fetch: ({ url, headers }) =>
			url.endsWith("/json")
				? Response.json({ login: headers.get("Authorization") })
				: new Response("<html>"),
	});
});
afterAll(async () => {
	await program.stop(true);
	rmSync(userdir, { recursive: true });
});

describe("the running server", () => {
	test("that is not there is exit code 3, one that is not ready 4", async () => {
		expect(await failure(() => runningServer(userdir))).toEqual([
			`not running (no server uses ${userdir}); start it with: iotctl start`,
			3,
		]);
		const pidFile = PidFile.take(userdir);
		expect(await failure(() => runningServer(userdir))).toEqual([
			`process ${process.pid} is starting or stopping; try again`,
			4,
		]);
		pidFile.describe(info("http://127.0.0.1:1"));
		expect(runningServer(userdir)).toEqual({ pid: process.pid, ...info("http://127.0.0.1:1") });
		pidFile.release();
	});

	test("that is about to be ready is waited for, and one that stops is not there", async () => {
		const pidFile = PidFile.take(userdir);
		const found = serverOnceReady(userdir);
		pidFile.describe(info("http://127.0.0.1:1"));
		expect(await found).toMatchObject({ pid: process.pid });
		pidFile.release();
		const stopping = PidFile.take(userdir);
		const gone = failure(serverOnceReady(userdir));
		stopping.release();
		expect((await gone)[1]).toBe(3);
	});

	test("is asked with its key", async () => {
		const own = { pid: process.pid, ...info(program.url.origin) };
		expect(await ask(own, "/json")).toEqual({ login: "Bearer the key" });
	});

	test("is not another program at its address", async () => {
		const own = { pid: process.pid, ...info(program.url.origin) };
		const shape = Type.Object({ x: Type.String() });
		for (const asked of [ask(own, "/html"), askFor(own, "/json", shape)]) {
			const [message, exitCode] = await failure(asked);
			expect(message).toContain("is not an iotctl of this version");
			expect(exitCode).toBe(4);
		}
	});

	test("that does not answer is exit code 4", async () => {
		const silent = { pid: process.pid, ...info("http://127.0.0.1:1") };
		expect(await failure(ask(silent, "/json"))).toEqual([
			`process ${process.pid} is running, but does not answer at http://127.0.0.1:1; see its log`,
			4,
		]);
	});
});

test("waiting ends when it is found, or when the time is over", async () => {
	let looks = 0;
	expect(await waitFor(() => ++looks === 3, 60_000)).toBe(true);
	expect(await waitFor(() => false, 0)).toBe(false);
});

import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LONG_DEADLINE_MS, within } from "../support/waiting.ts";

const SRC = join(import.meta.dir, "../../src");
/** Given to a server that cannot start before its log has a reader. */
const READY_TIMEOUT_MS = 200;

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "iotctl-detach-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("a start that takes its time is left alone, and told by its process and log", async () => {
	const userdir = join(folder, "state");
	const ini = join(folder, "x.ini");
	writeFileSync(ini, `[core]\nuserdir = ${userdir}\n`);
	mkdirSync(userdir);
	const log = join(userdir, "iotctl.log");
	Bun.spawnSync(["mkfifo", log]);
	const script = `
		const { startDetached } = await import(${JSON.stringify(join(SRC, "cli/detach.ts"))});
		const { SERVER_MODULES } = await import(${JSON.stringify(join(SRC, "servers/server-modules.ts"))});
		const options = { modules: SERVER_MODULES, config: ${JSON.stringify(ini)} };
		await startDetached(options, ["csm"], ${READY_TIMEOUT_MS}).catch(({ message }) => console.log(message));`;
	const starter = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe" });
	let said = "";
	try {
		expect(await within(starter.exited, "the command's end", LONG_DEADLINE_MS)).toBe(0);
		said = await new Response(starter.stdout).text();
		expect(said).toMatch(/^process \d+ is still starting; see /);
		expect(said).toContain(log);
		expect(readdirSync(userdir)).toEqual(["iotctl.log"]);
	} finally {
		starter.kill("SIGKILL");
		const pid = Number(/process (\d+)/.exec(said)?.[1]);
		if (pid > 0) process.kill(pid, "SIGKILL");
	}
});

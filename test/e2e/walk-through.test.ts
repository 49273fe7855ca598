// docs/projects.md as a reader follows it: the commands are read from the page itself.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasProgram } from "../support/programs.ts";
import { startWithCcm, type Target } from "../support/target.ts";
import { within } from "../support/waiting.ts";

const PAGE = readFileSync(join(import.meta.dir, "../../docs/projects.md"), "utf8");
const hasClients = hasProgram("mosquitto_sub") && hasProgram("curl");

/** Everything the page says to type, for a server at these addresses. */
function commands({ http, mqtt }: Target): string {
	const blocks = [...PAGE.matchAll(/```sh\n(.*?)```/gs)].map(([, block = ""]) => block);
	const text = blocks.join("\n");
	expect(text).toContain("http://127.0.0.1:9992");
	expect(text).toContain("-p 1883");
	return text
		.replaceAll("http://127.0.0.1:9992", http)
		.replaceAll("-p 1883", `-p ${new URL(mqtt).port}`);
}

describe.if(hasClients)("docs/projects.md", () => {
	let target: Target;
	let folder: string;
	beforeAll(async () => {
		target = await startWithCcm();
		folder = mkdtempSync(join(tmpdir(), "iotctl-walk-"));
	});
	afterAll(async () => {
		rmSync(folder, { recursive: true });
		await target.dispose();
	});

	test("leads from an empty directory to data that flow, and to a copy of the project", async () => {
		const shell = Bun.spawn(["bash", "-eu", "-c", commands(target)], {
			cwd: folder,
			stdin: "ignore",
			stdout: "pipe",
			stderr: "pipe",
		});
		const [out, err, code] = await within(
			Promise.all([
				new Response(shell.stdout).text(),
				new Response(shell.stderr).text(),
				shell.exited,
			]),
			"the end of the walk-through",
		).finally(() => shell.kill());
		expect([code, err]).toEqual([0, ""]);
		expect(out).not.toContain('"state":"error"');
		expect(out).toContain("[70.7]");
		expect(out).toMatch(/\{"state":"ok","p_id":3\}\s*$/);
	});
});

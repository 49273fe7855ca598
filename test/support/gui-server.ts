// `iotctl start gui` as the compiled binary, for a project manager at some address.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Subprocess } from "bun";
import { freePort } from "./ports.ts";
import { BINARY } from "./target.ts";
import { LONG_DEADLINE_MS, until, within } from "./waiting.ts";

export class GuiProgram {
	private constructor(
		readonly http: string,
		readonly ini: string,
		readonly folder: string,
		readonly process: Subprocess,
	) {}

	/** @param more Lines of `[core]`. */
	static async start(ccm: string, more = ""): Promise<GuiProgram> {
		const folder = mkdtempSync(join(tmpdir(), "iotctl-gui-"));
		const port = await freePort();
		const ini = join(folder, "gui.ini");
		writeFileSync(
			ini,
			`[core]\nuserdir = ${folder}\nbind = 127.0.0.1\n${more}\n[gui]\nport = ${port}\nccm-url = ${ccm}\n`,
		);
		const process = Bun.spawn([BINARY, "-c", ini, "start", "gui"], {
			stdout: Bun.file(join(folder, "stdout.txt")),
			stderr: Bun.file(join(folder, "stderr.txt")),
		});
		const http = `http://127.0.0.1:${port}`;
		const program = new GuiProgram(http, ini, folder, process);
		const answers = () =>
			fetch(`${http}/gui/`).then(
				({ ok }) => ok,
				() => false,
			);
		await until(answers, "the editor", { ms: LONG_DEADLINE_MS });
		return program;
	}

	/** Runs a command for it. */
	run(...words: string[]): { readonly out: string; readonly exitCode: number } {
		const { stdout, exitCode } = Bun.spawnSync([BINARY, "-c", this.ini, ...words]);
		return { out: stdout.toString(), exitCode };
	}

	async dispose(): Promise<void> {
		this.process.kill("SIGKILL");
		await within(this.process.exited, "the editor's end");
		rmSync(this.folder, { recursive: true, force: true });
	}
}

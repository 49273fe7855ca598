// The compiled program as a user starts it, in a folder of its own that is also its home.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ownDatabase } from "./own-database.ts";
import { BINARY, PATH_WITH_BINARY } from "./target.ts";
import { LONG_DEADLINE_MS } from "./waiting.ts";

export interface Ran {
	readonly exitCode: number;
	readonly out: string;
	readonly err: string;
}

/** A folder with an ini for free ports, where commands are typed. */
export class TestHome {
	readonly folder: string;
	readonly ini: string;

	readonly #database: string;

	/** @param database A section of every ini, see {@link withDatabase}. */
	constructor(name: string, database = "") {
		this.#database = database;
		this.folder = mkdtempSync(join(tmpdir(), `iotctl-${name}-`));
		this.ini = this.write("iottalk.ini", this.iniText());
	}

	/** The same with a database where the environment asks for one: it goes with the PostgreSQL of the run. */
	static async withDatabase(name: string): Promise<TestHome> {
		return new TestHome(name, (await ownDatabase()).section());
	}

	/** An ini text for this folder; further lines go to [log]. */
	iniText(log = ""): string {
		return `[core]\nuserdir = ${this.folder}/state\nhttp-port = 0\n[core-mqtt]\nport = 0\n[core-ws]\nport = 0\n${this.#database}[log]\n${log}\n`;
	}

	write(name: string, text: string): string {
		const path = join(this.folder, name);
		writeFileSync(path, text);
		return path;
	}

	/** Runs a command with the ini. */
	run(...args: string[]): Ran {
		return this.runWith("", "-c", this.ini, ...args);
	}

	/** Runs a command with some text on its standard input, without an ini. */
	runWith(input: string, ...args: string[]): Ran {
		const { exitCode, stdout, stderr } = Bun.spawnSync([BINARY, ...args], {
			cwd: this.folder,
			env: { PATH: PATH_WITH_BINARY, HOME: this.folder },
			stdin: Buffer.from(input),
			timeout: LONG_DEADLINE_MS,
		});
		return { exitCode, out: stdout.toString(), err: stderr.toString() };
	}

	/** As {@link run}, while something else of this process is at work too. */
	async runBeside(...args: string[]): Promise<Ran> {
		const child = Bun.spawn([BINARY, "-c", this.ini, ...args], {
			cwd: this.folder,
			env: { PATH: PATH_WITH_BINARY, HOME: this.folder },
			stdin: "ignore",
			stdout: "pipe",
			stderr: "pipe",
			timeout: LONG_DEADLINE_MS,
		});
		const [out, err, exitCode] = await Promise.all([
			new Response(child.stdout).text(),
			new Response(child.stderr).text(),
			child.exited,
		]);
		return { exitCode, out, err };
	}

	/** Stops what may still run, and removes the folder. */
	clear(): void {
		this.run("stop");
		rmSync(this.folder, { recursive: true, force: true });
	}
}

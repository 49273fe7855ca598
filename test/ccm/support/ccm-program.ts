// The compiled project manager beside a CSM of another process, with a database of its own.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type OwnDatabase, ownDatabase } from "../../support/own-database.ts";
import { type Spawned, spawnBinary } from "../../support/target.ts";
import { LONG_DEADLINE_MS, until } from "../../support/waiting.ts";

interface Figures {
	readonly known: number;
	readonly graphs_queued: number;
}

export class CcmProgram {
	readonly #ini: string;
	readonly #database: OwnDatabase;
	#running: Spawned;

	private constructor(ini: string, running: Spawned, database: OwnDatabase) {
		this.#ini = ini;
		this.#database = database;
		this.#running = running;
	}

	/**
	 * @param directory For its files.
	 * @param mqtt Port of the broker.
	 * @param csm HTTP port of CSM.
	 */
	static async start(directory: string, mqtt: number, csm: number): Promise<CcmProgram> {
		mkdirSync(directory, { recursive: true });
		const ini = join(directory, "ccm.ini");
		// Sources are kept unchecked, so that CSM has something to refuse.
		const database = await ownDatabase();
		const place = database.section("gui-db") || "[gui-db]\nurl = projects.db\n";
		const gui = `[gui]\nport = 0\nworkbench = off\n${place}`;
		const far = `[gui-mqtt]\nhost = 127.0.0.1\nport = ${mqtt}\ncsm-port = ${csm}\n`;
		writeFileSync(ini, `[core]\nuserdir = ${directory}\n${gui}${far}[log]\nlevel = warn\n`);
		return new CcmProgram(ini, await spawnBinary(ini, {}, [], ["ccm"]), database);
	}

	get base(): string {
		return `http://127.0.0.1:${this.#running.ports.http}`;
	}

	log(): string {
		return this.#running.log();
	}

	/** SIGKILL, and the same again with its database. */
	async restart(): Promise<void> {
		await this.kill();
		this.#running = await spawnBinary(this.#ini, {}, [], ["ccm"]);
	}

	async kill(): Promise<void> {
		this.#running.process.kill("SIGKILL");
		await this.#running.process.exited;
	}

	/** Ends it for good. */
	async dispose(): Promise<void> {
		await this.kill();
		await this.#database.drop();
	}

	/** Waits until no graph is worked at. @param projects How many there are. */
	async settle(projects: number): Promise<void> {
		let figures: Figures | undefined;
		await until(
			async () => {
				figures = await this.#figures();
				return figures.known === projects && figures.graphs_queued === 0;
			},
			"all graphs",
			{
				ms: 2 * LONG_DEADLINE_MS,
				seen: () => JSON.stringify(figures) + this.log().slice(-2000),
			},
		);
	}

	async #figures(): Promise<Figures> {
		const server = await (await fetch(`${this.base}/api/server`)).json();
		return (server as { modules: { ccm: Figures } }).modules.ccm;
	}
}

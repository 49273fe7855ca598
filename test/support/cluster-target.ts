// Servers that are nodes of one cluster, on a mosquitto and a PostgreSQL of their own.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { partitionOf } from "../../src/cluster/partition-of.ts";
import { call } from "./gateway.ts";
import { freePort, Mosquitto } from "./mosquitto.ts";
import type { Rows } from "./own-database.ts";
import type { PostgresServer } from "./postgres-server.ts";
import type { IniChanges, Target } from "./target.ts";
import { LONG_DEADLINE_MS, until } from "./waiting.ts";

export const PARTITIONS = 8;

/** What starts a server, in this process or as one of its own. */
type Start = (ini: IniChanges) => Promise<Target>;

export class TestCluster {
	readonly mosquitto: Mosquitto;
	readonly #folder: string;
	readonly #postgres: PostgresServer;
	readonly #database: string;
	readonly #start: Start;
	readonly #leaseSeconds: number;
	readonly nodes = new Map<string, Target>();

	private constructor(
		made: { folder: string; mosquitto: Mosquitto; database: string; leaseSeconds: number },
		postgres: PostgresServer,
		start: Start,
	) {
		this.#folder = made.folder;
		this.mosquitto = made.mosquitto;
		this.#database = made.database;
		this.#leaseSeconds = made.leaseSeconds;
		this.#postgres = postgres;
		this.#start = start;
	}

	static async make(
		postgres: PostgresServer,
		start: Start,
		leaseSeconds: number,
	): Promise<TestCluster> {
		const folder = mkdtempSync(join(tmpdir(), "iotctl-cluster-"));
		const mosquitto = await Mosquitto.start(folder, "max_queued_messages 0\n");
		const database = await postgres.database();
		return new TestCluster({ folder, mosquitto, database, leaseSeconds }, postgres, start);
	}

	/** Of the database. */
	get url(): string {
		return this.#postgres.url(this.#database);
	}

	/** Starts a node. */
	async add(name: string, ini: IniChanges = {}): Promise<Target> {
		const port = await freePort();
		const target = await this.#start({
			...this.mosquitto.ini,
			...ini,
			"core-mqtt": { ...this.mosquitto.ini["core-mqtt"], ...ini["core-mqtt"] },
			core: { "http-port": port, ...ini.core },
			"core-db": { type: "postgres", url: this.url, ...ini["core-db"] },
			cluster: {
				...{ name: "lab", node: name, url: `http://127.0.0.1:${port}` },
				...{ lease: this.#leaseSeconds, partitions: PARTITIONS },
				...ini.cluster,
			},
		});
		if (!this.nodes.has(name)) this.nodes.set(name, target);
		return target;
	}

	/** Waits until every partition has an owner among some nodes, which is ready for it. */
	async settled(...names: string[]): Promise<void> {
		await until(
			async () => {
				const owners = await this.owners();
				const isTaken = [...owners.values()].every((owner) => names.includes(owner ?? ""));
				const hasAll = names.every((name) => [...owners.values()].includes(name));
				return isTaken && hasAll && (await this.#areReady(names));
			},
			`all partitions to be with ${names.join(" and ")}`,
			{ ms: LONG_DEADLINE_MS },
		);
	}

	/** Runs a statement of SQL on the database. */
	ask(statement: string): Promise<Rows> {
		return this.#postgres.ask(statement, this.#database);
	}

	/** Who has each partition. */
	async owners(): Promise<Map<number, string | null>> {
		const rows = await this.ask("SELECT id, owner FROM cluster_partitions ORDER BY id");
		return new Map(
			rows.map(({ id, owner }) => [Number(id), owner === null ? null : String(owner)]),
		);
	}

	/** The name of the node that has a graph (`CLIENT/GRAPH`) or device. */
	async ownerOf(key: string): Promise<string> {
		return (await this.owners()).get(partitionOf(key, PARTITIONS)) ?? "";
	}

	async dispose(): Promise<void> {
		for (const node of this.nodes.values()) await node.dispose();
		await this.mosquitto.stop();
		rmSync(this.#folder, { recursive: true, force: true });
	}

	async #areReady(names: readonly string[]): Promise<boolean> {
		for (const name of names) {
			const node = this.nodes.get(name);
			if (node === undefined || (await call(node, "GET", "/health")).status !== 200) return false;
		}
		return true;
	}
}

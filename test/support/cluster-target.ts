// Servers that are nodes of one cluster, on a PostgreSQL of theirs and a mosquitto, or whatever broker a test brings.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drain } from "../../src/cluster/members.ts";
import { partitionOf } from "../../src/cluster/partition-of.ts";
import { openShared } from "../../src/store/shared.ts";
import { call } from "./gateway.ts";
import { quietLog } from "./log.ts";
import { Mosquitto } from "./mosquitto.ts";
import { freePort } from "./ports.ts";
import type { PostgresServer } from "./postgres-server.ts";
import type { IniChanges, Target } from "./target.ts";
import { DEADLINE_MS, LONG_DEADLINE_MS, until } from "./waiting.ts";

export const PARTITIONS = 8;

/** Of questions to the database while something is waited for. */
const POLL_MS = 50;

/** What starts a server, in this process or as one of its own. */
export type Start = (ini: IniChanges) => Promise<Target>;

/** What the nodes of a cluster and its devices meet at. */
export interface TestBroker {
	/** On this machine, of each of its own nodes. */
	readonly ports: readonly number[];
	/** What a server's ini has to say to use it. */
	readonly ini: IniChanges;
	stop(): Promise<void>;
}

/** A partition as the database has it. */
export interface LeaseRow {
	readonly owner: string | null;
	readonly token: number;
	/** Since when it has been so: milliseconds by this machine's clock, which is the database's. */
	readonly since: number;
}

export class TestCluster {
	readonly broker: TestBroker;
	readonly #folder: string;
	readonly #postgres: PostgresServer;
	readonly #database: string;
	readonly #start: Start;
	readonly leaseSeconds: number;
	readonly nodes = new Map<string, Target>();

	private constructor(
		made: { folder: string; broker: TestBroker; database: string; leaseSeconds: number },
		postgres: PostgresServer,
		start: Start,
	) {
		this.#folder = made.folder;
		this.broker = made.broker;
		this.#database = made.database;
		this.leaseSeconds = made.leaseSeconds;
		this.#postgres = postgres;
		this.#start = start;
	}

	static async make(
		postgres: PostgresServer,
		start: Start,
		leaseSeconds: number,
		ownBroker?: TestBroker,
	): Promise<TestCluster> {
		const folder = mkdtempSync(join(tmpdir(), "iotctl-cluster-"));
		const kept = `persistence true\npersistence_location ${folder}/\n`;
		const user = process.getuid?.() === 0 ? "user root\n" : "";
		const broker =
			ownBroker ?? (await Mosquitto.start(folder, `${user}${kept}max_queued_messages 0\n`));
		const database = await postgres.database();
		return new TestCluster({ folder, broker, database, leaseSeconds }, postgres, start);
	}

	/** The broker, where the test has brought none. */
	get mosquitto(): Mosquitto {
		if (this.broker instanceof Mosquitto) return this.broker;
		throw new Error("the broker is not a mosquitto");
	}

	/** Where mosquitto keeps its sessions while it is stopped. */
	get keptSessions(): string {
		return join(this.#folder, "mosquitto.db");
	}

	/** Of the database. */
	get url(): string {
		return this.#postgres.url(this.#database);
	}

	/** Starts a node. */
	async add(name: string, ini: IniChanges = {}): Promise<Target> {
		const port = await freePort();
		const { ini: broker } = this.broker;
		const target = await this.#start({
			...broker,
			...ini,
			"core-mqtt": { ...broker["core-mqtt"], ...ini["core-mqtt"] },
			core: { "http-port": port, ...ini.core },
			"core-db": { type: "postgres", url: this.url, ...ini["core-db"] },
			cluster: {
				...{ name: "lab", node: name, url: `http://127.0.0.1:${port}` },
				...{ lease: this.leaseSeconds, partitions: PARTITIONS },
				...ini.cluster,
			},
		});
		if (!this.nodes.has(name)) this.nodes.set(name, target);
		return target;
	}

	/** Waits until every partition has an owner among some nodes, which is ready for it. */
	async settled(...names: string[]): Promise<void> {
		let problems: string[] = [];
		await until(
			async () => {
				await Bun.sleep(POLL_MS);
				const owners = [...(await this.owners()).values()];
				const others = owners.filter((owner) => !names.includes(owner ?? ""));
				problems = names.filter((name) => !owners.includes(name)).map((name) => `${name} has none`);
				if (others.length > 0) problems.push(`others have ${others.length}`);
				if (problems.length === 0) problems = await this.#problemsOf(names);
				return problems.length === 0;
			},
			`all partitions to be with ${names.join(" and ")}`,
			{ ms: LONG_DEADLINE_MS, seen: () => problems.join("; ") },
		);
	}

	/** Who has each partition. */
	async owners(): Promise<Map<number, string | null>> {
		return new Map([...(await this.leases())].map(([id, { owner }]) => [id, owner]));
	}

	/** Partitions with their owners and tokens. */
	async leases(): Promise<Map<number, LeaseRow>> {
		const rows = await this.ask(
			"SELECT id, owner, token, 1000 * extract(epoch FROM since) AS since FROM cluster_partitions ORDER BY id",
		);
		return new Map(
			rows.map(({ id, owner, token, since }) => [
				Number(id),
				{
					owner: owner === null ? null : String(owner),
					...{ token: Number(token), since: Number(since) },
				},
			]),
		);
	}

	/** Asks the database something, as another program would. */
	ask(text: string): Promise<Record<string, unknown>[]> {
		return this.#postgres.ask(text, this.#database);
	}

	/** A node by its name. */
	node(name: string): Target {
		const node = this.nodes.get(name);
		if (node === undefined) throw new Error(`there is no node ${name}`);
		return node;
	}

	/** Kills a node, whose process is gone when it resolves. */
	async kill(name: string): Promise<void> {
		const { process } = this.node(name);
		process?.kill("SIGKILL");
		await process?.exited;
	}

	/** Starts a node again where it was. @param meanwhile Before that, and after it was stopped if it was not dead. */
	async restart(name: string, meanwhile?: () => Promise<void>): Promise<void> {
		this.nodes.set(name, await this.node(name).restart(meanwhile));
	}

	/** Has a node give everything to the others, or take its share again. */
	async drain(name: string, isOn: boolean): Promise<void> {
		const options = { userdir: this.#folder, url: this.url };
		const database = await openShared(options, DEADLINE_MS, quietLog);
		await drain(database, name, isOn).finally(() => database.close());
	}

	/** The name of the node that has a graph (`CLIENT/GRAPH`) or device. */
	async ownerOf(key: string): Promise<string> {
		return (await this.owners()).get(partitionOf(key, PARTITIONS)) ?? "";
	}

	async dispose(): Promise<void> {
		// One that does not end well keeps no other.
		const ends = await Promise.allSettled([...this.nodes.values()].map((node) => node.dispose()));
		await this.broker.stop();
		rmSync(this.#folder, { recursive: true, force: true });
		for (const end of ends) if (end.status === "rejected") throw end.reason;
	}

	/** Why nodes are not ready. */
	async #problemsOf(names: readonly string[]): Promise<string[]> {
		const problems: string[] = [];
		for (const name of names) {
			const { status, text } = await call(this.node(name), "GET", "/health");
			if (status !== 200) problems.push(`${name}: ${text}`);
		}
		return problems;
	}
}

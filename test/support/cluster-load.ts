// Data of QoS 1 through graphs of a cluster at a steady rate, whatever becomes of its nodes, and what comes of it.
import { expect } from "bun:test";
import { randomUUID } from "node:crypto";
import { ClusterPauses } from "./cluster-pauses.ts";
import { PARTITIONS, type TestCluster } from "./cluster-target.ts";
import { DrillClient, type DrillGraph } from "./drill-client.ts";
import { LastingClient } from "./lasting-client.ts";
import { LONG_DEADLINE_MS, until } from "./waiting.ts";

const TICK_MS = 10;
/** Messages of a session that mosquitto has in flight, by default. */
const WINDOW = 20;
/** What is sent before anything is counted. */
const WARM = -1;
/** Adds to each message which instance of the function had it: a node that takes a graph over makes another one. */
const CODE = "import os\nME = os.urandom(6).hex()\ndef run(x): return [x, ME]\n";

export interface LoadOptions {
	readonly graphs?: number;
	readonly perSecond?: number;
	/** In which the graphs are; all by default. */
	readonly partitions?: readonly number[];
	/** Whether the broker keeps the order of what two connections send one after the other; true by default. */
	readonly isOrdered?: boolean;
}

interface Made {
	readonly graphs: readonly DrillGraph[];
	readonly perSecond: number;
	readonly isOrdered: boolean;
}

/** What came out of a graph so far. */
interface Seen {
	readonly partition: number;
	/** Instances of its function, in the order in which something came from them. */
	readonly instances: string[];
	newest: number;
}

export interface EndOptions {
	/** How long the broker itself may have had nothing for anyone. */
	readonly brokerMs?: number;
}

export class ClusterLoad {
	readonly drill: DrillClient;
	readonly graphs: readonly DrillGraph[];
	readonly #cluster: TestCluster;
	readonly #perSecond: number;
	readonly #isOrdered: boolean;
	readonly #seen: ReadonlyMap<string, Seen>;
	readonly #pauses: ClusterPauses;
	/** By number, how often each has come out. */
	readonly #times: number[] = [];
	#clients: LastingClient[] = [];
	#timer: Timer | undefined;
	#sent = 0;
	/** The first number that counts. */
	#base = 0;
	/** All numbers below it have come out. */
	#low = 0;
	#twice = 0;
	#disordered = 0;
	/** Came from an instance after something had come from the next one. */
	#stale = 0;
	#warm = 0;

	private constructor(
		cluster: TestCluster,
		drill: DrillClient,
		{ graphs, perSecond, isOrdered }: Made,
	) {
		this.#cluster = cluster;
		this.drill = drill;
		this.graphs = graphs;
		this.#perSecond = perSecond;
		this.#isOrdered = isOrdered;
		this.#pauses = new ClusterPauses(cluster.leaseSeconds * 1000);
		this.#seen = new Map(
			graphs.map(({ output, partition }) => [output, { partition, instances: [], newest: -1 }]),
		);
	}

	/** Builds the graphs, and waits until something has come through each of them. */
	static async make(
		cluster: TestCluster,
		{ graphs: count = 40, perSecond = 300, partitions, isOrdered = true }: LoadOptions = {},
	): Promise<ClusterLoad> {
		const drill = await DrillClient.connect(cluster);
		const graphs = await drill.build(count, {
			code: CODE,
			...(partitions !== undefined && { partitions }),
		});
		const load = new ClusterLoad(cluster, drill, { graphs, perSecond, isOrdered });
		await load.#connect();
		return load;
	}

	/** Sends from now on. */
	begin(): void {
		// A test that failed has not ended it.
		clearInterval(this.#timer);
		this.#base = this.#sent;
		this.#low = this.#base;
		this.#stale = 0;
		this.#twice = 0;
		this.#disordered = 0;
		const [source] = this.#clients;
		if (source !== undefined) source.sentAgain = 0;
		const begun = performance.now();
		this.#pauses.begin(this.graphs.map(({ partition }) => partition));
		this.#timer = setInterval(() => {
			const due = Math.floor(((performance.now() - begun) * this.#perSecond) / 1000);
			while (this.#sent < this.#base + due) this.#send(source);
		}, TICK_MS);
	}

	/** Sends one message to each graph, now. */
	burst(): void {
		for (const _ of this.graphs) this.#send(this.#clients[0]);
	}

	/** Waits until so many more have been sent, and all of them have come out. */
	async more(count: number, when: string): Promise<void> {
		const goal = this.#sent + count;
		await until(() => this.#sent >= goal, `${count} more messages`, { ms: LONG_DEADLINE_MS });
		await this.through(when);
	}

	/** Waits until all that was sent until now has come out. */
	async through(when: string): Promise<void> {
		const goal = this.#sent;
		await until(() => this.#low >= goal, `all results ${when}`, {
			...{ ms: LONG_DEADLINE_MS, seen: () => this.#missing(goal) },
		});
	}

	/** What of the messages up to a number has not come out, for people. */
	#missing(goal: number): string {
		const counts = new Map<number, number>();
		for (let number = this.#low; number < goal; number++) {
			if ((this.#times[number] ?? 0) > 0) continue;
			const { partition = -1 } = this.graphs[number % this.graphs.length] ?? {};
			counts.set(partition, (counts.get(partition) ?? 0) + 1);
		}
		const parts = [...counts].map(([partition, count]) => `${count} of partition ${partition}`);
		const unconfirmed = this.#clients[0]?.inFlight ?? 0;
		return `missing are ${parts.join(", ")}, the first is ${this.#low} of ${goal}; the broker has not confirmed ${unconfirmed}`;
	}

	/**
	 * Has something happen, and notes how long data paused meanwhile.
	 * @param what For people; those of one name are taken together.
	 * @param work Resolves when partitions are where they are to be.
	 * @returns which of them have moved, with data.
	 */
	async during(what: string, work: () => Promise<void>): Promise<number[]> {
		const before = await this.#cluster.leases();
		this.#pauses.next();
		const began = Date.now();
		await work();
		await this.through(`after ${what}`);
		return this.#pauses.note(what, began, before, await this.#cluster.leases());
	}

	/**
	 * Ends it, says what was seen, and expects that everything has come out in order, nothing from a node that had been
	 * replaced, no more twice than was in flight, and no pause five times as long as it is to be.
	 */
	async end(what: string, { brokerMs = 0 }: EndOptions = {}): Promise<void> {
		clearInterval(this.#timer);
		const [source] = this.#clients;
		await source?.confirmed();
		await this.through("at the end").catch(() => {});
		const sent = this.#sent - this.#base;
		const missing = sent - this.#times.slice(this.#base).filter((times) => times > 0).length;
		const again = source?.sentAgain ?? 0;
		console.log(
			`${what}: ${sent} messages, ${missing} lost, ${this.#twice} results twice (${again} sent twice), ${this.#disordered} out of order${this.#pauses.text()}`,
		);
		expect(missing).toBe(0);
		this.#pauses.expectShort(brokerMs);
		if (!this.#isOrdered) return;
		expect({ stale: this.#stale, disordered: this.#disordered }).toEqual({
			stale: 0,
			disordered: 0,
		});
		// What was in flight, each time that something happened.
		expect(this.#twice).toBeLessThanOrEqual(again + WINDOW * PARTITIONS * this.#pauses.events);
	}

	/** Ends its connections. */
	dispose(): void {
		clearInterval(this.#timer);
		for (const client of this.#clients) client.end();
		this.drill.end();
	}

	async #connect(): Promise<void> {
		const { ports } = this.#cluster.broker;
		const source = await LastingClient.connect({ ports, clientId: `source-${randomUUID()}` });
		const sink = await LastingClient.connect({
			...{ ports, clientId: `sink-${randomUUID()}` },
			onMessage: (payload, topic) => this.#result(payload.toString(), topic.toString()),
		});
		this.#clients = [source, sink];
		for (const { output } of this.graphs) await sink.subscribe(output);
		for (const { input } of this.graphs) source.publish(input, `[${WARM}]`);
		await until(() => this.#warm >= this.graphs.length, "a first result of each graph", {
			...{ ms: LONG_DEADLINE_MS, seen: () => `${this.#warm} of ${this.graphs.length} are here` },
		});
	}

	#send(source: LastingClient | undefined): void {
		const graph = this.graphs[this.#sent % this.graphs.length];
		source?.publish(graph?.input ?? "", `[${this.#sent}]`);
		this.#sent += 1;
	}

	#result(payload: string, topic: string): void {
		const [number, instance] = JSON.parse(payload) as [number, string];
		const seen = this.#seen.get(topic);
		if (seen === undefined) return;
		if (!seen.instances.includes(instance)) seen.instances.push(instance);
		else if (seen.instances.at(-1) !== instance) this.#stale += 1;
		if (number === WARM) {
			this.#warm += 1;
			return;
		}
		const times = (this.#times[number] ?? 0) + 1;
		this.#times[number] = times;
		if (number < this.#base) return;
		if (times > 1) this.#twice += 1;
		else if (number < seen.newest) this.#disordered += 1;
		seen.newest = Math.max(seen.newest, number);
		while ((this.#times[this.#low] ?? 0) > 0) this.#low += 1;
		this.#pauses.noteResult(seen.partition);
	}
}

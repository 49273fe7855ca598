import { and, count, eq, sql } from "drizzle-orm";
import { type FunctionUse, type GraphKey, graphName } from "../../contract/mod.ts";
import { checkRow, type Db, onFirstUse, preparePut, readJson } from "../../store/mod.ts";
import { type Asked, askedFrom, storedAsked } from "./asked.ts";
import { Depends } from "./json-shapes.ts";
import type { CsmTables } from "./tables.ts";

/** A graph's monitor: one topic for as long as the graph lives (`csm.md §4.8`). */
export interface Monitor {
	/** null: never started. */
	readonly topic: string | null;
	readonly on: boolean;
	/** Between two data records (`csm.md §4.9`). */
	readonly intervalMs: number;
}

export interface GraphRecord extends GraphKey {
	readonly join: FunctionUse;
	readonly joinAsked: Asked;
	readonly monitor: Monitor;
}

type Graphs = CsmTables["graphs"];

/** The graphs table. Writing methods belong inside `CsmStore.write`. */
export class GraphRows {
	readonly #db: Db;
	readonly #graphs: Graphs;
	readonly #put: (row: Graphs["$inferSelect"]) => Promise<void>;
	readonly #setJoin: () => ReturnType<typeof prepareSetJoin>;

	constructor(db: Db, { graphs }: CsmTables) {
		this.#db = db;
		this.#graphs = graphs;
		this.#put = preparePut(db, graphs, [graphs.client, graphs.graph]);
		this.#setJoin = onFirstUse(() => prepareSetJoin(db, graphs));
	}

	/** All graphs; a row that cannot be read goes to `onBadRow` and stays in the database. */
	async all(onBadRow: (what: string, error: unknown) => void): Promise<GraphRecord[]> {
		return this.#read(await this.#db.select().from(this.#graphs), onBadRow);
	}

	/** How many there are. */
	async count(): Promise<number> {
		const [found] = await this.#db.select({ n: count() }).from(this.#graphs);
		return found?.n ?? 0;
	}

	/** The graphs of a client that can be read. */
	async ofClient(client: string): Promise<GraphRecord[]> {
		const rows = await this.#db.select().from(this.#graphs).where(eq(this.#graphs.client, client));
		return this.#read(rows, () => {});
	}

	/** Adds a graph without links; one that is there, because it could not be read, is emptied. */
	async add({ client, graph }: GraphKey): Promise<void> {
		await this.#put({
			...{ client, graph },
			joinFunc: null,
			joinDepends: "{}",
			joinAsked: null,
			monitorTopic: null,
			monitoring: false,
			monitorInterval: 0,
		});
	}

	/** Removes a graph whose links are removed. */
	async remove(key: GraphKey): Promise<void> {
		await this.#db.delete(this.#graphs).where(this.#is(key));
	}

	async setJoin({ client, graph }: GraphKey, join: FunctionUse): Promise<void> {
		const { digest: joinFunc, depends } = join;
		const joinDepends = JSON.stringify(depends);
		await this.#setJoin().execute({ client, graph, joinFunc, joinDepends });
	}

	/** Notes what a refused `set_join` asked for. */
	async setJoinAsked(key: GraphKey, digest: string | null): Promise<void> {
		await this.#db
			.update(this.#graphs)
			.set({ joinAsked: storedAsked(digest) })
			.where(this.#is(key));
	}

	async setMonitor(key: GraphKey, monitor: Monitor): Promise<void> {
		await this.#db
			.update(this.#graphs)
			.set({
				monitorTopic: monitor.topic,
				monitoring: monitor.on,
				monitorInterval: monitor.intervalMs,
			})
			.where(this.#is(key));
	}

	#read(
		rows: readonly Graphs["$inferSelect"][],
		onBadRow: (what: string, error: unknown) => void,
	): GraphRecord[] {
		return rows.flatMap((row) => {
			try {
				checkRow(this.#graphs, row);
				const depends = readJson(Depends, row.joinDepends, "join_depends");
				const join = { digest: row.joinFunc, depends };
				const { monitorTopic: topic, monitoring: on, monitorInterval: intervalMs } = row;
				const monitor = { topic, on, intervalMs };
				const joinAsked = askedFrom(row.joinAsked);
				return [{ client: row.client, graph: row.graph, join, joinAsked, monitor }];
			} catch (error) {
				onBadRow(`graph ${graphName(row)}`, error);
				return [];
			}
		});
	}

	#is({ client, graph }: GraphKey) {
		return and(eq(this.#graphs.client, client), eq(this.#graphs.graph, graph));
	}
}

function prepareSetJoin(db: Db, graphs: Graphs) {
	const { client, graph } = graphs;
	return db
		.update(graphs)
		.set({
			joinFunc: sql`${sql.placeholder("joinFunc")}`,
			joinDepends: sql`${sql.placeholder("joinDepends")}`,
			joinAsked: null,
		})
		.where(and(eq(client, sql.placeholder("client")), eq(graph, sql.placeholder("graph"))))
		.prepare();
}

import { and, asc, count, eq } from "drizzle-orm";
import type { FunctionUse, GraphKey, LinkKey } from "../contract/mod.ts";
import type { Db } from "./db.ts";
import { Depends, InputTypes, readJson, readJsonOrNull } from "./rows.ts";
import { graphs, links, topics } from "./schema.ts";

/** What `add_link` says of a link besides its key (`csm.md §4.4`). */
export interface LinkSettings {
	readonly func: FunctionUse;
	readonly inputType: string | readonly string[] | null;
	/** Number of data values; null = any. */
	readonly paramNo: number | null;
	/** Number of trailing tag values. */
	readonly tagParamNo: number;
	/** Why the function cannot be used; then the link is without data. */
	readonly error: string | null;
}

/**
 * The function a refused request asked for last, if none was taken since: a client that does not read replies
 * goes on from it (`csm.md §4.6`).
 */
export type Asked = { readonly digest: string | null } | null;

export interface LinkRecord extends GraphKey, LinkKey, LinkSettings {
	/** Grows with every link: the order of join slots. */
	readonly id: number;
	readonly asked: Asked;
}

/** A graph's monitor: one topic for as long as the graph lives (`csm.md §4.8`). */
export interface Monitor {
	/** null: never started. */
	readonly topic: string | null;
	readonly on: boolean;
}

export interface GraphRecord extends GraphKey {
	readonly join: FunctionUse;
	readonly joinAsked: Asked;
	readonly monitor: Monitor;
}

/** The graphs, links and topics tables. Writing methods belong inside `Store.write`. */
export class GraphRows {
	readonly #db: Db;

	constructor(db: Db) {
		this.#db = db;
	}

	/** All graphs; a row that cannot be read goes to `onBadRow` and stays in the database. */
	all(onBadRow: (what: string, error: unknown) => void): GraphRecord[] {
		return this.#db
			.select()
			.from(graphs)
			.all()
			.flatMap((row) => {
				try {
					const depends = readJson(Depends, row.joinDepends, "join_depends");
					const join = { digest: row.joinFunc, depends };
					const monitor = { topic: row.monitorTopic, on: row.monitoring };
					const joinAsked = askedFrom(row.joinAsked);
					return [{ client: row.client, graph: row.graph, join, joinAsked, monitor }];
				} catch (error) {
					onBadRow(`graph ${row.client}/${row.graph}`, error);
					return [];
				}
			});
	}

	/** All links in slot order, with their topics. */
	allLinks(
		onBadRow: (what: string, error: unknown) => void,
	): { link: LinkRecord; topic: string }[] {
		return this.#db
			.select()
			.from(links)
			.innerJoin(
				topics,
				and(
					eq(links.daId, topics.daId),
					eq(links.mode, topics.mode),
					eq(links.feature, topics.feature),
				),
			)
			.orderBy(asc(links.id))
			.all()
			.flatMap((row) => {
				try {
					return [{ link: linkFromRow(row.links), topic: row.topics.topic }];
				} catch (error) {
					onBadRow(`link ${row.links.id}`, error);
					return [];
				}
			});
	}

	add(key: GraphKey): void {
		this.#db
			.insert(graphs)
			.values({ ...key, joinFunc: null, joinDepends: "{}", monitoring: false })
			.run();
	}

	/**
	 * Removes a graph with its links.
	 * @returns the link keys no graph uses any more; their topics are gone.
	 */
	remove(key: GraphKey): LinkKey[] {
		const own = this.#db.select().from(links).where(matches(links, key)).all();
		const unused = own.filter((link) => this.removeLink(link.id, link));
		this.#db.delete(graphs).where(matches(graphs, key)).run();
		return unused.map(({ daId, mode, feature }) => ({ daId, mode, feature }));
	}

	setJoin(key: GraphKey, join: FunctionUse): void {
		this.#db
			.update(graphs)
			.set({
				joinFunc: join.digest,
				joinDepends: JSON.stringify(join.depends),
				joinAsked: null,
			})
			.where(matches(graphs, key))
			.run();
	}

	/** Notes what a refused `set_join` asked for. */
	setJoinAsked(key: GraphKey, digest: string | null): void {
		this.#db
			.update(graphs)
			.set({ joinAsked: digest ?? NO_DIGEST })
			.where(matches(graphs, key))
			.run();
	}

	setMonitor(key: GraphKey, monitor: Monitor): void {
		this.#db
			.update(graphs)
			.set({ monitorTopic: monitor.topic, monitoring: monitor.on })
			.where(matches(graphs, key))
			.run();
	}

	/**
	 * Stores a link.
	 * @param newTopic Topic its key gets when no link of any graph has the key yet.
	 * @returns the link's id, its key's topic, and whether this is the key's first link.
	 */
	addLink(
		graph: GraphKey,
		key: LinkKey,
		settings: LinkSettings,
		newTopic: string,
	): { id: number; topic: string; first: boolean } {
		const { daId, mode, feature } = key;
		const known = this.#db.select().from(topics).where(hasKey(topics, key)).get();
		const topic = known?.topic ?? newTopic;
		if (known === undefined) this.#db.insert(topics).values({ daId, mode, feature, topic }).run();
		const { id } = this.#db
			.insert(links)
			.values({
				client: graph.client,
				graph: graph.graph,
				daId,
				mode,
				feature,
				func: settings.func.digest,
				depends: JSON.stringify(settings.func.depends),
				inputType: settings.inputType === null ? null : JSON.stringify(settings.inputType),
				paramNo: settings.paramNo,
				tagParamNo: settings.tagParamNo,
				error: settings.error,
			})
			.returning({ id: links.id })
			.get();
		return { id, topic, first: known === undefined };
	}

	/**
	 * Removes a link.
	 * @returns whether it was the last one of its key; then the key's topic is gone too.
	 */
	removeLink(id: number, key: LinkKey): boolean {
		this.#db.delete(links).where(eq(links.id, id)).run();
		const rest = this.#db.select({ n: count() }).from(links).where(hasKey(links, key)).get();
		const last = rest?.n === 0;
		if (last) this.#db.delete(topics).where(hasKey(topics, key)).run();
		return last;
	}

	/** Stores a link in place of one of the same graph and key, which keeps its topic. */
	replaceLink(
		former: number,
		graph: GraphKey,
		key: LinkKey,
		settings: LinkSettings,
	): { id: number; topic: string; first: boolean } {
		this.#db.delete(links).where(eq(links.id, former)).run();
		return this.addLink(graph, key, settings, "");
	}

	/** Gives a link a function that can be used. */
	setLinkFunction(id: number, func: FunctionUse, inputType: LinkSettings["inputType"]): void {
		this.#db
			.update(links)
			.set({
				func: func.digest,
				depends: JSON.stringify(func.depends),
				inputType: inputType === null ? null : JSON.stringify(inputType),
				error: null,
				asked: null,
			})
			.where(eq(links.id, id))
			.run();
	}

	/** Notes why a link's function cannot be used; null: it can. */
	setLinkError(id: number, error: string | null): void {
		this.#db.update(links).set({ error }).where(eq(links.id, id)).run();
	}

	/** Notes what a refused request asked for. */
	setLinkAsked(id: number, digest: string | null): void {
		this.#db
			.update(links)
			.set({ asked: digest ?? NO_DIGEST })
			.where(eq(links.id, id))
			.run();
	}
}

/** Stands for "no function" where NULL means that nothing is noted. */
const NO_DIGEST = "";

function askedFrom(stored: string | null): Asked {
	return stored === null ? null : { digest: stored === NO_DIGEST ? null : stored };
}

function matches(table: typeof graphs | typeof links, { client, graph }: GraphKey) {
	return and(eq(table.client, client), eq(table.graph, graph));
}

function hasKey(table: typeof links | typeof topics, { daId, mode, feature }: LinkKey) {
	return and(eq(table.daId, daId), eq(table.mode, mode), eq(table.feature, feature));
}

function linkFromRow(row: typeof links.$inferSelect): LinkRecord {
	return {
		id: row.id,
		client: row.client,
		graph: row.graph,
		daId: row.daId,
		mode: row.mode,
		feature: row.feature,
		func: { digest: row.func, depends: readJson(Depends, row.depends, "depends") },
		inputType: readJsonOrNull(InputTypes, row.inputType, "input_type"),
		paramNo: row.paramNo,
		tagParamNo: row.tagParamNo,
		error: row.error,
		asked: askedFrom(row.asked),
	};
}

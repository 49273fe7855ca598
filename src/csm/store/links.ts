import { and, asc, eq, max, notExists, sql } from "drizzle-orm";
import { type FunctionUse, type GraphKey, graphName, type LinkKey } from "../../contract/mod.ts";
import {
	checkRow,
	type Db,
	onFirstUse,
	preparePut,
	readJson,
	readJsonOrNull,
} from "../../store/mod.ts";
import { type Asked, askedFrom, storedAsked } from "./asked.ts";
import { Depends, InputTypes } from "./json-shapes.ts";
import type { CsmTables } from "./tables.ts";

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

export interface LinkRecord extends GraphKey, LinkKey, LinkSettings {
	/** Grows with every link: the order of join slots. */
	readonly id: number;
	readonly asked: Asked;
}

/** A link about to be stored, with its key's topic. */
export type NewLink = Omit<LinkRecord, "asked"> & { readonly topic: string };

/** The links and topics tables. Writing methods belong inside `CsmStore.write`. */
export class LinkRows {
	readonly #db: Db;
	readonly #links: CsmTables["links"];
	readonly #topics: CsmTables["topics"];
	readonly #putLink: (row: CsmTables["links"]["$inferSelect"]) => Promise<void>;
	readonly #putTopic: (row: CsmTables["topics"]["$inferSelect"]) => Promise<void>;
	readonly #removeAll: () => ReturnType<typeof prepareRemoveAll>;

	constructor(db: Db, { links, topics }: CsmTables) {
		this.#db = db;
		this.#links = links;
		this.#topics = topics;
		const { client, graph, daId, mode, feature } = links;
		this.#putLink = preparePut(db, links, [client, graph, daId, mode, feature]);
		this.#removeAll = onFirstUse(() => prepareRemoveAll(db, links));
		this.#putTopic = preparePut(db, topics, [topics.daId, topics.mode, topics.feature]);
	}

	/** All links in slot order, with their topics. */
	async all(
		onBadRow: (what: string, error: unknown) => void,
	): Promise<{ link: LinkRecord; topic: string }[]> {
		const links = this.#links;
		const topics = this.#topics;
		const rows = await this.#db
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
			.orderBy(asc(links.id));
		return rows.flatMap((row) => {
			try {
				checkRow(links, row.links);
				checkRow(topics, row.topics);
				return [{ link: this.#fromRow(row.links), topic: row.topics.topic }];
			} catch (error) {
				const { id, daId, mode, feature } = row.links;
				onBadRow(
					`link ${id}: ${mode} ${feature} of ${daId} in graph ${graphName(row.links)}`,
					error,
				);
				return [];
			}
		});
	}

	/** The greatest id of all links; 0 without any. */
	async lastId(): Promise<number> {
		const latest = max(this.#links.id);
		const [found] = await this.#db.select({ latest }).from(this.#links);
		return found?.latest ?? 0;
	}

	/**
	 * Stores a link in place of what its graph may have under its key.
	 * @param isFirst Whether no other link of any graph has the key: then its topic is stored as well.
	 */
	async put(link: NewLink, isFirst: boolean): Promise<void> {
		const { topic, func, inputType, ...values } = link;
		const { daId, mode, feature } = link;
		if (isFirst) await this.#putTopic({ daId, mode, feature, topic });
		await this.#putLink({
			...values,
			func: func.digest,
			depends: JSON.stringify(func.depends),
			inputType: storedInputType(inputType),
			asked: null,
		});
	}

	/** Removes a link. @param isLast Whether no other link of any graph has its key: then its topic goes as well. */
	async remove(id: number, key: LinkKey, isLast: boolean): Promise<void> {
		await this.#db.delete(this.#links).where(eq(this.#links.id, id));
		if (isLast) await this.removeTopics([key]);
	}

	/** Removes all links of a graph, those that cannot be read as well. @returns their keys; topics stay. */
	async removeAll({ client, graph }: GraphKey): Promise<LinkKey[]> {
		return await this.#removeAll().execute({ client, graph });
	}

	/**
	 * The topic of a key, which a link is about to get: no one removes it before the transaction ends.
	 * @param fresh What it becomes where there is none.
	 */
	async claimTopic({ daId, mode, feature }: LinkKey, fresh: string): Promise<string> {
		const topics = this.#topics;
		const [row] = await this.#db
			.insert(topics)
			.values({ daId, mode, feature, topic: fresh })
			// Nothing changes, but the row is locked.
			.onConflictDoUpdate({ target: [topics.daId, topics.mode, topics.feature], set: { daId } })
			.returning({ topic: topics.topic });
		return row?.topic ?? fresh;
	}

	/** Removes the topic of a key that no link has any more. @returns whether it is gone. */
	async freeTopic(key: LinkKey): Promise<boolean> {
		const topics = this.#topics;
		// Locked by a statement of its own: what is asked next sees a link that another node has just added.
		await this.#db.update(topics).set({ daId: key.daId }).where(hasKey(topics, key));
		const users = this.#db.select({ id: this.#links.id }).from(this.#links);
		const gone = await this.#db
			.delete(topics)
			.where(and(hasKey(topics, key), notExists(users.where(hasKey(this.#links, key)))))
			.returning({ topic: topics.topic });
		return gone.length > 0;
	}

	/** Keys of all links with their topics, of one device or of all. */
	async topics(daId?: string): Promise<{ readonly key: LinkKey; readonly topic: string }[]> {
		const topics = this.#topics;
		const rows = await this.#db
			.select()
			.from(topics)
			.where(daId === undefined ? undefined : eq(topics.daId, daId));
		return rows.map(({ topic, ...key }) => ({ key, topic }));
	}

	/** Whether a topic is that of a linked feature of a device. */
	async hasTopic(daId: string, mode: LinkKey["mode"], topic: string): Promise<boolean> {
		const topics = this.#topics;
		const found = await this.#db
			.select({ topic: topics.topic })
			.from(topics)
			.where(and(eq(topics.topic, topic), eq(topics.daId, daId), eq(topics.mode, mode)));
		return found.length > 0;
	}

	/** Removes the topics of keys that no stored link has. */
	async removeTopics(keys: readonly LinkKey[]): Promise<void> {
		for (const key of keys) {
			// A link that cannot be read counts too, though nothing runs of it.
			const users = this.#db.select({ id: this.#links.id }).from(this.#links);
			await this.#db
				.delete(this.#topics)
				.where(and(hasKey(this.#topics, key), notExists(users.where(hasKey(this.#links, key)))));
		}
	}

	/** Gives a link a function that can be used. */
	async setFunction(
		id: number,
		func: FunctionUse,
		inputType: LinkSettings["inputType"],
	): Promise<void> {
		await this.#db
			.update(this.#links)
			.set({
				func: func.digest,
				depends: JSON.stringify(func.depends),
				inputType: storedInputType(inputType),
				error: null,
				asked: null,
			})
			.where(eq(this.#links.id, id));
	}

	/** Notes why a link's function cannot be used; null: it can. */
	async setError(id: number, error: string | null): Promise<void> {
		await this.#db.update(this.#links).set({ error }).where(eq(this.#links.id, id));
	}

	/** Notes what a refused request asked for. */
	async setAsked(id: number, digest: string | null): Promise<void> {
		await this.#db
			.update(this.#links)
			.set({ asked: storedAsked(digest) })
			.where(eq(this.#links.id, id));
	}

	#fromRow(row: CsmTables["links"]["$inferSelect"]): LinkRecord {
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
}

function prepareRemoveAll(db: Db, links: CsmTables["links"]) {
	const { client, graph, daId, mode, feature } = links;
	return db
		.delete(links)
		.where(and(eq(client, sql.placeholder("client")), eq(graph, sql.placeholder("graph"))))
		.returning({ daId, mode, feature })
		.prepare();
}

function storedInputType(type: LinkSettings["inputType"]): string | null {
	return type === null ? null : JSON.stringify(type);
}

function hasKey(table: CsmTables["links"] | CsmTables["topics"], { daId, mode, feature }: LinkKey) {
	return and(eq(table.daId, daId), eq(table.mode, mode), eq(table.feature, feature));
}

import { and, asc, eq, getTableColumns, inArray, sql } from "drizzle-orm";
import type { ProjectDocument } from "../../contract/mod.ts";
import type { Db } from "../../store/mod.ts";
import { idsByRef, mentionsOf } from "./mentions.ts";
import type { Mention, ProjectHead, Projects } from "./port.ts";
import { type OnBadRow, RecordRows, type RecordTable } from "./record-rows.ts";
import type { CcmDatabase } from "./tables.ts";

/** So many rows are added by one statement; a database limits the values in it. */
const ROWS_PER_INSERT = 1000;

/** Projects: each one document, and an index of what it mentions. */
export class ProjectRows implements Projects {
	readonly #db: Db;
	readonly #documents: RecordRows<ProjectDocument>;
	readonly #heads: RecordRows<ProjectHead>;
	readonly #mentions: CcmDatabase["mentions"];
	readonly #mentionsIn: ReturnType<typeof prepareMentions>;
	readonly #idsWith: ReturnType<typeof prepareIdsWith>;

	constructor(db: Db, { mentions }: CcmDatabase, projects: RecordTable, onBadRow: OnBadRow) {
		this.#db = db;
		this.#mentions = mentions;
		this.#documents = new RecordRows(db, projects, onBadRow);
		const { blocks: _, joins: __, ...columns } = getTableColumns(projects.table);
		this.#heads = new RecordRows(
			db,
			{ ...projects, json: {}, instead: headInstead },
			onBadRow,
			columns,
		);
		this.#mentionsIn = prepareMentions(db, mentions);
		this.#idsWith = prepareIdsWith(db, mentions);
	}

	get(p_id: number): Promise<ProjectDocument | undefined> {
		return this.#documents.get({ p_id });
	}

	async find(p_id: number): Promise<ProjectDocument | undefined> {
		const [found] = await this.#documents.list({ p_id });
		return found;
	}

	list(where?: Partial<ProjectDocument>): Promise<ProjectDocument[]> {
		return this.#documents.list(where);
	}

	heads(where?: Partial<ProjectHead>): Promise<ProjectHead[]> {
		return this.#heads.list(where);
	}

	async mentioning({ kind, ref }: Mention): Promise<number[]> {
		const rows = await this.#idsWith.execute({ kind, ref: String(ref) });
		return rows.map(({ p_id }) => p_id);
	}

	async mentions(kind: Mention["kind"]): Promise<ReadonlyMap<string, readonly number[]>> {
		const { p_id, ref, kind: kinds } = this.#mentions;
		const rows = await this.#db
			.select({ p_id, ref })
			.from(this.#mentions)
			.where(eq(kinds, kind))
			.orderBy(asc(p_id));
		return idsByRef(rows);
	}

	async put(project: ProjectDocument): Promise<void> {
		await this.#documents.put(project);
		await this.#index(project);
	}

	/** What belongs to it goes with it. */
	async remove(p_id: number): Promise<void> {
		await this.#documents.remove({ p_id });
	}

	/** Removes all. */
	clear(): Promise<void> {
		return this.#documents.remove({});
	}

	async #index(project: ProjectDocument): Promise<void> {
		const { p_id } = project;
		const wanted = new Map(mentionsOf(project));
		const gone: { kind: string; ref: string }[] = [];
		for (const row of await this.#mentionsIn.execute({ p_id })) {
			if (!wanted.delete(`${row.kind} ${row.ref}`)) gone.push(row);
		}
		for (const [kind, rows] of Map.groupBy(gone, (row) => row.kind)) {
			const refs = rows.map(({ ref }) => ref);
			const of = this.#mentions;
			for (let at = 0; at < refs.length; at += ROWS_PER_INSERT) {
				const some = inArray(of.ref, refs.slice(at, at + ROWS_PER_INSERT));
				await this.#db.delete(of).where(and(eq(of.p_id, p_id), eq(of.kind, kind), some));
			}
		}
		const rows = [...wanted.values()].map(({ kind, ref }) => ({ p_id, kind, ref: String(ref) }));
		for (let at = 0; at < rows.length; at += ROWS_PER_INSERT) {
			await this.#db.insert(this.#mentions).values(rows.slice(at, at + ROWS_PER_INSERT));
		}
	}
}

/** As long as it is known whose a project is, that person can see it in lists, and delete it. */
function headInstead(row: Readonly<Record<string, unknown>>) {
	const { p_id, u_id, p_name } = row;
	if (typeof u_id !== "number") return undefined;
	const name = typeof p_name === "string" ? p_name : `#${p_id}`;
	return { p_id, p_name: name, u_id, rev: 0, status: "off", sim: "off" };
}

function prepareMentions(db: Db, mentions: CcmDatabase["mentions"]) {
	const { p_id, kind, ref } = mentions;
	return db
		.select({ kind, ref })
		.from(mentions)
		.where(eq(p_id, sql.placeholder("p_id")))
		.prepare();
}

function prepareIdsWith(db: Db, mentions: CcmDatabase["mentions"]) {
	return db
		.select({ p_id: mentions.p_id })
		.from(mentions)
		.where(
			and(eq(mentions.kind, sql.placeholder("kind")), eq(mentions.ref, sql.placeholder("ref"))),
		)
		.orderBy(asc(mentions.p_id))
		.prepare();
}

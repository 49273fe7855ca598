import type { NodeFigures } from "../contract/mod.ts";
import { ConfigError } from "../kit/mod.ts";
import type { SharedDatabase } from "../store/mod.ts";
import type { AnswerRow } from "./answered-requests.ts";
import type { OtherNode, Seen } from "./decide.ts";
import type { Lease, NodeIdentity } from "./lease.ts";
import {
	ADD_PROJECTS,
	ANSWERS,
	CHANNEL,
	CLAIM,
	GIVE,
	LEAVE,
	LINK_ID,
	MAKE_SECRET,
	OWNER,
	OWNS,
	RAISE_LINK_IDS,
	RENEW,
	SECRET,
	TAKE_FREE,
	TAKE_OWN,
	TAKE_PROJECTS,
	URL_TAKEN,
} from "./lease-statements.ts";
import { whyAnother } from "./one-cluster.ts";

const SECRET_BYTES = 32;

/** What a round saw. */
export interface Round extends Seen {
	/** When that was: seconds by the database's clock. */
	readonly at: number;
}

/** Another server that is alive has the name of this node, or its URL. */
export interface Taken {
	/** Which, for people. */
	readonly by: string;
	/** Its last sign of life, for comparison only. */
	readonly seen: number;
}

/** Leases as rows of the database, by whose clock they end. A node that is told nothing changes nothing. */
export class LeaseRows {
	readonly #database: SharedDatabase;
	readonly #me: NodeIdentity;
	readonly #leaseSeconds: number;
	readonly #figures: () => NodeFigures | null;

	/** @param figures What the others are told of this node with each sign of life; null: nothing yet. */
	constructor(
		database: SharedDatabase,
		me: NodeIdentity,
		leaseMs: number,
		figures: () => NodeFigures | null = () => null,
	) {
		this.#database = database;
		this.#me = me;
		this.#leaseSeconds = leaseMs / 1000;
		this.#figures = figures;
	}

	/** Whether this node could run the project manager. */
	get hasProjects(): boolean {
		return this.#me.hasProjects === true;
	}

	/**
	 * Makes the rows of partitions and a secret, the first time; and the row of the project manager, if this node could run it.
	 * @param partitions How many, without the router's.
	 * @throws ConfigError when the database is another cluster's, or has another number of partitions.
	 */
	async claim(cluster: string, partitions: number): Promise<void> {
		await this.#database.ask(CLAIM, [cluster, partitions]);
		const [[name, there] = []] = await this.#database.ask("SELECT name, partitions FROM cluster");
		const problem = whyAnother(
			{ name: cluster, partitions },
			{ name: String(name), partitions: Number(there) },
		);
		if (problem !== undefined) throw new ConfigError(problem);
		await this.#database.ask(MAKE_SECRET, [newSecret()]);
		if (this.hasProjects) await this.#database.ask(ADD_PROJECTS);
	}

	/** Where the other nodes reach this one. */
	get url(): string {
		return this.#me.url;
	}

	/** Whether another node is reached where this one is. */
	async urlTaken(): Promise<Taken | object> {
		const { name, place, url } = this.#me;
		const [[by, seen] = []] = await this.#database.ask(URL_TAKEN, [name, place, url]);
		return by === undefined ? {} : { by: String(by), seen: Number(seen) };
	}

	/**
	 * Says that this node is alive, and renews what it owns; an expired lease as well, if no one took it.
	 * @param reachesBroker Whether it could have partitions.
	 * @param isFirst Whether it takes over from a former run of its place.
	 */
	async renew(reachesBroker: boolean, isFirst = false): Promise<Round | Taken> {
		const { name, run, place, process, version, url } = this.#me;
		const figures = this.#figures();
		const [row = []] = await this.#database.ask(RENEW, [
			...[name, run, place, process, version],
			...[this.#leaseSeconds, reachesBroker, isFirst, url],
			...[figures === null ? null : JSON.stringify(figures), this.hasProjects],
		]);
		const [isMine, draining, at, mine, partitions, free, expired, others, holder, seen] = row;
		const projects = row[10];
		if (isMine !== true) return { by: String(holder), seen: Number(seen) };
		return {
			at: Number(at),
			mine: new Map(JSON.parse(String(mine))),
			partitions: Number(partitions),
			free: Number(free),
			expired: Number(expired),
			others: JSON.parse(String(others)) as OtherNode[],
			isDraining: draining === true,
			...((projects === "free" || projects === "expired") && { projects }),
		};
	}

	/**
	 * Takes partitions that have no owner.
	 * @param count How many at most.
	 * @param at When it was decided: what waited too long for the database is decided again.
	 * @param takesExpired Whether also those of an owner that did not renew its lease in time.
	 */
	async take(count: number, at: number, takesExpired: boolean): Promise<Lease[]> {
		const { name, run } = this.#me;
		return leases(
			await this.#database.ask(TAKE_FREE, [
				...[name, run, this.#leaseSeconds],
				...[count, at, takesExpired],
			]),
		);
	}

	/** As {@link take}, for the project manager's. */
	async takeProjects(at: number, takesExpired: boolean): Promise<Lease[]> {
		const { name, run } = this.#me;
		const params = [name, run, this.#leaseSeconds, 1, at, takesExpired];
		return leases(await this.#database.ask(TAKE_PROJECTS, params));
	}

	/** Gives partitions of this node new tokens. */
	async adopt(partitions: readonly number[]): Promise<Lease[]> {
		const { name, run } = this.#me;
		const params = [name, run, this.#leaseSeconds, partitions.join()];
		return leases(await this.#database.ask(TAKE_OWN, params));
	}

	/** Leaves a partition to the node that wants it, unless it is another's already. */
	async give({ partition, token }: Lease): Promise<void> {
		await this.#database.ask(GIVE, [partition, this.#me.name, token]);
	}

	/** Whether a partition is this node's still. */
	async owns({ partition, token }: Lease): Promise<boolean> {
		return (await this.#database.ask(OWNS, [partition, this.#me.name, token])).length > 0;
	}

	/** The node that has a partition, and is alive; undefined: there is none. */
	async ownerOf(partition: number): Promise<{ name: string; url: string } | undefined> {
		const [row] = await this.#database.ask(OWNER, [partition]);
		return row === undefined ? undefined : { name: String(row[0]), url: String(row[1]) };
	}

	/** What nodes have in common, and no one else knows. */
	async secret(): Promise<string | undefined> {
		const [[secret] = []] = await this.#database.ask(SECRET);
		return typeof secret === "string" ? secret : undefined;
	}

	/** How the last requests of partitions were answered, in order. */
	async answers(partitions: ReadonlySet<number>): Promise<AnswerRow[]> {
		const rows = await this.#database.ask(ANSWERS, [[...partitions].join()]);
		return rows.map(([part, number, mark, packetId, digest, reply]) => ({
			...{ part: Number(part), number: Number(number), mark: String(mark) },
			...{ packetId: Number(packetId), digest: String(digest), reply: String(reply) },
		}));
	}

	/** An id for a link, greater than all before. */
	async nextLinkId(): Promise<number> {
		const [[id] = []] = await this.#database.ask(LINK_ID);
		return Number(id);
	}

	/** Ids of links are greater than this one from now on. */
	async raiseLinkIds(last: number): Promise<void> {
		await this.#database.ask(RAISE_LINK_IDS, [last]);
	}

	/** This node is no more, and its name is free. */
	async leave(): Promise<void> {
		await this.#database.ask(LEAVE, [this.#me.name, this.#me.run]);
	}

	/** Hears that another node has given something away, or left. @returns what ends it. */
	listen(call: () => void): () => void {
		return this.#database.listen(CHANNEL, call);
	}
}

function newSecret(): string {
	return Buffer.from(crypto.getRandomValues(new Uint8Array(SECRET_BYTES))).toString("base64url");
}

function leases(rows: readonly unknown[][]): Lease[] {
	return rows.map(([partition, token]) => ({ partition: Number(partition), token: Number(token) }));
}

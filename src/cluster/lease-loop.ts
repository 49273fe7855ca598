import { type Cancel, type Clock, type Logger, messageOf } from "../kit/mod.ts";
import { type Decision, decide, type Held, type Own } from "./decide.ts";
import { type JoinOptions, join } from "./join.ts";
import type { Lease } from "./lease.ts";
import type { LeaseRows, Round, Taken } from "./lease-rows.ts";
import { OwnedPartitions, type PartitionUser } from "./owned-partitions.ts";

/** Rounds in a lease. */
const ROUNDS = 5;
/** Rounds in a lease at most, however often others say that something has changed. */
const MOST_ROUNDS = 30;
const NOT_RENEWED = "leases are not renewed, all partitions stay where they are";

export interface LeaseLoopDeps {
	readonly rows: LeaseRows;
	readonly user: PartitionUser;
	/** For how long the broker has not been reached, in milliseconds; 0: it is. */
	readonly brokerLostMs: () => number;
	/** How often it was lost. */
	readonly brokerLosses: () => number;
	readonly clock: Clock;
	readonly log: Logger;
}

/**
 * Renews the leases of a node, and takes and gives partitions so that each has one owner and all nodes have as many. While
 * the database is away everything stays as it is: a node that takes a partition over closes its session at the broker, so
 * no clock has to end an ownership.
 */
export class LeaseLoop {
	readonly #options: JoinOptions;
	readonly #deps: LeaseLoopDeps;
	readonly #owned: OwnedPartitions;
	#startedAt = 0;
	#failedAt = Number.NEGATIVE_INFINITY;
	#roundAt = 0;
	#failedRounds = 0;
	/** The last one that the database answered, and when. */
	#seen: { readonly round: Round; readonly at: number } | undefined;
	/** Losses of the broker that the others know of. */
	#toldLosses = 0;
	/** When the clock began, by the database's. */
	#databaseTime: number | undefined;
	#problem: string | undefined;
	/** Since leases were renewed last: a database that is away may refuse and be silent in turn, in each round. */
	readonly #told = new Set<string>();
	#isReplaced = false;
	#round: Promise<void> | undefined;
	#isAskedFor = false;
	#isStopping = false;
	#planned: Cancel = () => {};
	#unlisten: () => void = () => {};

	constructor(options: JoinOptions, deps: LeaseLoopDeps) {
		this.#options = options;
		this.#deps = deps;
		this.#owned = new OwnedPartitions({ ...deps, releaseMs: options.leaseMs });
	}

	/** Partitions of this node, in order; without those it is giving away. */
	get held(): number[] {
		return this.#owned.kept();
	}

	/** Unix time by the database's clock, seconds, late by as much as it took to answer; undefined: it has not been asked. */
	get databaseTime(): number | undefined {
		const began = this.#databaseTime;
		return began === undefined ? undefined : began + this.#deps.clock.now() / 1000;
	}

	/** What has been taken, given and lost, and how many rounds have failed. */
	get counts() {
		return { ...this.#owned.counts, failedRounds: this.#failedRounds };
	}

	/** Why leases are not renewed at the moment, for people; undefined: they are. */
	get problem(): string | undefined {
		return this.#problem;
	}

	/** Whether another server has the name of this node: it has no partitions, and gets none. */
	get isReplaced(): boolean {
		return this.#isReplaced;
	}

	/**
	 * Becomes a node of the cluster, and begins to take partitions.
	 * @throws ConfigError when the database is another cluster's or does not answer, or another node has the name.
	 */
	async start(): Promise<void> {
		const { rows, clock } = this.#deps;
		const reachesBroker = () => this.#deps.brokerLostMs() === 0;
		const first = await join(this.#options, { rows, reachesBroker, clock });
		this.#startedAt = clock.now();
		this.#roundAt = this.#startedAt;
		await this.#follow(first).catch((error) => this.#failed(error));
		this.#unlisten = rows.listen(() => this.wake());
		this.#plan();
	}

	/** Gives everything away in order, and leaves. Whatever it cannot say is found out by the others after a lease. */
	async stop(): Promise<void> {
		this.#isStopping = true;
		this.#unlisten();
		this.#planned();
		await this.#round;
		await this.#owned.giveAll();
		await this.#deps.rows.leave().catch(() => {});
	}

	/** Has the next round soon. */
	wake(): void {
		this.#isAskedFor = true;
		this.#plan();
	}

	/**
	 * Whether a partition whose session at the broker was closed is this node's still; if not, it is dropped.
	 * @throws StorageError when the database cannot be asked: then the session must not come back yet.
	 */
	async stillOwns(lease: Lease): Promise<boolean> {
		if (!this.#owned.has(lease)) return false;
		if (await this.#deps.rows.owns(lease)) return this.#owned.has(lease);
		this.replaced(lease);
		return false;
	}

	/** A change under this lease was refused (see `fence`): another node has the partition, so it is dropped at once. */
	replaced(lease: Lease): void {
		this.#owned.lose(lease);
		this.wake();
	}

	/**
	 * Whether another node has reached the broker for at least so long, as the last round has seen it; no, while the
	 * database does not answer.
	 */
	reachedBroker(ms: number): boolean {
		if (this.#seen === undefined || this.#problem !== undefined) return false;
		const ageMs = this.#deps.clock.now() - this.#seen.at;
		return this.#seen.round.others.some(({ brokerMs }) => brokerMs >= ms - ageMs);
	}

	/** What the others are told: one that it has lost since the last round it has not had all the while. */
	#reachesBroker(losses: number): boolean {
		return this.#deps.brokerLostMs() === 0 && losses === this.#toldLosses;
	}

	/** Plans the next round; one that is planned already is forgotten. */
	#plan(): void {
		if (this.#isStopping || this.#round !== undefined) return;
		const { clock } = this.#deps;
		const { leaseMs } = this.#options;
		const pause = leaseMs / (this.#isAskedFor ? MOST_ROUNDS : ROUNDS);
		this.#planned();
		this.#planned = clock.after(Math.max(0, this.#roundAt + pause - clock.now()), () => {
			this.#isAskedFor = false;
			this.#roundAt = clock.now();
			this.#round = this.#renew().finally(() => {
				this.#round = undefined;
				this.#plan();
			});
		});
	}

	/** One round; never rejects. */
	async #renew(): Promise<void> {
		const { rows, clock, brokerLosses } = this.#deps;
		const began = clock.now();
		try {
			const losses = brokerLosses();
			const answer = await rows.renew(this.#reachesBroker(losses));
			this.#toldLosses = losses;
			if (isTaken(answer)) return this.#nameIsTaken(answer);
			// Others may have waited for the database as long, and not be back yet.
			const isLate = clock.now() - began > this.#options.leaseMs / 2;
			if (isLate) this.#failedAt = clock.now();
			this.#isReplaced = false;
			this.#setProblem(undefined);
			await this.#follow(answer);
		} catch (error) {
			this.#failed(error);
		}
	}

	#failed(error: unknown): void {
		this.#failedRounds += 1;
		this.#failedAt = this.#deps.clock.now();
		this.#setProblem(messageOf(error));
	}

	/** @throws StorageError */
	async #follow(round: Round): Promise<void> {
		this.#seen = { round, at: this.#deps.clock.now() };
		this.#databaseTime = round.at - this.#deps.clock.now() / 1000;
		const decision = decide(round, this.#own());
		const { rows } = this.#deps;
		this.#owned.loseAll(decision.drop);
		if (decision.adopt.length > 0) this.#owned.gain(await rows.adopt(decision.adopt), "kept");
		for (const id of decision.give) this.#owned.give(id);
		this.#owned.giveReleased();
		if (!this.#isStopping) await this.#take(decision, round.at);
	}

	async #take({ take, takesExpired, takesProjects }: Decision, at: number): Promise<void> {
		const { rows } = this.#deps;
		if (take > 0) this.#owned.gain(await rows.take(take, at, takesExpired), "taken");
		if (takesProjects) this.#owned.gain(await rows.takeProjects(at, takesExpired), "taken");
	}

	#own(): Own {
		const { clock, brokerLostMs, rows } = this.#deps;
		const { node, leaseMs } = this.#options;
		const now = clock.now();
		const held: ReadonlyMap<number, Held> = this.#owned.all();
		return {
			...{ name: node, held, leaseMs, hasProjects: rows.hasProjects },
			brokerLostMs: brokerLostMs(),
			upMs: now - this.#startedAt,
			sinceFailureMs: now - this.#failedAt,
		};
	}

	/** It was silent for more than a lease, and another has its name. */
	#nameIsTaken({ by }: Taken): void {
		this.#owned.loseAll([...this.#owned.all().keys()]);
		this.#isReplaced = true;
		const problem = `the node "${this.#options.node}" of the cluster is now the server on ${by}`;
		this.#setProblem(problem, "leases are not renewed, all partitions are dropped");
	}

	#setProblem(problem: string | undefined, event = NOT_RENEWED): void {
		const { log } = this.#deps;
		const former = this.#problem;
		this.#problem = problem;
		if (problem === undefined) {
			this.#told.clear();
			if (former !== undefined) log.info("leases are renewed again");
		} else if (!this.#told.has(problem)) {
			this.#told.add(problem);
			log.error(event, { reason: problem });
		}
	}
}

function isTaken(answer: Round | Taken): answer is Taken {
	return "by" in answer;
}

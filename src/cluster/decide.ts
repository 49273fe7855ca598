import { PROJECTS } from "./partition-of.ts";
import { balance, type Holder } from "./shares.ts";

/** Another node that is alive. */
export interface OtherNode extends Holder {
	/** It reaches the broker and is not being drained. */
	readonly isReady: boolean;
	/** For how long it has reached the broker; 0: it is not ready. */
	readonly brokerMs: number;
	/** It could run the project manager. */
	readonly hasProjects?: boolean;
}

/** What the database said in a round. */
export interface Seen {
	/** Tokens of the partitions whose owner it says this node is. */
	readonly mine: ReadonlyMap<number, number>;
	/** How many partitions there are, the router's included. */
	readonly partitions: number;
	/** How many have no owner. */
	readonly free: number;
	/** How many have another owner that did not renew its lease in time. */
	readonly expired: number;
	readonly others: readonly OtherNode[];
	/** Whether this node is to have no partitions. */
	readonly isDraining: boolean;
	/** The project manager has no owner, or one that did not renew its lease in time; it is none of the partitions counted above. */
	readonly projects?: "free" | "expired";
}

/** A partition this node has. */
export interface Held {
	readonly token: number;
	/** It is being given away. */
	readonly isLeaving: boolean;
}

/** What a node knows of itself; durations by its monotonic clock. */
export interface Own {
	readonly name: string;
	readonly held: ReadonlyMap<number, Held>;
	readonly leaseMs: number;
	/** For how long it has not reached the broker; 0: it does. */
	readonly brokerLostMs: number;
	/** Since its start. */
	readonly upMs: number;
	/** Since the last round that failed; Infinity: none has. */
	readonly sinceFailureMs: number;
	/** It could run the project manager. */
	readonly hasProjects?: boolean;
}

/** What a node does after a round. */
export interface Decision {
	/** Partitions that another node has taken over: nothing of them may go on. */
	readonly drop: readonly number[];
	/** Those it owns without knowing, of a former run or a lost answer: it begins to serve them under a new token. */
	readonly adopt: readonly number[];
	/** Those it hands over in order. */
	readonly give: readonly number[];
	/** How many it takes. */
	readonly take: number;
	/** Whether it may also take those of an owner that did not renew its lease in time. */
	readonly takesExpired: boolean;
	/** Whether it takes the project manager. */
	readonly takesProjects: boolean;
}

/**
 * For how many leases after a failed round no one gives a partition away, or takes one from its owner: when a database
 * comes back, owners come first. What has none is taken meanwhile: others hand over to who is back, and no one else would.
 */
const GRACE = 1.2;

/** For how many leases others had to have the broker, if they were without it too: some come back to it later than others. */
const BACK = 4;

/**
 * Decides what a node does after it has renewed its leases. No clock ends an ownership: an expired lease that no one took
 * is still its owner's.
 */
export function decide(seen: Seen, own: Own): Decision {
	const { mine, free, expired, partitions } = seen;
	const { held, leaseMs, name } = own;
	const drop = [...held].filter(([id, { token }]) => mine.get(id) !== token).map(([id]) => id);
	const adopt = [...mine].filter(([id, token]) => held.get(id)?.token !== token).map(([id]) => id);
	const all = [...held].filter(([id, one]) => mine.get(id) === one.token && !one.isLeaving);
	const kept = all.filter(isShared);
	// The router's is the last to move.
	const movable = kept.map(([id]) => id).toSorted((a, b) => b - a);
	const staysAsItIs = {
		...{ drop, adopt, give: [], take: 0 },
		...{ takesExpired: false, takesProjects: false },
	};
	const graceMs = GRACE * leaseMs;
	const isInGrace = own.sinceFailureMs < graceMs;
	// Not every node could have it.
	const fit = seen.others.filter(({ hasProjects }) => hasProjects === true);
	const isLeft = kept.length < all.length && hasToLeave({ ...seen, others: fit }, own);
	const projects = isLeft ? [PROJECTS] : [];
	if (!isInGrace && hasToLeave(seen, own)) {
		return { ...staysAsItIs, give: [...projects, ...movable] };
	}
	if (own.brokerLostMs > 0 || seen.isDraining) return staysAsItIs;
	// Who has just started cannot know whether the database was away: then owners have not renewed yet.
	const takesExpired = !isInGrace && own.upMs >= graceMs;
	const available = free + (takesExpired ? expired : 0);
	const ready = seen.others.filter(({ isReady }) => isReady);
	const me = { name, held: kept.length + adopt.filter((id) => isShared([id])).length };
	// What is being given away will be there for others.
	const leaving = [...held].filter((one) => isShared(one) && one[1].isLeaving).length;
	const { give, take } = balance(me, ready, partitions, available + leaving);
	return {
		drop,
		adopt,
		give: isInGrace ? [] : movable.slice(0, give),
		take: Math.min(take, available),
		takesExpired,
		takesProjects:
			own.hasProjects === true &&
			(seen.projects === "free" || (seen.projects === "expired" && takesExpired)),
	};
}

/** Whether each node has a share of those. */
function isShared([id]: readonly [number, ...unknown[]]): boolean {
	return id !== PROJECTS;
}

/** Whether all it has is better kept by others, who are fit for it; where none is, everything stays where it is. */
function hasToLeave({ isDraining, others }: Seen, { brokerLostMs, leaseMs }: Own): boolean {
	// When no one reaches the broker, or all have only just come back, it was the broker that was away.
	if (brokerLostMs > leaseMs) {
		const least = Math.min(brokerLostMs, BACK * leaseMs);
		return others.some(({ brokerMs }) => brokerMs >= least);
	}
	return isDraining && others.some(({ isReady }) => isReady);
}

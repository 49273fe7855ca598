import { describe, expect, test } from "bun:test";
import {
	type Decision,
	decide,
	type Held,
	type OtherNode,
	type Own,
	type Seen,
} from "../../src/cluster/decide.ts";

const LEASE_MS = 3000;
const held = (tokens: Record<number, number>, leaving: readonly number[] = []) =>
	new Map<number, Held>(
		Object.entries(tokens).map(([id, token]) => [
			Number(id),
			{ token, isLeaving: leaving.includes(Number(id)) },
		]),
	);
const rows = (tokens: Record<number, number>) =>
	new Map(Object.entries(tokens).map(([id, token]) => [Number(id), token]));
const other = (name: string, count: number, more: Partial<OtherNode> = {}): OtherNode => ({
	name,
	held: count,
	isReady: true,
	brokerMs: 60_000,
	...more,
});
const seen = (more: Partial<Seen> = {}): Seen => ({
	mine: new Map(),
	partitions: 9,
	free: 0,
	expired: 0,
	others: [],
	isDraining: false,
	...more,
});
const own = (more: Partial<Own> = {}): Own => ({
	name: "a",
	held: new Map(),
	leaseMs: LEASE_MS,
	brokerLostMs: 0,
	upMs: 60_000,
	sinceFailureMs: Number.POSITIVE_INFINITY,
	...more,
});
const NOTHING: Decision = {
	...{ drop: [], adopt: [], give: [], take: 0 },
	...{ takesExpired: false, takesProjects: false },
};

describe("ownership", () => {
	test("what came back with another token, or not at all, is dropped at once", () => {
		const decision = decide(
			seen({ mine: rows({ 1: 5, 2: 8 }), others: [other("b", 7)] }),
			own({ held: held({ 1: 5, 2: 7, 3: 2 }) }),
		);
		expect(decision.drop).toEqual([2, 3]);
		// Number 2 is this node's anyway, by an answer it did not get.
		expect(decision.adopt).toEqual([2]);
	});

	test("it is dropped although it was being given away", () => {
		const decision = decide(seen(), own({ held: held({ 4: 1 }, [4]) }));
		expect(decision.drop).toEqual([4]);
	});

	test("an expired lease that no one took is still this node's", () => {
		const decision = decide(
			seen({ mine: rows({ 0: 1, 1: 1 }), partitions: 2, others: [] }),
			own({ held: held({ 0: 1, 1: 1 }) }),
		);
		expect(decision).toEqual({ ...NOTHING, takesExpired: true });
	});

	test("partitions of a former run are adopted, also in a grace", () => {
		const mine = rows({ 3: 1, 4: 9 });
		expect(decide(seen({ mine }), own({ upMs: 0, sinceFailureMs: 0 })).adopt).toEqual([3, 4]);
	});

	test("one that is being given away is neither adopted nor given again", () => {
		const decision = decide(
			seen({ mine: rows({ 0: 1, 1: 1, 2: 1 }), partitions: 3, others: [other("b", 0)] }),
			own({ held: held({ 0: 1, 1: 1, 2: 1 }, [2]) }),
		);
		expect(decision).toEqual({ ...NOTHING, takesExpired: true });
	});
});

describe("moving", () => {
	test("the only node takes what is free and what has expired", () => {
		expect(decide(seen({ free: 4, expired: 5 }), own())).toEqual({
			...NOTHING,
			take: 9,
			takesExpired: true,
		});
	});

	test("who has just started takes only what has no owner", () => {
		const fresh = own({ upMs: 1.2 * LEASE_MS - 1 });
		expect(decide(seen({ free: 4, expired: 5 }), fresh)).toEqual({ ...NOTHING, take: 4 });
		expect(decide(seen({ expired: 5 }), own({ upMs: 1.2 * LEASE_MS })).take).toBe(5);
	});

	test("after a failed round no one gives, or takes what has an owner, for 1.2 leases", () => {
		const held9 = Object.fromEntries(Array.from({ length: 9 }, (_, id) => [id, 1]));
		const over = seen({ mine: rows(held9), others: [other("b", 0)] });
		for (const [sinceFailureMs, give, take] of [
			[0, 0, 4],
			[1.2 * LEASE_MS - 1, 0, 4],
			[1.2 * LEASE_MS, 4, 9],
		] as const) {
			expect(decide(over, own({ held: held(held9), sinceFailureMs })).give).toHaveLength(give);
			expect(decide(seen({ free: 4, expired: 5 }), own({ sinceFailureMs })).take).toBe(take);
		}
	});

	test("the router's partition moves last", () => {
		const tokens = { [-1]: 1, 0: 1, 1: 1 };
		const decision = decide(
			seen({ mine: rows(tokens), partitions: 3, others: [other("b", 0), other("c", 0)] }),
			own({ held: held(tokens) }),
		);
		expect(decision.give).toEqual([1, 0]);
	});

	test("nodes that do not reach the broker, or are drained, count for nothing", () => {
		const tokens = { 0: 1, 1: 1, 2: 1 };
		const decision = decide(
			seen({
				mine: rows(tokens),
				partitions: 6,
				free: 1,
				others: [other("b", 2, { isReady: false, brokerMs: 0 })],
			}),
			own({ held: held(tokens) }),
		);
		expect(decision).toEqual({ ...NOTHING, take: 1, takesExpired: true });
	});
});

describe("a node that does not reach the broker", () => {
	const tokens = { [-1]: 1, 0: 1, 1: 1 };
	const all = (others: OtherNode[], brokerLostMs: number) =>
		decide(
			seen({ mine: rows(tokens), free: 2, expired: 2, others }),
			own({ held: held(tokens), brokerLostMs }),
		);

	test("keeps what it has for a lease, and takes nothing", () => {
		expect(all([other("b", 2)], LEASE_MS)).toEqual(NOTHING);
	});

	test("then hands everything to those who have reached it all the while", () => {
		expect(all([other("b", 2)], LEASE_MS + 1).give).toEqual([1, 0, -1]);
	});

	test("hands it in the end to those who lost it as well, and have had it for four leases again", () => {
		const back = (brokerMs: number) => [other("b", 2, { brokerMs })];
		expect(all(back(4 * LEASE_MS - 1), 9 * LEASE_MS)).toEqual(NOTHING);
		expect(all(back(4 * LEASE_MS), 9 * LEASE_MS).give).toEqual([1, 0, -1]);
	});

	test("keeps everything when no one reached it all the while", () => {
		const back = other("b", 2, { brokerMs: 2 * LEASE_MS });
		const away = other("c", 2, { isReady: false, brokerMs: 0 });
		expect(all([back, away], 10 * LEASE_MS)).toEqual(NOTHING);
		expect(all([], 10 * LEASE_MS)).toEqual(NOTHING);
	});
});

describe("a node that is drained", () => {
	const tokens = { 0: 1, 1: 1 };
	const drained = (others: OtherNode[], more: Partial<Own> = {}) =>
		decide(
			seen({ mine: rows(tokens), free: 3, others, isDraining: true }),
			own({ held: held(tokens), ...more }),
		);

	test("hands everything over and takes nothing", () => {
		expect(drained([other("b", 4)])).toEqual({ ...NOTHING, give: [1, 0] });
	});

	test("keeps it where no one else could have it", () => {
		expect(drained([])).toEqual(NOTHING);
		expect(drained([other("b", 4, { isReady: false, brokerMs: 0 })])).toEqual(NOTHING);
	});

	test("waits like all others after a failed round", () => {
		expect(drained([other("b", 4)], { sinceFailureMs: 100 })).toEqual(NOTHING);
	});
});

/** Nodes that decide one after another in a random order over the same rows; what is given is free at once. */
class Simulation {
	readonly owners = new Map<number, string | undefined>();
	readonly alive = new Set<string>();
	moves = 0;

	constructor(
		partitions: number,
		readonly random: () => number,
	) {
		for (let id = -1; id < partitions - 1; id++) this.owners.set(id, undefined);
	}

	of(name: string | undefined): number[] {
		return [...this.owners].filter(([, owner]) => owner === name).map(([id]) => id);
	}

	/** Every node has a round. */
	round(): void {
		const order = [...this.alive].toSorted(() => this.random() - 0.5);
		for (const name of order) this.#step(name);
	}

	#step(name: string): void {
		const tokens = Object.fromEntries(this.of(name).map((id) => [id, 1]));
		const others = [...this.alive].filter((one) => one !== name);
		const dead = [...this.owners].filter(
			([, owner]) => owner !== undefined && !this.alive.has(owner),
		);
		const free = this.of(undefined);
		const decision = decide(
			seen({
				mine: rows(tokens),
				partitions: this.owners.size,
				free: free.length,
				expired: dead.length,
				others: others.map((one) => other(one, this.of(one).length)),
			}),
			own({ name, held: held(tokens) }),
		);
		for (const id of decision.give) this.owners.set(id, undefined);
		const takable = [...free, ...dead.map(([id]) => id)];
		for (const id of takable.slice(0, decision.take)) {
			this.owners.set(id, name);
			this.moves += 1;
		}
	}

	get isEven(): boolean {
		const counts = [...this.alive].map((name) => this.of(name).length);
		const isServed = [...this.owners.values()].every((name) => this.alive.has(name ?? ""));
		return isServed && Math.max(...counts) - Math.min(...counts) <= 1;
	}

	/** @returns how many rounds it took until all is even. */
	settle(): number {
		for (let rounds = 0; rounds < 50; rounds++) {
			if (this.isEven) return rounds;
			this.round();
		}
		throw new Error(`Not even after 50 rounds: ${JSON.stringify([...this.owners])}`);
	}
}

/** Numbers that look random and are the same in every run. */
function numbers(seed: number): () => number {
	let state = seed;
	return () => {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return state / 2 ** 32;
	};
}

describe("nodes that decide by themselves", () => {
	test("share evenly after each join and each death, in a few rounds and with the fewest moves", () => {
		for (let seed = 1; seed <= 60; seed++) {
			const random = numbers(seed);
			const simulation = new Simulation(seed % 2 === 0 ? 65 : 17, random);
			for (let change = 0; change < 12; change++) {
				const isJoin = simulation.alive.size < 2 || (simulation.alive.size < 9 && random() < 0.5);
				const name = `${"zyxwvutsrq"[Math.floor(random() * 10)]}${change}`;
				const [victim] = [...simulation.alive].toSorted(() => random() - 0.5);
				simulation.moves = 0;
				let lost = 0;
				if (isJoin) simulation.alive.add(name);
				else if (victim !== undefined) {
					lost = simulation.of(victim).length;
					simulation.alive.delete(victim);
				}
				const rounds = simulation.settle();
				const share = Math.ceil(simulation.owners.size / simulation.alive.size);
				expect(rounds).toBeLessThanOrEqual(6);
				if (simulation.alive.size > 1) {
					expect(simulation.moves).toBeLessThanOrEqual(isJoin ? share : lost + 1);
				}
				// And then nothing moves any more.
				simulation.moves = 0;
				simulation.round();
				simulation.round();
				expect(simulation.moves).toBe(0);
			}
		}
	});
});

describe("the project manager", () => {
	const takes = (more: Partial<Seen>, own_: Partial<Own> = {}) =>
		decide(seen(more), own({ hasProjects: true, ...own_ })).takesProjects;
	const withIt = other("b", 4, { hasProjects: true });

	test("is taken by a node that could run it, when no one has it or its owner was silent", () => {
		expect(takes({ projects: "free" })).toBe(true);
		expect(takes({ projects: "expired" })).toBe(true);
		expect(takes({})).toBe(false);
		expect(takes({ projects: "free" }, { hasProjects: false })).toBe(false);
	});

	test("is not taken without the broker, by one that leaves, or from one that may be back", () => {
		expect(takes({ projects: "free" }, { brokerLostMs: 1 })).toBe(false);
		expect(takes({ projects: "free", isDraining: true })).toBe(false);
		expect(takes({ projects: "expired" }, { upMs: LEASE_MS })).toBe(false);
	});

	test("is taken after a failed round where no one has it, and is not taken or given away else", () => {
		const late = { sinceFailureMs: LEASE_MS };
		expect(takes({ projects: "free" }, late)).toBe(true);
		expect(takes({ projects: "expired" }, late)).toBe(false);
		const mine = rows({ [-2]: 7 });
		const has = own({ held: held({ [-2]: 7 }), hasProjects: true, ...late });
		expect(decide(seen({ mine, others: [withIt], isDraining: true }), has).give).toEqual([]);
	});

	test("counts as none of the partitions that are shared out", () => {
		const mine = rows({ [-2]: 7, 0: 1, 1: 1 });
		const decision = decide(
			seen({ mine, partitions: 4, others: [other("b", 2)] }),
			own({ held: held({ [-2]: 7, 0: 1, 1: 1 }), hasProjects: true }),
		);
		expect(decision).toEqual({ ...NOTHING, takesExpired: true });
	});

	test("is dropped and adopted as they are", () => {
		const gone = decide(seen(), own({ held: held({ [-2]: 7 }), hasProjects: true }));
		expect(gone.drop).toEqual([-2]);
		expect(decide(seen({ mine: rows({ [-2]: 8 }) }), own({ hasProjects: true })).adopt).toEqual([
			-2,
		]);
	});

	test("is left by a node that is drained, or without the broker, only where another could have it", () => {
		const mine = rows({ [-2]: 7, 0: 1 });
		const has = { held: held({ [-2]: 7, 0: 1 }), hasProjects: true };
		const left = (others: readonly OtherNode[], isDraining: boolean, brokerLostMs = 0) =>
			decide(seen({ mine, others, isDraining }), own({ ...has, brokerLostMs })).give;
		expect(left([withIt], true)).toEqual([-2, 0]);
		expect(left([other("b", 4)], true)).toEqual([0]);
		expect(left([withIt], false, LEASE_MS + 1)).toEqual([-2, 0]);
		expect(left([other("b", 4)], false, LEASE_MS + 1)).toEqual([0]);
		expect(left([{ ...withIt, brokerMs: LEASE_MS }], false, LEASE_MS + 1)).toEqual([]);
	});
});

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CLUSTER_SCHEMA } from "../../src/cluster/schema.ts";
import { messageOf } from "../../src/kit/errors.ts";
import { openStore } from "../../src/store/open-store.ts";
import { ClusterNode, type ClusterNodeOptions } from "../support/cluster-node.ts";
import { postgresForAll } from "../support/databases.ts";
import { quietLog } from "../support/log.ts";
import { hasPostgres } from "../support/postgres-server.ts";
import { LONG_DEADLINE_MS, until } from "../support/waiting.ts";

const LEASE_MS = 3000;
const PARTITIONS = 8;
/** With the router's. */
const ALL = PARTITIONS + 1;

describe.skipIf(!hasPostgres())("nodes on one database", () => {
	const postgres = postgresForAll();
	let userdir: string;
	let name: string;
	const nodes: ClusterNode[] = [];
	beforeEach(async () => {
		userdir = mkdtempSync(join(tmpdir(), "iotctl-cluster-"));
		name = await postgres.server.database();
		const store = await openStore(place(), quietLog, [CLUSTER_SCHEMA]);
		await store.close();
	});
	afterEach(async () => {
		await Promise.all(nodes.splice(0).map((node) => node.stop()));
		rmSync(userdir, { recursive: true });
	});

	const place = () => ({ userdir, url: postgres.server.url(name) });
	const options = (more: Partial<ClusterNodeOptions> = {}): ClusterNodeOptions => ({
		...place(),
		leaseMs: LEASE_MS,
		partitions: PARTITIONS,
		...more,
	});
	const start = async (node: string, more: Partial<ClusterNodeOptions> = {}) => {
		const started = await ClusterNode.start(node, options(more));
		nodes.push(started);
		return started;
	};
	const rows = async () => {
		const found = await postgres.server.ask(
			"SELECT id, owner, token FROM cluster_partitions ORDER BY id",
			name,
		);
		return found.map(({ id, owner, token }) => `${id} ${owner} ${token}`);
	};
	const loads = (of: readonly ClusterNode[]) => of.map((node) => node.working.size);
	/** Waits until these nodes work for all partitions, each for its share. */
	const shared = async (...of: ClusterNode[]) => {
		const least = Math.floor(ALL / of.length);
		const most = Math.ceil(ALL / of.length);
		await until(
			() => {
				const counts = loads(of);
				const total = counts.reduce((sum, n) => sum + n, 0);
				return total === ALL && Math.min(...counts) >= least && Math.max(...counts) <= most;
			},
			"an even share",
			{
				ms: LONG_DEADLINE_MS,
				seen: () =>
					JSON.stringify(of.map((node) => [node.name, node.loop.held, node.loop.problem])),
			},
		);
		const working = of.flatMap((node) => [...node.working.keys()]);
		expect(new Set(working).size).toBe(ALL);
	};
	const gained = (node: ClusterNode) =>
		node.events.filter((event) => event.startsWith("gained")).length;

	test("the first takes all at once, and a node that joins gets its share with the fewest moves", async () => {
		const a = await start("a");
		await shared(a);
		expect(a.loop.held).toEqual([-1, 0, 1, 2, 3, 4, 5, 6, 7]);
		expect(await rows()).toEqual(a.loop.held.map((id) => `${id} a 1`));
		const b = await start("b");
		await shared(a, b);
		expect(gained(b)).toBe(4);
		const c = await start("c");
		await shared(a, b, c);
		expect([gained(a), gained(c)]).toEqual([ALL, 3]);
		expect(a.working.has(-1)).toBe(true);
		for (const node of [a, b]) expect(node.loop.counts).toMatchObject({ lost: 0, failedRounds: 0 });
		expect(a.loop.counts.given + b.loop.counts.given).toBe(gained(b) + gained(c));
	});

	test("partitions of a killed node go to the others, and only those", async () => {
		const [a, b, c] = [await start("a"), await start("b"), await start("c")];
		await shared(a, b, c);
		const orphans = [...b.working.values()];
		const kept = [...a.working.values(), ...c.working.values()];
		b.kill();
		await shared(a, c);
		for (const { partition, token } of orphans) {
			const now = a.working.get(partition) ?? c.working.get(partition);
			expect(now?.token).toBe(token + 1);
		}
		for (const lease of kept) {
			expect(a.working.get(lease.partition) ?? c.working.get(lease.partition)).toEqual(lease);
		}
	});

	test("one that leaves in order has released everything before another takes it", async () => {
		const [a, b] = [await start("a"), await start("b")];
		await shared(a, b);
		const left = [...b.working.keys()];
		await b.stop();
		expect(b.working.size).toBe(0);
		await shared(a);
		expect(b.events.filter((event) => event.startsWith("release"))).toHaveLength(left.length);
		expect(b.loop.counts).toMatchObject({ given: left.length, lost: 0 });
		expect(await postgres.server.ask("SELECT name FROM cluster_nodes", name)).toEqual([
			{ name: "a" },
		]);
	});

	test("while the database is away everything goes on, and when it is back nothing moves", async () => {
		const [a, b] = [await start("a"), await start("b")];
		await shared(a, b);
		const before = await rows();
		const happened = () => [...a.events, ...b.events].length;
		const events = happened();
		await postgres.server.stop();
		const failed = () => Math.min(a.loop.counts.failedRounds, b.loop.counts.failedRounds);
		await until(() => failed() >= 6, "more rounds to fail than there are in a lease", {
			ms: LONG_DEADLINE_MS,
		});
		expect(a.loop.problem).toContain("its database");
		expect(a.loop.isReplaced).toBe(false);
		await postgres.server.run();
		const isWell = () => a.loop.problem === undefined && b.loop.problem === undefined;
		await until(isWell, "leases to be renewed", { ms: LONG_DEADLINE_MS });
		// Until anyone may move something again.
		await Bun.sleep(1.5 * LEASE_MS);
		expect(await rows()).toEqual(before);
		expect(happened()).toBe(events);
		const lines = a.log.lines.waiting.filter((line) => line.includes('"level":"error"'));
		// Told once, and again where the reason is another: not with each round.
		expect(lines.length).toBeGreaterThan(0);
		expect(lines.length).toBeLessThan(a.loop.counts.failedRounds);
	});

	test("a database that is away in several ways, in turn, is said to be once in each", async () => {
		const a = await start("a", { answerMs: 1000 });
		await postgres.server.stop();
		const becomes = (reason: string) =>
			until(() => a.loop.problem?.includes(reason) === true, reason, { ms: LONG_DEADLINE_MS });
		for (let turn = 0; turn < 2; turn += 1) {
			await becomes("cannot be reached");
			const silent = createServer().listen(postgres.server.port, "127.0.0.1");
			await once(silent, "listening");
			await becomes("does not answer");
			silent.close();
		}
		await postgres.server.run();
		await until(() => a.loop.problem === undefined, "leases to be renewed", {
			ms: LONG_DEADLINE_MS,
		});
		const told = a.log.lines.waiting.filter((line) => line.includes("leases are not renewed"));
		const reasons = told.map((line) => JSON.parse(line).reason);
		expect(reasons).toEqual([...new Set(reasons)]);
	});

	test("a frozen node that wakes after its partitions went elsewhere drops them, and gets its share again", async () => {
		const [a, b] = [await start("a"), await start("b")];
		await shared(a, b);
		const stale = [...b.working.values()];
		b.clock.freeze();
		await shared(a);
		// It still believes in them.
		expect(b.working.size).toBe(stale.length);
		const [lease] = stale;
		if (lease === undefined) throw new Error("It has none");
		expect(await b.loop.stillOwns(lease)).toBe(false);
		expect(b.events).toContain(`lost ${lease.partition} ${lease.token}`);
		expect(await b.loop.stillOwns(lease)).toBe(false);
		b.clock.thaw();
		await until(() => b.loop.counts.lost === stale.length, "all to be dropped");
		await shared(a, b);
		for (const { partition, token } of stale) {
			const now = b.working.get(partition);
			if (now !== undefined) expect(now.token).toBeGreaterThan(token + 1);
		}
	});

	test("a node that was killed is followed by itself at once, under new tokens", async () => {
		const a = await start("a", { place: "of a" });
		await shared(a);
		a.kill();
		const again = await start("a", { place: "of a" });
		expect(again.loop.held).toHaveLength(ALL);
		expect(await rows()).toEqual(again.loop.held.map((id) => `${id} a 2`));
		a.clock.thaw();
		await until(() => a.working.size === 0, "the former run to drop everything");
		expect(a.loop.problem).toBe('the node "a" of the cluster is now the server on machine of a');
		expect([a.loop.isReplaced, again.loop.isReplaced]).toEqual([true, false]);
		expect(again.loop.problem).toBeUndefined();
		const told = a.log.lines.waiting.find((line) => line.includes("leases are not renewed"));
		expect(told).toContain("all partitions are dropped");
	});

	test("two nodes that others would reach at one address: the second is refused, once the first has left it is not", async () => {
		const a = await start("a");
		const reachedAt = "http://a.lab:9992";
		const b = await ClusterNode.make("b", options({ reachedAt }));
		expect(await b.loop.start().then(() => "started", messageOf)).toBe(
			'url in [cluster] is http://a.lab:9992, which is that of the node "a" of the cluster: give each node its own',
		);
		b.database.close();
		expect(a.working.size).toBe(ALL);
		a.kill();
		await start("b", { reachedAt });
	});

	test("of two that start at the same moment with one address one is refused, and leaves nothing behind", async () => {
		const reachedAt = "http://same.lab:9992";
		for (let round = 0; round < 5; round += 1) {
			const both = [
				await ClusterNode.make("a", options({ reachedAt })),
				await ClusterNode.make("b", options({ reachedAt })),
			];
			const outcomes = await Promise.all(
				both.map(({ loop }) => loop.start().then(() => "started", messageOf)),
			);
			expect(outcomes.toSorted()).toEqual([
				"started",
				expect.stringMatching(/^url in \[cluster\] is .+, which is that of the node "[ab]"/),
			]);
			const [running, refused] = outcomes[0] === "started" ? both : both.toReversed();
			refused?.database.close();
			const names = await postgres.server.ask("SELECT name FROM cluster_nodes", name);
			expect(names).toEqual([{ name: running?.name }]);
			await running?.stop();
		}
	});

	test("two nodes of one name, another cluster, another number of partitions: refused in one line", async () => {
		await start("a");
		const refused = async (more: Partial<ClusterNodeOptions>) => {
			const node = await ClusterNode.make("a", options(more));
			const message = await node.loop.start().then(() => "started", messageOf);
			node.database.close();
			return message;
		};
		expect(await refused({})).toBe(
			'the node "a" of the cluster is running already, on machine of a: give each node a name of its own, with node in [cluster]',
		);
		expect(await refused({ cluster: "other" })).toBe(
			'name in [cluster] is "other", but the database is that of the cluster "test": use that name, or another database',
		);
		expect(await refused({ partitions: 16 })).toBe(
			"partitions in [cluster] is 16, but the database of the cluster was made with 8: set partitions = 8",
		);
	});

	test("a node without the broker hands over to those who have it; when no one has, nothing moves", async () => {
		const [a, b] = [await start("a"), await start("b")];
		await shared(a, b);
		for (const node of [a, b]) node.brokerLostMs = 10 * LEASE_MS;
		const away = "SELECT count(*)::int AS n FROM cluster_nodes WHERE broker_since IS NULL";
		await until(
			async () => (await postgres.server.ask(away, name))[0]?.n === 2,
			"both to say that they do not reach it",
		);
		const before = await rows();
		a.brokerLostMs = 0;
		// It is only back; b's are b's until it has been for a lease.
		await until(
			async () => (await postgres.server.ask(away, name))[0]?.n === 1,
			"a to say that it does",
		);
		expect(await rows()).toEqual(before);
		await shared(a);
		b.brokerLostMs = 0;
		await shared(a, b);
		expect([a.loop.counts.lost, b.loop.counts.lost]).toEqual([0, 0]);
	});

	test("each knows whether others have had the broker all the while, also of a loss between two rounds", async () => {
		const [a, b] = [await start("a"), await start("b")];
		await shared(a, b);
		// The one that came later is known to have had it later.
		const isKnown = () => [a, b].every(({ loop }) => loop.reachedBroker(LEASE_MS));
		await until(isKnown, "it to be known for a lease");
		expect(b.loop.reachedBroker(LONG_DEADLINE_MS)).toBe(false);
		a.brokerLosses += 1;
		await until(() => !b.loop.reachedBroker(LEASE_MS), "the loss to be known");
		expect(a.loop.reachedBroker(LEASE_MS)).toBe(true);
		await until(() => b.loop.reachedBroker(LEASE_MS), "it to be had for a lease again", {
			ms: LONG_DEADLINE_MS,
		});
		expect([a.loop.counts.lost, b.loop.counts.given]).toEqual([0, 0]);
		await postgres.server.stop();
		await until(() => b.loop.problem !== undefined, "a round to fail");
		expect(b.loop.reachedBroker(0)).toBe(false);
		await postgres.server.run();
	});

	test("the project manager is on one node, of those that could run it", async () => {
		const [a, b] = [await start("a"), await start("b", { hasProjects: true })];
		const c = await start("c", { hasProjects: true, place: "of c" });
		const has = (node: ClusterNode) => node.working.has(-2);
		await until(() => has(b) || has(c), "one to have it", { ms: LONG_DEADLINE_MS });
		const secret = await b.rows.secret();
		expect(secret).toMatch(/^[\w-]{43}$/);
		expect(await c.rows.secret()).toBe(secret);
		const [first, second] = has(b) ? [b, c] : [c, b];
		const token = first.working.get(-2)?.token ?? 0;
		first.kill();
		await until(() => has(second), "the other to take it over", { ms: LONG_DEADLINE_MS });
		expect(second.working.get(-2)?.token).toBe(token + 1);
		expect(first.loop.databaseTime).toBeWithin(1e9, 1e10);
		await second.stop();
		expect(has(second)).toBe(false);
		first.clock.thaw();
		await until(() => has(first) && first.working.get(-2)?.token === token + 2, "it to be back", {
			ms: LONG_DEADLINE_MS,
		});
		expect(a.events.some((event) => event.includes(" -2 "))).toBe(false);
	});

	test("a node that is started without the project manager keeps none of a former run", async () => {
		const a = await start("a", { hasProjects: true, place: "of a" });
		await until(() => a.working.has(-2), "it to have it");
		a.kill();
		const again = await start("a", { place: "of a" });
		expect(again.working.has(-2)).toBe(false);
		const b = await start("b", { hasProjects: true });
		await until(() => b.working.has(-2), "another to take it over", { ms: LONG_DEADLINE_MS });
	});

	test("what was decided too long ago is not done", async () => {
		const leaseMs = LONG_DEADLINE_MS;
		const a = await ClusterNode.make("a", options({ leaseMs }));
		await a.rows.claim("test", PARTITIONS);
		const seen = await a.rows.renew(true);
		if ("by" in seen) throw new Error("The name is taken");
		expect(await a.rows.take(3, seen.at - leaseMs / 1000, true)).toEqual([]);
		expect(await a.rows.take(3, seen.at, true)).toHaveLength(3);
		a.database.close();
	});
});

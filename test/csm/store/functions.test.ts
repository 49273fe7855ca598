// Two nodes of a cluster; what one server does with functions is in csm-store.rows.test.ts.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CLUSTER_SCHEMA } from "../../../src/cluster/schema.ts";
import { CsmStore } from "../../../src/csm/store/csm-store.ts";
import { CSM_SCHEMA } from "../../../src/csm/store/schema.ts";
import { digestOfSource } from "../../../src/kit/mod.ts";
import { openStore } from "../../../src/store/open-store.ts";
import type { StorePort } from "../../../src/store/port.ts";
import { postgresForAll } from "../../support/databases.ts";
import { quietLog } from "../../support/log.ts";
import { hasPostgres } from "../../support/postgres-server.ts";
import { until } from "../../support/waiting.ts";

const CODE = "def run(x): return x\n";
const DIGEST = digestOfSource(CODE);
const USE = { digest: DIGEST, depends: {} };
const FUNCTION = { digest: DIGEST, code: CODE };
const one = { client: "c", graph: "1" };
const two = { client: "c", graph: "2" };

describe.skipIf(!hasPostgres())("functions of a cluster", () => {
	const postgres = postgresForAll();
	let userdir: string;
	let name: string;
	const opened: StorePort[] = [];
	beforeEach(async () => {
		userdir = mkdtempSync(join(tmpdir(), "iotctl-functions-"));
		name = await postgres.server.database();
	});
	afterEach(async () => {
		for (const store of opened.splice(0)) await store.close();
		rmSync(userdir, { recursive: true });
	});

	const node = async (directory: string) => {
		const at = join(userdir, directory);
		mkdirSync(at);
		const place = { userdir: at, url: postgres.server.url(name) };
		const cluster = { cluster: "lab", run: crypto.randomUUID() };
		const options = { ...place, postgres: { passwordFile: "", listenUrl: "", node: cluster } };
		const store = await openStore(options, quietLog, [CSM_SCHEMA, CLUSTER_SCHEMA]);
		opened.push(store);
		return new CsmStore(store, { begin: () => ({ fence: async () => {}, end: () => {} }) });
	};
	/** Both, and a function that the graph of the first one uses. */
	const nodes = async () => {
		const [a, b] = [await node("a"), await node("b")];
		await a.write(async ({ functions, graphs }) => {
			for (const key of [one, two]) await graphs.add(key);
			await functions.keep([FUNCTION], 1);
			await graphs.setJoin(one, USE);
		});
		return [a, b] as const;
	};
	const begins = async (by: CsmStore) => {
		const { promise, resolve } = Promise.withResolvers<void>();
		const begun = Promise.withResolvers<void>();
		const done = by.write(async ({ functions, graphs }) => {
			await functions.keep([FUNCTION], 2);
			await graphs.setJoin(two, USE);
			begun.resolve();
			await promise;
		});
		await begun.promise;
		return { commit: resolve, done };
	};
	const ends = (by: CsmStore) =>
		by.write(async ({ functions, graphs }) => {
			await graphs.setJoin(one, { digest: null, depends: {} });
			await functions.sweep([DIGEST]);
		});
	const isWaiting = async () => {
		const waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
		return (await postgres.server.ask(waiting, name)).length > 0;
	};

	/** As many functions. */
	const functionsOf = (count: number) =>
		Array.from({ length: count }, (_, n) => {
			const code = `def run(x): return x + ${n}\n`;
			return { digest: digestOfSource(code), code };
		});

	test("that two nodes change in opposite orders are changed by both, where each has locked what the other waits for", async () => {
		const [a, b] = await nodes();
		const [first, second] = functionsOf(2);
		if (first === undefined || second === undefined) throw new Error("there are two");
		const has = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const;
		let runs = 0;
		let undone = 0;
		const opposite = (by: CsmStore, mine: typeof first, others: typeof first, n: 0 | 1) => {
			const effects = {
				undone: () => {
					undone += 1;
				},
			};
			const jobs = [
				by.write(async ({ functions }) => {
					runs += 1;
					await functions.add([mine], n);
					has[n].resolve();
					await has[1 - n]?.promise;
				}, effects),
				by.write(({ functions }) => functions.add([others], n), effects),
			];
			return Promise.all(jobs);
		};
		await Promise.all([opposite(a, first, second, 0), opposite(b, second, first, 1)]);
		// One of the two was undone, both of its jobs, and run again.
		expect([runs, undone]).toEqual([3, 2]);
		expect(await a.rows.functions.count()).toBe(3);
	});

	test("that are changed in any order by nodes that say which are never waited for by each other", async () => {
		const [a, b] = await nodes();
		const all = functionsOf(12);
		let runs = 0;
		const jobs = [a, b].flatMap((by, n) =>
			Array.from({ length: 60 }, (_, turn) => {
				// The second begins with the last, and comes to the first.
				const some = [0, 1, 2].flatMap(
					(k) => all.at(((turn + k) % all.length) * (1 - 2 * n) - n) ?? [],
				);
				const shared = some.map(({ digest }) => digest);
				return by.write(
					async ({ functions }) => {
						runs += 1;
						for (const one of some) await functions.add([one], turn);
					},
					{ shared },
				);
			}),
		);
		await Promise.all(jobs);
		// What is in another's way is run again.
		expect(runs).toBe(jobs.length);
		expect(await a.rows.functions.count()).toBe(all.length + 1);
	});

	test("one that another node begins to use at the moment its last use ends is kept", async () => {
		const [a, b] = await nodes();
		const use = await begins(b);
		const end = ends(a);
		await until(isWaiting, "the end to wait for what the other node does");
		use.commit();
		await Promise.all([use.done, end]);
		expect(await a.rows.functions.code(DIGEST)).toBe(CODE);
		expect((await b.rows.functions.list()).map(({ uses }) => uses)).toEqual([1]);
	});

	test("one whose use ends on both at the same moment is forgotten", async () => {
		const [a, b] = await nodes();
		const use = await begins(b);
		use.commit();
		await use.done;
		const end = Promise.withResolvers<void>();
		const begun = Promise.withResolvers<void>();
		const first = a.write(async ({ functions, graphs }) => {
			await graphs.setJoin(two, { digest: null, depends: {} });
			await functions.sweep([DIGEST]);
			begun.resolve();
			await end.promise;
		});
		await begun.promise;
		const second = ends(b);
		await until(isWaiting, "the second to wait for the first");
		end.resolve();
		await Promise.all([first, second]);
		expect(await a.rows.functions.code(DIGEST)).toBeUndefined();
	});
});

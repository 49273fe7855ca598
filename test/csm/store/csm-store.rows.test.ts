import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LinkKey } from "../../../src/contract/mod.ts";
import { CsmStore } from "../../../src/csm/store/csm-store.ts";
import type { LinkSettings } from "../../../src/csm/store/links.ts";
import { CSM_SCHEMA } from "../../../src/csm/store/schema.ts";
import { openStore } from "../../../src/store/open-store.ts";
import type { StorePort } from "../../../src/store/port.ts";
import { noBadRow, storedDevice } from "../../support/csm-store.ts";
import { eachDatabase, type TestDatabase } from "../../support/databases.ts";
import { describeEach } from "../../support/kinds.ts";
import { quietLog } from "../../support/log.ts";

const one = { client: "c", graph: "1" };
const two = { client: "c", graph: "2" };
const key: LinkKey = { daId: "d", mode: "idf", feature: "f" };
const settings: LinkSettings = {
	func: { digest: null, depends: {} },
	inputType: ["variant"],
	paramNo: null,
	tagParamNo: 2,
	error: null,
};
const link = (id: number, changes: object = {}) => ({
	...{ ...one, ...key, ...settings, id, topic: "t" },
	...changes,
});

describeEach(eachDatabase())("in %s", (make) => {
	let folder: string;
	let database: TestDatabase;
	let store: StorePort;
	let csm: CsmStore;
	const open = async () => {
		store = await openStore({ userdir: folder, url: database.url }, quietLog, [CSM_SCHEMA]);
		csm = new CsmStore(store);
	};
	beforeEach(async () => {
		folder = mkdtempSync(join(tmpdir(), "iotctl-csm-store-"));
		database = await make(folder);
		await open();
	});
	afterEach(async () => {
		await store.close();
		rmSync(folder, { recursive: true });
	});

	/** Other programs' changes, behind the repositories' back. */
	const spoil = (...statements: string[]) => database.change(...statements);

	const topics = async () => {
		const found = await database.rows("SELECT topic FROM topics ORDER BY topic");
		return found.map(({ topic }) => topic);
	};

	describe("links and topics", () => {
		test("a key's topic is stored with its first link and goes with its last", async () => {
			await csm.write(async ({ graphs, links }) => {
				await graphs.add(one);
				await graphs.add(two);
				await links.put(link(1), true);
				await links.put(link(2, two), false);
			});
			expect(await topics()).toEqual(["t"]);
			await csm.write(({ links }) => links.remove(1, key, false));
			expect(await topics()).toEqual(["t"]);
			await csm.write(({ links }) => links.remove(2, key, true));
			expect(await topics()).toEqual([]);
		});

		test("a key's topic is claimed from the database, and free once no link has the key", async () => {
			const claim = (fresh: string) => csm.write(({ links }) => links.claimTopic(key, fresh));
			const free = () => csm.write(({ links }) => links.freeTopic(key));
			await csm.write(({ graphs }) => graphs.add(one));
			expect([await claim("t"), await claim("u")]).toEqual(["t", "t"]);
			await csm.write(({ links }) => links.put(link(1), false));
			expect(await csm.rows.links.topics("d")).toEqual([{ key, topic: "t" }]);
			expect(await csm.rows.links.topics("other")).toEqual([]);
			const { links } = csm.rows;
			expect(await links.hasTopic("d", "idf", "t")).toBe(true);
			expect(await links.hasTopic("d", "odf", "t")).toBe(false);
			expect(await links.hasTopic("other", "idf", "t")).toBe(false);
			expect(await links.hasTopic("d", "idf", "other")).toBe(false);
			expect(await free()).toBe(false);
			await csm.write(({ links }) => links.remove(1, key, false));
			expect([await free(), await free()]).toEqual([true, false]);
			expect(await csm.rows.links.topics()).toEqual([]);
			expect(await claim("u")).toBe("u");
		});

		test("a topic stays while a link needs it that could not be read", async () => {
			await csm.write(async ({ graphs, links }) => {
				await graphs.add(one);
				await graphs.add(two);
				await links.put(link(1), true);
				await links.put(link(2, two), false);
			});
			await spoil("UPDATE links SET depends = '{' WHERE id = 2");
			const bad: string[] = [];
			const rows = await csm.rows.links.all((row) => bad.push(row));
			expect(rows.map(({ link: { id } }) => id)).toEqual([1]);
			expect(bad).toEqual(["link 2: idf f of d in graph c/2"]);
			await csm.write(({ links }) => links.remove(1, key, true));
			expect(await topics()).toEqual(["t"]);
			// Drawn again, it takes the place of the row that could not be read.
			await csm.write(({ links }) => links.put(link(3, { ...two, topic: "new" }), true));
			expect(await csm.rows.links.all(noBadRow)).toMatchObject([
				{ link: { id: 3, graph: "2" }, topic: "new" },
			]);
		});

		test("a graph that could not be read is emptied when it is attached again", async () => {
			await csm.write(async ({ graphs }) => {
				await graphs.add(one);
				await graphs.setJoin(one, { digest: "j", depends: {} });
			});
			await spoil("UPDATE graphs SET join_depends = 'x'");
			const bad: string[] = [];
			expect(await csm.rows.graphs.all((row) => bad.push(row))).toEqual([]);
			expect(bad).toEqual(["graph c/1"]);
			await csm.write(({ graphs }) => graphs.add(one));
			expect(await csm.rows.graphs.all(noBadRow)).toMatchObject([{ join: { digest: null } }]);
		});

		test("a restart brings links back in slot order with all they say", async () => {
			const full = { func: { digest: "x", depends: { h: "y" } }, paramNo: 3 };
			await csm.write(async ({ graphs, links }) => {
				await graphs.add(one);
				await graphs.setJoin(one, { digest: "j", depends: { k: "z" } });
				await graphs.setMonitor(one, { topic: "m", on: true, intervalMs: 100 });
				await links.put(link(1, { ...full, feature: "b", topic: "t1" }), true);
				await links.put(link(2, { feature: "a", topic: "t2" }), true);
				await links.put(link(3, { feature: "c", topic: "t3" }), true);
				// In place of the one whose function could not be used.
				await links.put(
					link(4, { ...full, feature: "c", topic: "t3", error: "SyntaxError" }),
					false,
				);
				await links.setAsked(1, "w");
				await links.setAsked(2, null);
				await graphs.setJoinAsked(one, null);
			});
			await store.close();
			await open();
			expect(await csm.rows.graphs.all(noBadRow)).toEqual([
				{
					...one,
					join: { digest: "j", depends: { k: "z" } },
					joinAsked: { digest: null },
					monitor: { topic: "m", on: true, intervalMs: 100 },
				},
			]);
			expect(await csm.rows.links.lastId()).toBe(4);
			const stored = (id: number, changes: object) => {
				const { topic: _, ...record } = link(id, { asked: null, ...changes });
				return record;
			};
			const found: unknown = await csm.rows.links.all(noBadRow);
			expect(found).toEqual([
				{ link: stored(1, { ...full, feature: "b", asked: { digest: "w" } }), topic: "t1" },
				{ link: stored(2, { feature: "a", asked: { digest: null } }), topic: "t2" },
				{ link: stored(4, { ...full, feature: "c", error: "SyntaxError" }), topic: "t3" },
			]);
			await csm.write(async ({ graphs, links }) => {
				await links.setFunction(1, full.func, null);
				await links.setError(4, null);
				await graphs.setJoin(one, full.func);
			});
			const [first, , last] = await csm.rows.links.all(noBadRow);
			const [graph] = await csm.rows.graphs.all(noBadRow);
			expect([first?.link.asked, last?.link.error, graph?.joinAsked]).toEqual([null, null, null]);
		});
	});

	describe("functions", () => {
		const f = (digest: string) => ({ digest, code: `code of ${digest}` });
		const stored = async (digests: string[]) =>
			Promise.all(
				digests.map(async (digest) => (await csm.rows.functions.code(digest)) !== undefined),
			);
		const listed = (digests: string[]) =>
			Promise.all(digests.map((digest) => csm.rows.functions.isListed(digest)));

		test("unlisted functions live while a link, a join or a helper uses them", async () => {
			const all = ["a", "b", "c", "d"];
			await csm.write(async ({ functions, graphs, links }) => {
				await functions.add(all.map(f), 1);
				await graphs.add(one);
				await graphs.setJoin(one, { digest: "a", depends: { x: "b" } });
				await links.put(link(1, { func: { digest: "c", depends: {} } }), true);
				await functions.unlist(all);
				await functions.sweep(all);
			});
			expect(await stored(all)).toEqual([true, true, true, false]);
			expect(await listed(all)).toEqual([false, false, false, false]);
			expect(await csm.rows.functions.count()).toBe(3);
			await csm.write(async ({ functions, graphs, links }) => {
				await links.removeAll(one);
				await graphs.remove(one);
				await functions.sweep(["a"]);
			});
			expect(await stored(all)).toEqual([false, true, true, false]);
			await csm.write(({ functions }) => functions.sweep());
			expect(await stored(all)).toEqual([false, false, false, false]);
		});

		test("a row that cannot be read does not keep others from being forgotten", async () => {
			await csm.write(async ({ functions, graphs }) => {
				await graphs.add(one);
				await functions.keep([f("a")], 1);
			});
			await spoil("UPDATE graphs SET join_depends = 'x'");
			await csm.write(({ functions }) => functions.sweep(["a"]));
			expect(await stored(["a"])).toEqual([false]);
			expect(await csm.rows.functions.list()).toEqual([]);
		});

		test("the least recently used function is evicted, a use counts", async () => {
			await csm.write(async ({ functions }) => {
				await functions.add([f("old")], 1);
				await functions.add([f("older")], 0);
				await functions.add([f("new")], 2);
				await functions.keep([f("older")], 3);
				expect(await functions.evict(2)).toEqual(["old"]);
			});
			expect(await listed(["old", "older", "new"])).toEqual([false, true, true]);
		});

		test("uses are in order whatever the clock says: set back, or ahead at an earlier start", async () => {
			const ahead = Date.now() + 300 * 86_400_000;
			await csm.write(({ functions }) => functions.add([f("first"), f("second")], ahead));
			await csm.write(({ functions }) => functions.add([f("third")], 0));
			await csm.write(({ functions }) => functions.keep([f("second")], 5));
			await store.close();
			await open();
			await csm.write(async ({ functions }) => {
				await functions.add([f("fourth")], 1);
				await functions.evict(3);
			});
			expect(await listed(["first", "second", "third", "fourth"])).toEqual([
				false,
				true,
				true,
				true,
			]);
		});

		test("more digests than a statement takes are unlisted and forgotten in parts", async () => {
			const many = Array.from({ length: 2500 }, (_, n) => f(`d${n}`));
			await csm.write(async ({ functions }) => {
				await functions.add(many, 1);
				const digests = many.map(({ digest }) => digest);
				await functions.unlist(digests);
				await functions.sweep(digests);
			});
			expect(await csm.rows.functions.count()).toBe(0);
		});
	});

	test("a device's password is asked for by itself", async () => {
		await csm.write(async ({ devices }) => {
			await devices.put(storedDevice("without"));
			await devices.put({ ...storedDevice("with"), secretHash: "hash" });
		});
		const { devices } = csm.rows;
		expect(await devices.secretHashOf("with")).toBe("hash");
		expect(await devices.secretHashOf("without")).toBeNull();
		expect(await devices.secretHashOf("gone")).toBeUndefined();
	});

	describe("stored rows are checked like any input", () => {
		test("a bad row is named and left out, the others come", async () => {
			await csm.write(async ({ devices }) => {
				for (const id of ["good", "bad", "worse"]) await devices.put(storedDevice(id));
			});
			await spoil(
				"UPDATE devices SET profile = '[]' WHERE da_id = 'bad'",
				"UPDATE devices SET accept_protos = '{' WHERE da_id = 'worse'",
			);
			const bad: string[] = [];
			const good = await csm.rows.devices.all((id, error) =>
				bad.push(`${id}: ${(error as Error).message}`),
			);
			expect(good).toEqual([storedDevice("good")]);
			expect(bad).toEqual([
				"bad: Stored profile has the wrong shape",
				"worse: Stored accept_protos is not JSON",
			]);
			// What comes again replaces the row that could not be read.
			await csm.write(({ devices }) => devices.put(storedDevice("bad")));
			expect(await csm.rows.devices.all(() => {})).toHaveLength(2);
		});
	});
});

import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LinkKey } from "../../src/contract/mod.ts";
import type { LinkSettings } from "../../src/store/graphs.ts";
import { Store } from "../../src/store/store.ts";
import { quietLog } from "../support/log.ts";

let folder: string;
let store: Store;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "iotctl-store-"));
	store = new Store({ userdir: folder, url: "test.db" }, quietLog);
});
afterEach(async () => {
	await store.close();
	rmSync(folder, { recursive: true });
});

const noBadRow = (row: string, error: unknown) => {
	throw new Error(`${row}: ${error}`);
};
const device = (id: string) => ({
	id,
	rev: "r",
	name: "n",
	acceptProtos: ["mqtt"],
	idfList: [["a", [null]]],
	odfList: null,
	profile: { model: "m" },
	registerTime: 1.5,
	awaySeconds: 0,
	isOnline: false,
	secretHash: null,
	origin: null,
	token: null,
});
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

describe("commits", () => {
	test("jobs of one moment commit together and a failing one undoes only itself", async () => {
		const results = await Promise.allSettled([
			store.write(({ devices }) => devices.put(device("a"))),
			store.write(({ devices }) => {
				devices.put(device("b"));
				throw new Error("no");
			}),
			store.write(({ devices }) => devices.put(device("c"))),
		]);
		expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
		expect(store.devices.all(noBadRow).map(({ id }) => id)).toEqual(["a", "c"]);
	});

	test("committed runs after the commit, in the order of the jobs, before anybody is told", async () => {
		const order: string[] = [];
		await Promise.all([
			store
				.write(
					() => order.push("work 1"),
					() => order.push("committed 1"),
				)
				.then(() => order.push("told 1")),
			store
				.write(
					() => order.push("work 2"),
					() => order.push("committed 2"),
				)
				.then(() => order.push("told 2")),
		]);
		expect(order).toEqual(["work 1", "work 2", "committed 1", "committed 2", "told 1", "told 2"]);
	});

	test("close commits what waits", async () => {
		const pending = store.write(({ devices }) => devices.put(device("late")));
		await store.close();
		await pending;
		store = new Store({ userdir: folder, url: "test.db" }, quietLog);
		expect(store.devices.all(noBadRow)).toEqual([device("late")]);
	});

	test("the file is in WAL mode", () => {
		const db = new Database(store.path);
		expect(db.query("PRAGMA journal_mode").get()).toEqual({ journal_mode: "wal" });
		db.close();
	});
});

describe("links and topics", () => {
	const newTopic = () => `iottalk/esm/${crypto.randomUUID()}`;

	test("link table keeps one topic per device feature across graphs", async () => {
		await store.write(({ graphs }) => {
			graphs.add(one);
			graphs.add(two);
			const first = graphs.addLink(one, key, settings, newTopic());
			const second = graphs.addLink(two, key, settings, newTopic());
			expect([first.first, second.first]).toEqual([true, false]);
			expect(second.topic).toBe(first.topic);
			const other = graphs.addLink(one, { ...key, mode: "odf" }, settings, newTopic());
			expect(other.first).toBe(true);
			expect(other.topic).not.toBe(first.topic);
			expect(graphs.removeLink(first.id, key)).toBe(false);
			expect(graphs.removeLink(second.id, key)).toBe(true);
			expect(graphs.addLink(one, key, settings, newTopic()).topic).not.toBe(first.topic);
		});
	});

	test("removing a graph names the keys nobody uses any more", async () => {
		await store.write(({ graphs }) => {
			graphs.add(one);
			graphs.add(two);
			graphs.addLink(one, key, settings, newTopic());
			graphs.addLink(two, key, settings, newTopic());
			graphs.addLink(one, { ...key, feature: "own" }, settings, newTopic());
			expect(graphs.remove(one)).toEqual([{ ...key, feature: "own" }]);
			expect(graphs.remove(two)).toEqual([key]);
		});
		expect(store.graphs.allLinks(noBadRow)).toEqual([]);
	});

	test("a restart brings links back in slot order with all they say", async () => {
		const full: LinkSettings = {
			...settings,
			func: { digest: "x", depends: { h: "y" } },
			paramNo: 3,
		};
		await store.write(({ graphs }) => {
			graphs.add(one);
			graphs.setJoin(one, { digest: "j", depends: { k: "z" } });
			graphs.setMonitor(one, { topic: "m", on: true });
			graphs.addLink(one, { ...key, feature: "b" }, full, "t1");
			graphs.addLink(one, { ...key, feature: "a" }, settings, "t2");
			const { id } = graphs.addLink(one, { ...key, feature: "c" }, settings, "t3");
			const broken = { ...full, error: "SyntaxError" };
			expect(graphs.replaceLink(id, one, { ...key, feature: "c" }, broken).topic).toBe("t3");
			graphs.setLinkAsked(1, "w");
			graphs.setLinkAsked(2, null);
			graphs.setJoinAsked(one, null);
		});
		await store.close();
		store = new Store({ userdir: folder, url: "test.db" }, quietLog);
		expect(store.graphs.all(noBadRow)).toEqual([
			{
				...one,
				join: { digest: "j", depends: { k: "z" } },
				joinAsked: { digest: null },
				monitor: { topic: "m", on: true },
			},
		]);
		const link = (id: number, feature: string, changes: object) => ({
			...{ id, ...one, ...key, feature, ...settings, asked: null },
			...changes,
		});
		const stored: unknown = store.graphs.allLinks(noBadRow);
		expect(stored).toEqual([
			{ link: link(1, "b", { ...full, asked: { digest: "w" } }), topic: "t1" },
			{ link: link(2, "a", { asked: { digest: null } }), topic: "t2" },
			{ link: link(4, "c", { ...full, error: "SyntaxError" }), topic: "t3" },
		]);
		await store.write(({ graphs }) => {
			graphs.setLinkFunction(1, full.func, null);
			graphs.setLinkError(4, null);
			graphs.setJoin(one, full.func);
		});
		const [first, , last] = store.graphs.allLinks(noBadRow);
		const [graph] = store.graphs.all(noBadRow);
		expect([first?.link.asked, last?.link.error, graph?.joinAsked]).toEqual([null, null, null]);
	});

	test("ids of links are never used twice", async () => {
		await store.write(({ graphs }) => {
			graphs.add(one);
			const { id } = graphs.addLink(one, key, settings, newTopic());
			graphs.removeLink(id, key);
			expect(graphs.addLink(one, key, settings, newTopic()).id).toBeGreaterThan(id);
		});
	});
});

describe("functions", () => {
	const f = (digest: string) => ({ digest, code: `code of ${digest}` });

	test("unlisted functions live while a link, a join or a helper uses them", async () => {
		await store.write(({ functions, graphs }) => {
			functions.add([f("a"), f("b"), f("c"), f("d")], 1);
			graphs.add(one);
			graphs.setJoin(one, { digest: "a", depends: { x: "b" } });
			const func = { digest: "c", depends: {} };
			graphs.addLink(one, key, { ...settings, func }, "t");
			functions.unlist(["a", "b", "c", "d"]);
			functions.sweep();
		});
		expect(
			["a", "b", "c", "d"].map((digest) => store.functions.code(digest) !== undefined),
		).toEqual([true, true, true, false]);
		expect(store.functions.listedCode("a")).toBeUndefined();
		await store.write(({ functions, graphs }) => {
			graphs.remove(one);
			functions.sweep();
		});
		expect(store.functions.code("a")).toBeUndefined();
	});

	test("the function unused longest gives way, a use counts", async () => {
		await store.write(({ functions }) => {
			functions.add([f("old")], 1);
			functions.add([f("older")], 0);
			functions.add([f("new")], 2);
			functions.keep([f("older")], 3);
			functions.evict(2);
		});
		expect(
			["old", "older", "new"].map((digest) => store.functions.listedCode(digest) !== undefined),
		).toEqual([false, true, true]);
	});
});

describe("uses of functions", () => {
	const f = (digest: string) => ({ digest, code: `code of ${digest}` });
	test("uses are in order whatever the clock says: set back, or ahead at an earlier start", async () => {
		const ahead = Date.now() + 300 * 86_400_000;
		await store.write(({ functions }) => functions.add([f("first"), f("second")], ahead));
		await store.write(({ functions }) => functions.add([f("third")], 0));
		await store.write(({ functions }) => functions.keep([f("second")], 5));
		await store.close();
		store = new Store({ userdir: folder, url: "test.db" }, quietLog);
		await store.write(({ functions }) => {
			functions.add([f("fourth")], 1);
			functions.evict(3);
		});
		const known = ["first", "second", "third", "fourth"].filter(
			(digest) => store.functions.listedCode(digest) !== undefined,
		);
		expect(known).toEqual(["second", "third", "fourth"]);
	});
});

describe("stored rows are checked like any input", () => {
	test("a bad row is named and left out, the others come", async () => {
		await store.write(({ devices }) => {
			devices.put(device("good"));
			devices.put(device("bad"));
			devices.put(device("worse"));
		});
		const db = new Database(store.path);
		db.run("UPDATE devices SET profile = '[]' WHERE da_id = 'bad'");
		db.run("UPDATE devices SET accept_protos = '{' WHERE da_id = 'worse'");
		db.close();
		const bad: string[] = [];
		const good = store.devices.all((id, error) => bad.push(`${id}: ${(error as Error).message}`));
		expect(good).toEqual([device("good")]);
		expect(bad).toEqual([
			"bad: Stored profile has the wrong shape",
			"worse: Stored accept_protos is not JSON",
		]);
	});
});

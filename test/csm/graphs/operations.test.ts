import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OPERATIONS, operationOf } from "../../../src/csm/graphs/operations/table.ts";
import { digestOfSource, InputError, SourceError, StorageError } from "../../../src/kit/mod.ts";
import { failNextFlush } from "../../support/failing-flush.ts";
import { type GraphBench, openGraphBench } from "../../support/graph-bench.ts";
import { until } from "../../support/waiting.ts";

let userdir: string;
let bench: GraphBench;
beforeEach(async () => {
	userdir = mkdtempSync(join(tmpdir(), "iotctl-graphs-"));
	bench = await openGraphBench(userdir);
});
afterEach(async () => {
	await bench.close();
	rmSync(userdir, { recursive: true });
});

const A = "a0000000-0000-4000-8000-000000000000";
const ONE = "def run(x): return 1\n";
const TWO = "def run(x): return 2\n";
const BAD = "def run(x) bad\n";
const [one, two, bad] = [ONE, TWO, BAD].map(digestOfSource);

const attach = (graph: string) => bench.ask(graph, { op: "attach" });
const addFuncs = (...codes: string[]) =>
	bench.ask("1", { op: "add_funcs", codes, digests: codes.map(digestOfSource) });
const addLink = (graph: string, changes: object = {}) =>
	bench.ask(graph, { op: "add_link", da_id: A, idf: "f", ...changes });
const rmLink = (graph: string) => bench.ask(graph, { op: "rm_link", da_id: A, idf: "f" });
const topicIn = (graph: string) => bench.dataPath.graphs.get(`c/${graph}`)?.idfs[0]?.topic;
const restart = async () => {
	await bench.close();
	bench = await openGraphBench(userdir);
};

/** Makes every change of a table end the whole transaction, as a disk in trouble does; undefined: of none. */
function breakDatabase(table: "links" | "graphs" | undefined): void {
	const db = new Database(bench.store.path);
	db.run("DROP TRIGGER IF EXISTS trouble");
	if (table !== undefined) {
		db.run(
			`CREATE TRIGGER trouble BEFORE INSERT ON ${table} BEGIN SELECT RAISE(ROLLBACK, 'trouble'); END`,
		);
	}
	db.close();
}

function spoil(statement: string): void {
	const db = new Database(bench.store.path);
	db.run(statement);
	db.close();
}

describe("the table", () => {
	test("has every operation under its name, and nothing else", () => {
		expect(Object.keys(OPERATIONS).sort()).toEqual([
			"add_funcs",
			"add_link",
			"attach",
			"detach",
			"get_graph",
			"rm_funcs",
			"rm_link",
			"set_df_func",
			"set_join",
			"start_monitor",
			"stop_monitor",
		]);
		for (const op of [undefined, null, 5, "", "toString", "__proto__", "constructor"]) {
			expect(operationOf(op)).toBeUndefined();
		}
	});

	test("checks the graph first, then the link's key, then the fields", async () => {
		const wrong = { param_no: "many" };
		const refused = (graph: string, request: object) => addLink(graph, request).catch(String);
		expect(await refused("1", wrong)).toContain("Unknown graph id 1");
		await attach("1");
		expect(await refused("1", { ...wrong, idf: undefined })).toContain('"idf" or "odf" not found');
		expect(await refused("1", { ...wrong, da_id: "x" })).toContain("should be a UUID");
		expect(await refused("1", wrong)).toContain("Field 'param_no'");
	});
});

describe("link keys that graphs share", () => {
	beforeEach(async () => {
		for (const graph of ["1", "2"]) await attach(graph);
	});

	test("two links made at the same moment have one topic, and one CONNECT is sent", async () => {
		await Promise.all([addLink("1"), addLink("2")]);
		expect(topicIn("1")).toMatch(/^iottalk\/esm\/[0-9a-f-]{36}$/);
		expect(topicIn("2")).toBe(topicIn("1") ?? "");
		expect(bench.signals).toEqual(["attach a/idf/f"]);
		await Promise.all([rmLink("1"), rmLink("2")]);
		expect(bench.signals).toEqual(["attach a/idf/f", "detach a/idf/f"]);
	});

	test("a key gets a new topic when its last link goes as its next one comes", async () => {
		await addLink("1");
		const former = topicIn("1");
		await Promise.all([rmLink("1"), addLink("2")]);
		expect(topicIn("2")).not.toBe(former ?? "");
		expect(bench.signals).toEqual(["attach a/idf/f", "detach a/idf/f", "attach a/idf/f"]);
		const topic = topicIn("2");
		await restart();
		expect(topicIn("2")).toBe(topic ?? "");
	});

	test("detach releases all links of a graph, and tells devices of those no other graph has", async () => {
		await addLink("1");
		await addLink("2");
		await addLink("1", { idf: "own" });
		await bench.ask("1", { op: "detach" });
		expect(bench.signals.slice(2)).toEqual(["detach a/idf/own"]);
		await bench.ask("2", { op: "detach" });
		expect(bench.signals.slice(3)).toEqual(["detach a/idf/f"]);
		expect(bench.dataPath.graphs.size).toBe(0);
		expect(await bench.ask("2", { op: "detach" })).toEqual({ op: "detach", state: "ok" });
	});

	test("slots keep the order of links over a restart; ids are never used twice while it runs", async () => {
		for (const idf of ["b", "c", "a"]) await addLink("1", { idf });
		const ids = () => bench.dataPath.graphs.get("c/1")?.idfs.map(({ id }) => id) ?? [];
		const [first = 0, second = 0, third = 0] = ids();
		expect(first < second && second < third).toBe(true);
		await bench.ask("1", { op: "rm_link", da_id: A, idf: "a" });
		await addLink("1", { idf: "a" });
		expect(ids()[2]).toBeGreaterThan(third);
		await restart();
		const { links } = await bench.ask("1", { op: "get_graph" });
		expect(links).toMatchObject([{ idf: "b" }, { idf: "c" }, { idf: "a" }]);
		await addLink("1", { idf: "d" });
		expect(ids()[3]).toBeGreaterThan(ids()[2] ?? 0);
	});
});

describe("a database that takes nothing", () => {
	test("leaves memory as it was: graph, topics, functions; then all goes on", async () => {
		for (const graph of ["1", "2"]) await attach(graph);
		await addFuncs(ONE);
		await addLink("1");
		const topic = topicIn("1");
		breakDatabase("links");
		const results = await Promise.allSettled([
			addLink("2", { func: one }),
			rmLink("1"),
			addLink("1", { idf: "g" }),
		]);
		expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
		for (const result of results) {
			if (result.status === "rejected") expect(result.reason).toBeInstanceOf(StorageError);
		}
		expect(bench.dataPath.functions.size).toBe(0);
		expect(topicIn("1")).toBe(topic ?? "");
		breakDatabase("graphs");
		expect(await attach("3").catch((error) => error)).toBeInstanceOf(StorageError);
		expect(bench.context.graphs.size).toBe(2);
		breakDatabase(undefined);
		await addLink("2", { func: one });
		expect(topicIn("2")).toBe(topic ?? "");
		expect(bench.signals).toEqual(["attach a/idf/f"]);
		await bench.ask("1", { op: "detach" });
		await rmLink("2");
		expect(bench.signals).toEqual(["attach a/idf/f", "detach a/idf/f"]);
	});
});

describe("a change the disk does not confirm", () => {
	test("is in effect: the link runs with its function", async () => {
		await attach("1");
		await addFuncs(ONE);
		failNextFlush();
		const refused = await addLink("1", { func: one }).catch((error) => error);
		expect(refused).toBeInstanceOf(StorageError);
		const handle = bench.dataPath.graphs.get("c/1")?.idfs[0]?.func ?? 0;
		expect(bench.dataPath.functions.get(handle)).toBe(ONE);
	});

	test("is in effect: the graph is attached, and after the next one detached", async () => {
		failNextFlush();
		expect(await attach("1").catch((error) => error)).toBeInstanceOf(StorageError);
		expect(await addLink("1")).toMatchObject({ state: "ok" });
		failNextFlush();
		expect(await bench.ask("1", { op: "detach" }).catch((error) => error)).toBeInstanceOf(
			StorageError,
		);
		expect(await addLink("1").catch(String)).toContain("Unknown graph id 1");
	});
});

describe("functions", () => {
	beforeEach(() => attach("1"));

	test("live as long as they are listed or used; the number is known at once", async () => {
		await addFuncs(ONE, TWO);
		expect(bench.context.sources.count).toBe(2);
		await addLink("1", { func: one, depends: { h: two } });
		await bench.ask("1", { op: "rm_funcs", digests: [one, two] });
		expect(bench.context.sources.count).toBe(2);
		expect(await bench.context.sources.code(two ?? "")).toBe(TWO);
		await bench.ask("1", { op: "set_df_func", da_id: A, idf: "f", new: null });
		expect(bench.context.sources.count).toBe(0);
		expect(await addLink("1", { idf: "g", func: one }).catch(String)).toContain("Function unknown");
	});

	test("removed ones have no source any more, unless they are used", async () => {
		await addFuncs(ONE, TWO);
		await addLink("1", { func: two });
		await bench.ask("1", { op: "rm_funcs", digests: [one, two] });
		const { sources } = bench.context;
		expect(await Promise.all([sources.code(one ?? ""), sources.code(two ?? "")])).toEqual([
			undefined,
			TWO,
		]);
	});

	test("one that was removed meanwhile is refused, and nothing is stored under its digest", async () => {
		await addFuncs(TWO);
		const helperGone = { digest: two ?? "", depends: { h: one ?? "" } };
		for (const use of [{ digest: one ?? "", depends: {} }, helperGone]) {
			expect(
				await bench.context.sources
					.prepareAnyway({ client: "c", graph: "g" }, use)
					.catch((error) => error),
			).toEqual(new InputError("Function unknown. Please add it first."));
		}
		expect(bench.dataPath.functions.size).toBe(0);
	});

	test("add_funcs repairs a source that is not its digest's", async () => {
		await addFuncs(ONE);
		await addLink("1", { func: one });
		spoil("UPDATE functions SET code = ''");
		await restart();
		await addFuncs(ONE);
		await addLink("1", { idf: "g", func: one });
		expect([...bench.dataPath.functions.values()]).toEqual(["", ONE]);
		await restart();
		expect([...bench.dataPath.functions.values()]).toEqual([ONE, ONE]);
	});

	test("a link refused for its source stays, and a further add_link takes its place with its topic", async () => {
		await addFuncs(BAD, ONE);
		expect(await addLink("1", { func: bad }).catch((error) => error)).toBeInstanceOf(SourceError);
		const topic = topicIn("1");
		expect(await addLink("1", { func: one })).toMatchObject({ state: "ok" });
		expect(topicIn("1")).toBe(topic ?? "");
		expect(bench.signals).toEqual(["attach a/idf/f"]);
		expect(await addLink("1").catch((error) => error)).toEqual(
			new InputError("link already exists"),
		);
	});

	test("what a refused request asked for counts as prev, also after a restart", async () => {
		await addFuncs(ONE, TWO);
		await bench.ask("1", { op: "set_join", new: one });
		const refused = bench.ask("1", { op: "set_join", prev: two, new: two });
		expect(await refused.catch(String)).toContain("`prev` field mismatch");
		await restart();
		expect(await bench.ask("1", { op: "set_join", prev: two, new: null })).toEqual({
			op: "set_join",
			prev: two,
			new: null,
			depends: null,
			state: "ok",
		});
	});
});

describe("a start", () => {
	test("brings graphs back: functions are made again, and what cannot be used is noted", async () => {
		await attach("1");
		await addFuncs(ONE, TWO);
		await addLink("1", { func: one });
		await bench.ask("1", { op: "set_join", new: two });
		const { monitor_topics } = await bench.ask("1", { op: "start_monitor" });
		await bench.close();
		// As if another Python refused it now.
		spoil(`UPDATE functions SET code = '${BAD.trim()}' WHERE digest = '${one}'`);
		bench = await openGraphBench(userdir);
		expect(bench.dataPath.graphs.get("c/1")).toMatchObject({
			idfs: [{ func: expect.any(Number) }],
			join: expect.any(Number),
			monitorTopic: monitor_topics,
		});
		expect([...bench.dataPath.functions.values()].sort()).toEqual([BAD.trim(), TWO].sort());
		await until(async () => {
			const { links } = await bench.ask("1", { op: "get_graph" });
			return JSON.stringify(links).includes('"error":"bad: ');
		}, "the verdict");
	});

	test("rows that cannot be read are named with what to do, and the rest is served", async () => {
		for (const graph of ["1", "2", "3"]) {
			await attach(graph);
			await addLink(graph, { idf: `f${graph}` });
		}
		await bench.close();
		spoil("UPDATE graphs SET join_depends = '[' WHERE graph = '1'");
		spoil("UPDATE links SET depends = '7' WHERE graph = '2'");
		bench = await openGraphBench(userdir);
		expect([...bench.dataPath.graphs.keys()]).toEqual(["c/2", "c/3"]);
		expect(bench.dataPath.graphs.get("c/2")?.idfs).toEqual([]);
		const lines = [await bench.log.take("a line"), await bench.log.take("another line")].join("\n");
		expect(lines).toContain("stored row left out; draw it again, or restore a backup");
		expect(lines).toContain("graph c/1");
		expect(lines).toContain(`idf f2 of ${A} in graph c/2`);
		// Drawn again, both are whole.
		await attach("1");
		await addLink("1", { idf: "f1" });
		await addLink("2", { idf: "f2" });
		await restart();
		expect([...bench.dataPath.graphs.values()].map(({ idfs }) => idfs.length)).toEqual([1, 1, 1]);
	});

	test("more graphs than the limit are refused", async () => {
		await bench.close();
		bench = await openGraphBench(userdir, 1);
		await attach("1");
		await attach("1");
		expect(await attach("2").catch(String)).toContain("too many graphs: 1 are attached already");
		await bench.ask("1", { op: "detach" });
		const results = await Promise.allSettled(["1", "2", "3"].map(attach));
		expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected"]);
		expect(await bench.csm.rows.graphs.all(() => {})).toMatchObject([{ graph: "1" }]);
		expect(bench.context.graphs.size).toBe(1);
	});
});

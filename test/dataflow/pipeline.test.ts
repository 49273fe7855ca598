import { beforeEach, describe, expect, test } from "bun:test";
import { Pipeline } from "../../src/dataflow/pipeline.ts";
import type { DroppedGraph } from "../../src/dataflow/python/answers.ts";
import type { GraphSpec } from "../../src/dataflow/python/protocol.ts";
import { graphOf, input, output } from "../support/pipeline-specs.ts";

/** The function host's end: what it was told, and answers that a test gives. */
class Host {
	readonly declared: GraphSpec[] = [];
	readonly pushed: string[] = [];
	hasRoom = true;
	#dropped = Promise.withResolvers<DroppedGraph>();

	declare(spec: GraphSpec): void {
		this.declared.push(spec);
	}

	drop(): Promise<DroppedGraph> {
		this.#dropped = Promise.withResolvers<DroppedGraph>();
		return this.#dropped.promise;
	}

	push(linkId: number, text: string): boolean {
		this.pushed.push(`${linkId} ${text}`);
		return this.hasRoom;
	}

	/** The engine gives the graph back. */
	async give(slots: DroppedGraph["slots"], ...waiting: [number, string][]): Promise<void> {
		const messages = waiting.map(([linkId, text]) => ({ linkId, text, at: 0, cause: AT_ONCE }));
		this.#dropped.resolve({ slots, waiting: messages });
		await this.#dropped.promise;
		await Promise.resolve();
	}
}

const AT_ONCE = { qos: 0 } as const;
const DIRECT = graphOf([input(1), input(2)], [output(9)]);
const ENGINE = { ...DIRECT, join: 5 };

let host: Host;
let results: string[];
let dropped: number[];
let pipeline: Pipeline;
beforeEach(() => {
	host = new Host();
	results = [];
	dropped = [];
	const events = {
		onResult: (result: object) => results.push(JSON.stringify(result).slice(0, 200)),
		onDropped: (linkId: number) => dropped.push(linkId),
	};
	pipeline = new Pipeline(4, () => host, events, 2);
});

const published = () => results.map((text) => JSON.parse(text).json);

describe("pipeline", () => {
	test("runs here without functions, and ignores inputs it does not have", () => {
		pipeline.update(DIRECT);
		pipeline.receive(1, "1", AT_ONCE);
		pipeline.receive(3, "3", AT_ONCE);
		expect([published(), host.declared]).toEqual([["[[1],null]"], []]);
	});

	test("takes its slots along to the engine", () => {
		pipeline.update(DIRECT);
		pipeline.receive(1, "1", AT_ONCE);
		pipeline.update(ENGINE);
		expect(host.declared).toMatchObject([
			{
				graph: 4,
				join: 5,
				records: "none",
				idfs: [
					{ id: 1, slot: "[1]" },
					{ id: 2, slot: null },
				],
			},
		]);
		pipeline.receive(2, "2", AT_ONCE);
		expect(host.pushed).toEqual(["2 2"]);
		pipeline.update({ ...ENGINE, join: 6 });
		expect(host.declared.at(-1)).toMatchObject({ join: 6, idfs: [{ slot: null }, { slot: null }] });
	});

	test.each([
		[null, 0, "none"],
		["m", 0, "each"],
		["m", 100, "newest"],
	] as const)(
		"monitor topic %p at %d ms: the engine is asked for %s record",
		(monitorTopic, monitorIntervalMs, records) => {
			pipeline.update({ ...ENGINE, monitorTopic, monitorIntervalMs });
			expect(host.declared.at(-1)?.records).toBe(records);
		},
	);

	test("a message without room in the engine's queue is told", () => {
		pipeline.update(ENGINE);
		host.hasRoom = false;
		pipeline.receive(1, "1", AT_ONCE);
		expect(dropped).toEqual([1]);
	});

	test("leaving the engine, it keeps slots and order of all messages", async () => {
		pipeline.update(ENGINE);
		pipeline.update(DIRECT);
		pipeline.receive(1, "3", AT_ONCE);
		expect(results).toEqual([]);
		await host.give({ 1: "[1]", 2: "[0]" }, [2, "2"]);
		expect(published()).toEqual(["[[1],[2]]", "[[3],[2]]"]);
	});

	test("messages of an input that went while it moved are not run when a function comes back", async () => {
		pipeline.update(ENGINE);
		pipeline.update(DIRECT);
		pipeline.receive(1, "b", AT_ONCE);
		pipeline.update({ ...ENGINE, idfs: [input(2)] });
		await host.give({}, [1, "a"], [2, "c"]);
		expect(host.pushed).toEqual(["2 c"]);
	});

	test("while it moves, the oldest of too many messages is dropped", async () => {
		pipeline.update(ENGINE);
		pipeline.update(DIRECT);
		for (const text of ["1", "2", "3"]) pipeline.receive(1, text, AT_ONCE);
		expect(dropped).toEqual([1]);
		await host.give({});
		expect(published()).toEqual(["[[2],null]", "[[3],null]"]);
	});

	test("while it moves, what stays at a broker until it is done is not dropped", async () => {
		pipeline.update(ENGINE);
		pipeline.update(DIRECT);
		const kept = { qos: 1, isKept: true } as const;
		for (const text of ["1", "2", "3"]) pipeline.receive(1, text, kept);
		for (const text of ["4", "5"]) pipeline.receive(1, text, AT_ONCE);
		expect(dropped).toEqual([1]);
		await host.give({});
		const inOrder = ["1", "2", "3", "5"].map((text) => `[[${text}],null]`);
		expect(published()).toEqual(inOrder);
	});

	test("a function that comes back while it moves turns it around", async () => {
		pipeline.update(ENGINE);
		pipeline.update(DIRECT);
		pipeline.receive(1, "2", AT_ONCE);
		pipeline.update(ENGINE);
		await host.give({ 2: "[0]" }, [2, "1"]);
		expect(host.declared.at(-1)?.idfs).toMatchObject([{ slot: null }, { slot: "[0]" }]);
		expect([host.pushed, results]).toEqual([["2 1", "1 2"], []]);
	});
});

import { beforeEach, describe, expect, test } from "bun:test";
import { Blame } from "../../../src/dataflow/python/blame.ts";
import type { MessageError } from "../../../src/dataflow/python/protocol.ts";
import { WantedState } from "../../../src/dataflow/python/wanted-state.ts";
import { listenedLog } from "../../support/log.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { declared } from "../../support/pipeline-specs.ts";

const { log, lines } = listenedLog();
let clock: ManualClock;
let errors: MessageError[];
let blame: Blame;
const spec = declared(3, 1, [7, 8]);

beforeEach(() => {
	lines.clear();
	clock = new ManualClock();
	errors = [];
	const wanted = new WantedState();
	wanted.declare(spec, true);
	blame = new Blame({ wanted, onError: (error) => errors.push(error), clock, log });
});

const kill = (times: number) =>
	Array.from({ length: times }, () => blame.killed(7, "signal SIGSEGV"));

describe("blame", () => {
	test("a message that ended an engine is reported to its graph, without a function to blame", () => {
		expect(kill(1)).toEqual([false]);
		expect(errors).toEqual([
			{ graph: 3, kind: "engine", stage: null, digest: null, src: null, reason: "signal SIGSEGV" },
		]);
		expect([blame.isSuspect(7), blame.isSuspect(8)]).toEqual([true, false]);
	});

	test("the third within a minute closes the input, and says so once", async () => {
		expect(kill(3)).toEqual([false, false, true]);
		const line = JSON.parse(await lines.take("the line"));
		expect(line).toMatchObject({ da_id: "device", feature: "in7", seconds: 60 });
		errors = [];
		expect([blame.isKeptAway(7), blame.isKeptAway(8)]).toEqual([true, false]);
		expect(errors).toMatchObject([{ graph: 3, kind: "quarantine" }]);
		clock.move(60_000);
		expect(blame.isKeptAway(7)).toBe(false);
	});

	test("messages of links that are gone are not reported", () => {
		blame.killed(99, "signal SIGSEGV");
		expect(errors).toEqual([]);
	});

	test("good messages are of interest only after bad ones, and end a quarantine that is over", () => {
		expect(blame.survivors).toBeUndefined();
		kill(3);
		clock.move(60_000);
		blame.survivors?.(7);
		expect([blame.survivors, blame.isSuspect(7)]).toEqual([undefined, false]);
	});

	test("another function of the graph, or a restart, gives another chance", () => {
		kill(3);
		blame.review(spec, declared(3, 2, [7, 8]));
		expect(blame.isKeptAway(7)).toBe(false);
		kill(3);
		blame.clear();
		expect(blame.isKeptAway(7)).toBe(false);
	});
});

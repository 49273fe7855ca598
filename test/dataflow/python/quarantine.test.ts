import { beforeEach, describe, expect, test } from "bun:test";
import type { GraphSpec } from "../../../src/dataflow/python/protocol.ts";
import { Quarantine } from "../../../src/dataflow/python/quarantine.ts";
import { ManualClock } from "../../support/manual-clock.ts";

const MINUTE = 60_000;

let clock: ManualClock;
let quarantine: Quarantine;
beforeEach(() => {
	clock = new ManualClock();
	quarantine = new Quarantine(() => clock.now());
});

const kill = (times: number) => Array.from({ length: times }, () => quarantine.killed(7));
const isClosed = (link = 7) => quarantine.reasonFor(link) !== undefined;

function graph(func: number | null): GraphSpec {
	const idf = {
		id: 7,
		name: ["device", "in"] as const,
		func,
		input_type: null,
		param_no: null,
		tag_param_no: 0,
		slot: null,
	};
	return { graph: 1, join: null, records: "none", idfs: [idf], odfs: [] };
}

describe("quarantine", () => {
	test("three kills within a minute close an input for a minute, and no other one", () => {
		expect(kill(3)).toEqual([0, 0, MINUTE]);
		expect([isClosed(), isClosed(8)]).toEqual([true, false]);
		expect(quarantine.reasonFor(7)).toContain("quarantined for 60 s");
		clock.move(MINUTE - 1);
		expect(isClosed()).toBe(true);
		clock.move(1);
		expect(isClosed()).toBe(false);
	});

	test("three kills in more than a minute do not", () => {
		for (let n = 0; n < 10; n++) {
			expect(quarantine.killed(7)).toBe(0);
			clock.move(31_000);
		}
	});

	test("one more kill closes it twice as long, up to an hour", () => {
		kill(3);
		const pauses: number[] = [];
		for (let n = 0; n < 8; n++) {
			clock.move(3_600_000);
			pauses.push(quarantine.killed(7) / MINUTE);
		}
		expect(pauses).toEqual([2, 4, 8, 16, 32, 60, 60, 60]);
	});

	test("one good message after it ends it for good", () => {
		kill(3);
		clock.move(MINUTE);
		quarantine.survived(7);
		expect(quarantine.isEmpty).toBe(true);
		expect(kill(3)).toEqual([0, 0, MINUTE]);
	});

	test("good messages between the bad ones do not keep it open, nor does one that was on its way", () => {
		for (let n = 0; n < 2; n++) {
			quarantine.killed(7);
			quarantine.survived(7);
		}
		expect(quarantine.killed(7)).toBe(MINUTE);
		quarantine.survived(7);
		expect(isClosed()).toBe(true);
	});

	test("a kill is forgotten after a minute, with the first good message", () => {
		quarantine.killed(7);
		expect(quarantine.suspects(7)).toBe(true);
		clock.move(MINUTE);
		expect(quarantine.suspects(7)).toBe(false);
		quarantine.survived(7);
		expect(quarantine.isEmpty).toBe(true);
	});

	test("another function in the graph ends it, another limit does not", () => {
		kill(3);
		quarantine.review(graph(1), { ...graph(1), records: "each" });
		expect(isClosed()).toBe(true);
		quarantine.review(graph(1), graph(2));
		expect(isClosed()).toBe(false);
		kill(3);
		quarantine.review(graph(2), undefined);
		expect(isClosed()).toBe(false);
		kill(3);
		quarantine.clear();
		expect(isClosed()).toBe(false);
	});
});

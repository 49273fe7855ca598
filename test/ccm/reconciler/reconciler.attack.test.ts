// A reconciler at a CSM that is full, refuses, talks nonsense or says nothing, and with more than anyone would draw.
import { afterEach, describe, expect, test } from "bun:test";
import { desiredGraphs } from "../../../src/ccm/plan/desired.ts";
import type { GraphSpec } from "../../../src/ccm/plan/graph-spec.ts";
import type { Outcome } from "../../../src/csm-client/mod.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import type { ModelOptions } from "../support/csm-model.ts";
import { block, join, link, port, project, uuid } from "../support/documents.ts";
import { expectGraphs } from "../support/expect-graphs.ts";
import { isBroken } from "../support/random-wishes.ts";
import { Rig } from "../support/rig.ts";

const WRONG = "def run(*args) return 1\n";
const REASON = "SyntaxError: expected ':' (line 1)";
const judge = (code: string) => (code.includes(WRONG) ? REASON : undefined);
const HOUR_MS = 3_600_000;

let rig: Rig;
let clock: ManualClock;
afterEach(() => rig.reconciler.stop());

function start(options: ModelOptions = {}): void {
	clock = new ManualClock();
	rig = new Rig(options, 5, clock);
	rig.directory.attach();
}

/** A project with one join of so many inputs and an output; function 9 has this source. */
function wide(inputs: number, code: string, pId = 1): GraphSpec[] {
	const numbers = Array.from({ length: inputs }, (_, n) => n + 1);
	const blocks = [...numbers, 0].map((n) =>
		block(n + 1, n, [port({ dfo_id: n + 1, df_name: n === 0 ? "B-O" : "A-I" })]),
	);
	const links = [...numbers.map((n) => link(n + 1, 9)), link(1)];
	const document = project(blocks, [join(pId, links)], { p_id: pId });
	return desiredGraphs(document, () => ({ fn_id: 9, fn_name: "nine", code }));
}

/** Lets time go by in steps, with room for what comes of each. */
async function pass(ms: number, stepMs = 1000): Promise<void> {
	for (let gone = 0; gone < ms; gone += stepMs) {
		clock.move(stepMs);
		await rig.reconciler.idle();
	}
}

/** States of all links of a project, each with how many have it. */
function states(pId = 1): Record<string, number> {
	const count: Record<string, number> = {};
	for (const { links } of rig.reconciler.states(pId)) {
		for (const state of links.values()) {
			const name = Object.values(state).join(": ");
			count[name] = (count[name] ?? 0) + 1;
		}
	}
	return count;
}

describe("a CSM that is full", () => {
	const FULL = "too many graphs: 1 are attached already";

	test("is asked less and less often; the state says why, and changes when there is room", async () => {
		start({ maxGraphs: 1 });
		rig.reconciler.update(1, wide(1, "def run(x): return x\n", 1));
		await rig.reconciler.idle();
		rig.reconciler.update(2, wide(2, "def run(x): return x\n", 2));
		await rig.reconciler.idle();
		expect(states(1)).toEqual({ running: 2 });
		expect(states(2)).toEqual({ [`failed: ${FULL}`]: 3 });
		expect(rig.reconciler.isSettled).toBe(true);
		rig.sent.length = 0;
		await pass(HOUR_MS, 10_000);
		const asked = rig.sent.filter(({ request }) => request.op === "attach");
		expect(asked.length).toBeGreaterThan(5);
		expect(asked.length).toBeLessThan(20);
		expect(rig.takeOps().length).toBe(asked.length);
		rig.model.maxGraphs = 2;
		await pass(400_000, 10_000);
		expect(states(2)).toEqual({ running: 3 });
	});

	test("is asked again at once when a graph of its own makes room", async () => {
		start({ maxGraphs: 1 });
		for (const p of [1, 2, 3]) {
			rig.reconciler.update(p, wide(1, "def run(x): return x\n", p));
			await rig.reconciler.idle();
		}
		rig.sent.length = 0;
		rig.reconciler.remove(1);
		await rig.reconciler.idle();
		expect(states(2)).toEqual({ running: 2 });
		expect(states(3)).toEqual({ [`failed: ${FULL}`]: 2 });
		expect(rig.sent.filter(({ request }) => request.op === "attach")).toHaveLength(1);
	});

	test("of a thousand projects gets those it takes, and is left in peace with the others", async () => {
		start({ maxGraphs: 100 });
		for (let p = 1; p <= 1000; p++) rig.reconciler.update(p, wide(2, "def run(x): return x\n", p));
		await rig.reconciler.idle();
		const all = Array.from({ length: 1000 }, (_, p) => Object.keys(states(p + 1)).join());
		expect(all.filter((state) => state === "running")).toHaveLength(100);
		expect(all.filter((state) => state.startsWith("failed: too many"))).toHaveLength(900);
		expect(rig.sent.length).toBeLessThan(900 + 100 * 6);
		rig.sent.length = 0;
		await pass(HOUR_MS, 30_000);
		expect(rig.takeOps().length).toBeLessThan(900 * 20);
	});
});

describe("functions that Python refuses", () => {
	test("are kept as the states of ten thousand links, after one question each", async () => {
		start({ judge });
		const specs = wide(10_000, WRONG);
		rig.reconciler.update(1, specs);
		await rig.reconciler.idle();
		expect(states()).toEqual({ [`failed: ${REASON}`]: 10_000, running: 1 });
		expect(rig.sent.length).toBeLessThan(10_010);
		// A refused source is not sent again because others were mended.
		rig.sent.length = 0;
		rig.reconciler.update(1, specs);
		await rig.reconciler.idle();
		expect(rig.sent).toEqual([]);
	});

	test("are refused once more where their links, or their graph, were gone meanwhile", async () => {
		start({ judge });
		const update = async (specs: readonly GraphSpec[]) => {
			rig.reconciler.update(1, specs);
			await rig.reconciler.idle();
		};
		const three = wide(3, WRONG);
		for (const meanwhile of [wide(1, WRONG), []]) {
			await update(three);
			await update(meanwhile);
			rig.sent.length = 0;
			await update(three);
			// A CSM keeps a refused link: until its function is mended it is without data (`csm.md §4.4`).
			expectGraphs(rig.model, three, isBroken);
			expect(states()).toEqual({ [`failed: ${REASON}`]: 3, running: 1 });
		}
	});

	test("are asked for once more where they were not wanted meanwhile, also if CSM keeps no link", async () => {
		start();
		let isRefused = true;
		rig.interferes = ({ op, da_id }) =>
			isRefused && op === "add_link" && da_id === uuid(3)
				? { kind: "refused", reason: "no" }
				: undefined;
		const code = "def run(x): return x\n";
		for (const specs of [wide(3, code), wide(1, code)]) {
			rig.reconciler.update(1, specs);
			await rig.reconciler.idle();
		}
		isRefused = false;
		rig.reconciler.update(1, wide(3, code));
		await rig.reconciler.idle();
		expect(states()).toEqual({ running: 4 });
	});

	test("are mended, all ten thousand", async () => {
		start({ judge });
		rig.reconciler.update(1, wide(10_000, WRONG));
		await rig.reconciler.idle();
		const mended = wide(10_000, "def run(x): return x\n");
		rig.reconciler.update(1, mended);
		await rig.reconciler.idle();
		expect(states()).toEqual({ running: 10_001 });
		expectGraphs(rig.model, mended);
	});

	test("leave the join without those slots that CSM does not keep", async () => {
		start({ judge });
		rig.interferes = ({ op, da_id }) =>
			op === "add_link" && da_id === uuid(1) ? { kind: "refused", reason: "no" } : undefined;
		const links = [link(2), link(3), link(4), link(1)];
		const blocks = [0, 1, 2, 3].map((n) =>
			block(n + 1, n, [port({ dfo_id: n + 1, df_name: n === 0 ? "B-O" : "A-I" })]),
		);
		const fn = { fn_id: 9, fn_name: "nine", code: "def run(*z): return z\n" };
		const specs = desiredGraphs(project(blocks, [join(1, links, 9)]), () => fn);
		rig.reconciler.update(1, specs);
		await rig.reconciler.idle();
		expect(states()).toEqual({ "failed: no": 1, running: 3 });
		expect([...(rig.model.graphs.get("1")?.links.keys() ?? [])]).toEqual([
			`idf ${uuid(2)} A-I`,
			`idf ${uuid(3)} A-I`,
			`odf ${uuid(0)} B-O`,
		]);
		const joins = rig.sent.filter(({ request }) => request.op === "set_join");
		expect(joins).toHaveLength(1);
	});
});

describe("a CSM that cannot be understood", () => {
	const odd: readonly (readonly [string, (op: string) => Outcome | undefined])[] = [
		["says nothing", () => ({ kind: "lost", reason: "CSM has not answered" })],
		[
			"has odd graphs",
			(op) => (op === "get_graph" ? { kind: "done", reply: { links: 5, join: "x" } } : undefined),
		],
		[
			"contradicts itself",
			(op) =>
				op === "get_graph" ? undefined : { kind: "mismatch", reason: "`prev` field mismatch" },
		],
		[
			"has forgotten the graph each time",
			(op) => (op === "attach" ? undefined : { kind: "unattached", reason: "Unknown graph id 1" }),
		],
	];

	test.each(odd)(
		"one that %s is asked after growing pauses, and driven when it can be",
		async (_, answer) => {
			start();
			rig.interferes = ({ op }) => answer(op);
			const specs = wide(3, "def run(x): return x\n");
			rig.reconciler.update(1, specs);
			await rig.reconciler.idle();
			// It may have to look first.
			rig.directory.attach();
			await rig.reconciler.idle();
			expect(Object.keys(states()).join()).toStartWith("applying");
			rig.sent.length = 0;
			await pass(60_000);
			const firstMinute = rig.sent.splice(0).length;
			await pass(10 * 60_000);
			expect(rig.sent.length).toBeLessThan(10 * firstMinute);
			expect(rig.sent.length).toBeLessThan(25 * 20);
			rig.interferes = () => undefined;
			await pass(61_000);
			expect(states()).toEqual({ running: 4 });
			expectGraphs(rig.model, specs);
		},
	);
});

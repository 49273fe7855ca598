import { afterEach, describe, expect, test } from "bun:test";
import type { UserFunction } from "../../../src/ccm/functions/built-function.ts";
import { desiredGraphs } from "../../../src/ccm/plan/desired.ts";
import type { GraphSpec } from "../../../src/ccm/plan/graph-spec.ts";
import type { Join } from "../../../src/contract/mod.ts";
import { until, within } from "../../support/waiting.ts";
import type { ModelOptions } from "../support/csm-model.ts";
import { block, join, link, port, project, uuid } from "../support/documents.ts";
import { expectGraphs } from "../support/expect-graphs.ts";
import { device, Rig } from "../support/rig.ts";

const WRONG = "def run(*args) return 1\n";
const FINE = "def run(*args):\n    return args[0]\n";
const REASON = "SyntaxError: expected ':' (line 1)";

/** Refuses what Python would refuse. */
const judge = (code: string) => (code.includes(WRONG) ? REASON : undefined);

const blocks = [
	block(1, 1, [port({ dfo_id: 1, df_name: "A-I" })]),
	block(2, 2, [port({ dfo_id: 2, df_name: "A-I" })]),
	block(3, 3, [port({ dfo_id: 3, df_name: "B-O" })]),
];

/** Graphs of joins, with the source of function 9. */
function plan(joins: readonly Join[], code = FINE): GraphSpec[] {
	const fn: UserFunction = { fn_id: 9, fn_name: "nine", code };
	return desiredGraphs(project(blocks, joins), () => fn);
}

const rigs: Rig[] = [];
afterEach(() => {
	for (const rig of rigs.splice(0)) rig.reconciler.stop();
});

function start(options: ModelOptions = {}, devices = 5): Rig {
	const rig = new Rig(options, devices);
	rigs.push(rig);
	rig.directory.attach();
	return rig;
}

/** Loses the answers of removals. @returns resolves when the first one was asked for. */
function loseRemovals(rig: Rig): Promise<void> {
	const asked = Promise.withResolvers<void>();
	rig.interferes = ({ op }) => {
		if (op !== "rm_link") return undefined;
		asked.resolve();
		return { kind: "lost", reason: "killed" };
	};
	return asked.promise;
}

describe("states of links", () => {
	const [INPUT, OUTPUT] = [`idf ${uuid(1)} A-I`, `odf ${uuid(3)} B-O`];
	const withFunction = [join(1, [link(1, 9), link(3)])];

	test("go from applying to running", async () => {
		const rig = start();
		const heard: string[] = [];
		rig.reconciler.onChange((graph) => heard.push(graph));
		rig.reconciler.update(1, plan(withFunction));
		const [before] = rig.reconciler.states(1);
		expect(before?.links.get(INPUT)).toEqual({ state: "applying" });
		await rig.settle();
		const [after] = rig.reconciler.states(1);
		expect(after?.links).toEqual(
			new Map([
				[INPUT, { state: "running" }],
				[OUTPUT, { state: "running" }],
			]),
		);
		expect(after?.join).toBeNull();
		expect(heard).toContain("1");
	});

	test("keep Python's words of a link's function, and of the link that works nothing", async () => {
		const rig = start({ judge });
		rig.reconciler.update(1, plan(withFunction, WRONG));
		await rig.settle();
		const [state] = rig.reconciler.states(1);
		expect(state?.links.get(INPUT)).toEqual({ state: "failed", reason: REASON });
		expect(state?.links.get(OUTPUT)).toEqual({ state: "running" });
		rig.takeOps();
		rig.reconciler.update(1, plan(withFunction, WRONG));
		await rig.settle();
		expect(rig.takeOps()).toEqual([]);

		rig.reconciler.update(1, plan(withFunction));
		await rig.settle();
		expect(rig.reconciler.states(1)[0]?.links.get(INPUT)).toEqual({ state: "running" });
		expect(rig.takeOps()).toEqual(["add_funcs", "set_df_func"]);
	});

	test("keep them of a running link's new function, and of a join's", async () => {
		const rig = start({ judge });
		const joins = [join(1, [link(1, 9), link(2), link(3)], 9)];
		rig.reconciler.update(1, plan(joins));
		await rig.settle();
		expect(rig.reconciler.states(1)[0]?.join).toEqual({ state: "running" });
		rig.reconciler.update(1, plan(joins, WRONG));
		await rig.settle();
		const [state] = rig.reconciler.states(1);
		const maybe = `Maybe some error in the functions. ${REASON}`;
		expect(state?.links.get(INPUT)).toEqual({ state: "failed", reason: maybe });
		expect(state?.join).toEqual({ state: "failed", reason: REASON });
		// Back to what runs all the while: nothing is to be done.
		rig.takeOps();
		rig.reconciler.update(1, plan(joins));
		await rig.settle();
		expect(rig.takeOps()).toEqual([]);
		expect(rig.reconciler.states(1)[0]?.join).toEqual({ state: "running" });
	});

	test("say why they take longer while CSM does not answer", async () => {
		const rig = start();
		rig.fate = () => "request lost";
		rig.reconciler.update(1, plan(withFunction));
		const stateOf = () => rig.reconciler.states(1)[0]?.links.get(INPUT);
		await until(() => stateOf()?.state === "applying" && "reason" in (stateOf() ?? {}), "a reason");
		expect(stateOf()).toEqual({ state: "applying", reason: "no answer" });
		rig.fate = () => "answered";
		await rig.settle();
		expect(stateOf()).toEqual({ state: "running" });
	});
});

describe("the reconciler", () => {
	const joined = plan([join(1, [link(1), link(3)])]);

	test("sends nothing before CSM has told its devices", async () => {
		const rig = new Rig();
		rigs.push(rig);
		rig.reconciler.update(1, joined);
		await rig.reconciler.idle();
		expect(rig.sent).toEqual([]);
		expect(rig.reconciler.isSettled).toBe(false);
		rig.directory.attach();
		await rig.settle();
		expectGraphs(rig.model, joined);
	});

	test("adds a link to its new graph before it leaves the old one", async () => {
		const rig = start();
		rig.reconciler.update(1, joined);
		await rig.settle();
		// Another project takes the devices over; its graph has much to do before.
		const other = plan([join(2, [link(1, 9), link(2, 9), link(3, 9)], 9)]);
		rig.reconciler.update(2, other);
		rig.reconciler.update(1, []);
		await rig.settle();
		expectGraphs(rig.model, other);
		expect(rig.model.disconnects).toEqual([]);
	});

	test("does not wait for a graph that cannot be added", async () => {
		const rig = start({ judge });
		rig.reconciler.update(1, joined);
		await rig.settle();
		const other = plan([join(2, [link(1, 9), link(3)])], WRONG);
		rig.reconciler.update(2, other);
		rig.reconciler.update(1, []);
		await rig.settle();
		expect([...rig.model.graphs.keys()]).toEqual(["2"]);
	});

	test("removes what a former life of the program left behind", async () => {
		const rig = start();
		rig.want(1, joined);
		await rig.settle();
		rig.restart(() => {});
		await rig.settle();
		expectGraphs(rig.model, []);
		expect(rig.ledger.size).toBe(0);
	});

	test("finds out by itself that a graph was changed or lost", async () => {
		const rig = start();
		rig.reconciler.update(1, joined);
		await rig.settle();
		rig.model.handle("1", { op: "rm_link", da_id: uuid(1), idf: "A-I" });
		const holds = (name: string) => rig.model.graphs.get("1")?.links.has(name) === true;
		await until(() => holds(`idf ${uuid(1)} A-I`), "the link");
		await rig.settle();
		rig.model.forget();
		await until(() => holds(`odf ${uuid(3)} B-O`), "the graph");
		await rig.settle();
		expectGraphs(rig.model, joined);
	});

	test("gives sources again that CSM has lost", async () => {
		const rig = start();
		const withFunction = (...ids: number[]) =>
			plan([join(1, [link(1, 9), ...ids.map((id) => link(id, 9))])]);
		rig.reconciler.update(1, withFunction(3));
		await rig.settle();
		rig.model.sources.clear();
		rig.reconciler.update(1, withFunction(3, 2));
		await rig.settle();
		expectGraphs(rig.model, withFunction(3, 2));
	});

	test("a graph that is gone has no pause left over that brings it back to life", async () => {
		const rig = start({ judge });
		const wrong = plan([join(1, [link(1, 9), link(3)])], WRONG);
		rig.reconciler.update(1, wrong);
		await rig.settle();
		rig.reconciler.update(1, []);
		await rig.settle();
		await until(() => rig.reconciler.states(1).length === 0, "the graph to be forgotten");
		expect(rig.clock.pending).toBe(1);
	});

	test("is still once it has been stopped, whatever it is told", async () => {
		const rig = start();
		rig.reconciler.update(1, joined);
		await rig.settle();
		const attached: string[] = [];
		rig.directory.onEvent(({ type }) => attached.push(type));
		rig.reconciler.stop();
		rig.sent.length = 0;
		rig.directory.attach();
		rig.reconciler.update(2, plan([join(2, [link(1), link(3)])]));
		rig.reconciler.recall([{ graph: "3", links: [], settled: "" }]);
		await rig.reconciler.idle();
		expect([rig.sent, rig.reconciler.isSettled, rig.clock.pending]).toEqual([[], false, 0]);
		expect(attached).toEqual(["resync"]);
		expect(rig.reconciler.states(2)).toEqual([]);
	});

	test("leaves links of unknown devices out where CSM does not answer about them", async () => {
		const rig = start({ original: true }, 3);
		rig.reconciler.update(1, joined);
		await rig.settle();
		expect([...(rig.model.graphs.get("1")?.links.keys() ?? [])]).toEqual([`idf ${uuid(1)} A-I`]);
		const registered = device(3);
		rig.directory.devices.set(registered.id, registered);
		rig.directory.tell({ type: "registered", device: registered });
		await rig.settle();
		expectGraphs(rig.model, joined);
	});

	test("takes over what the original has, without touching it", async () => {
		const rig = start({ original: true });
		const all = plan([join(1, [link(1, 9), link(2), link(3, 9)], 9), join(2, [link(1), link(3)])]);
		rig.want(1, all);
		await rig.settle();
		rig.restart(() => rig.want(1, all));
		await rig.settle();
		expectGraphs(rig.model, all);
		expect(rig.model.disconnects).toEqual([]);
		expect(rig.takeOps()).not.toContain("rm_link");
	});

	test.each([
		["is asked", true],
		["is not asked yet", false],
	])(
		"removes from the original what it was about to when it was killed (CSM %s)",
		async (_, isAsked) => {
			const rig = start({ original: true });
			rig.want(1, plan([join(1, [link(1, 9), link(2), link(3)])]));
			await rig.settle();
			const asked = loseRemovals(rig);
			const after = plan([join(1, [link(1, 9), link(3)])]);
			if (isAsked) {
				rig.want(1, after);
				await within(asked, "the removal");
			}
			rig.interferes = () => undefined;
			rig.restart(() => rig.want(1, after));
			await rig.settle();
			expectGraphs(rig.model, after);
		},
	);

	test("orders the original's inputs again when it was killed while it did so", async () => {
		const rig = start({ original: true });
		rig.want(1, plan([join(1, [link(1), link(2), link(3)])]));
		await rig.settle();
		const asked = loseRemovals(rig);
		const after = plan([join(1, [link(2), link(1), link(3)])]);
		rig.want(1, after);
		await within(asked, "the removal");
		rig.interferes = () => undefined;
		rig.restart(() => rig.want(1, after));
		await rig.settle();
		expectGraphs(rig.model, after);
	});

	test("asks the original for nothing that is not kept before", async () => {
		const rig = start({ original: true });
		const isKept = Promise.withResolvers<void>();
		let tries = 0;
		rig.reconciler.keepBy(async () => {
			tries += 1;
			if (tries > 1) await isKept.promise;
			else throw new Error("the disk is full");
		});
		rig.want(1, joined);
		await until(() => tries > 1, "another attempt");
		expect(rig.takeOps()).toEqual(["attach"]);
		isKept.resolve();
		await rig.settle();
		expectGraphs(rig.model, joined);
	});
});

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { desiredGraphs } from "../../../src/ccm/plan/desired.ts";
import type { Reconciler } from "../../../src/ccm/reconciler/reconciler.ts";
import { ServedModel } from "../../csm-client/support/served-model.ts";
import { story } from "../../support/story.ts";
import { startTarget, type Target } from "../../support/target.ts";
import { until } from "../../support/waiting.ts";
import { Classroom, DIM, PHONES, source } from "../support/classroom.ts";
import { block, join, link, port, project, uuid } from "../support/documents.ts";
import { LiveRig } from "../support/live-rig.ts";

describe("forty phones and a lamp", () => {
	let target: Target;
	let room: Classroom;
	beforeAll(async () => {
		target = await startTarget();
		room = await Classroom.open(target);
	});
	afterAll(async () => {
		await room.client.end();
		await target.dispose();
	});

	const step = story("from the first pass to mended functions");

	step("are joined with 160 operations, and a second pass has none", async () => {
		const rig = await LiveRig.start(target.mqtt);
		await rig.settle();
		rig.reconciler.update(1, room.each(DIM));
		await rig.settle();
		expect(rig.takeOps()).toEqual({ attach: PHONES, add_funcs: PHONES, add_link: 2 * PHONES });
		rig.reconciler.update(1, room.each(DIM));
		await rig.settle();
		expect(rig.takeOps()).toEqual({});
		const bad = rig.reconciler.states(1).flatMap(({ links }) => [...links.values()]);
		expect(bad.filter(({ state }) => state !== "running")).toEqual([]);
		await until(() => room.topics.size === PHONES + 1, "all signals");
		await rig.end();
	});

	step("go on unchanged when CCM comes back", async () => {
		const rig = await LiveRig.start(target.mqtt, "ccm", (reconciler) => {
			reconciler.recall(room.each(DIM).map(({ graph }) => ({ graph, links: [], settled: "" })));
			reconciler.update(1, room.each(DIM));
		});
		await rig.settle();
		expect(rig.takeOps()).toEqual({});
		expect(room.disconnects).toBe(0);
		await rig.end();
	});

	step("go over to one join without being cut off, and all reach the lamp", async () => {
		const rig = await LiveRig.start(target.mqtt, "ccm", (reconciler) => {
			reconciler.recall(room.each(DIM).map(({ graph }) => ({ graph, links: [], settled: "" })));
			reconciler.update(1, room.each(DIM));
		});
		await rig.settle();
		rig.takeOps();
		rig.reconciler.update(1, room.together(77));
		await rig.settle();
		expect(rig.takeOps()).toEqual({
			attach: 1,
			add_funcs: 1,
			add_link: PHONES + 1,
			set_join: 1,
			detach: PHONES,
		});
		expect(room.disconnects).toBe(0);
		room.lampValues.length = 0;
		for (const [index, id] of room.ids.slice(0, PHONES).entries()) {
			await room.client.publish(room.topics.get(id) ?? "", [index * 2, 10, 20]);
		}
		// 0, 2, 4 … 78: 39 on average.
		await until(() => room.lampValues.includes("[39,10,20]"), "the average", {
			seen: () => room.lampValues.slice(-3).join(" "),
		});
		await rig.end();
	});

	step("keep all over a restart of CSM, and over lost answers", async () => {
		const left = (reconciler: Reconciler) => {
			reconciler.recall([{ graph: "77", links: [], settled: "" }]);
			reconciler.update(1, room.together(77));
		};
		const rig = await LiveRig.start(target.mqtt, "ccm", left, 2000);
		await rig.settle();
		target = await target.restart();
		await rig.settle();
		expect(rig.takeOps()).toEqual({});
		let count = 0;
		rig.mqtt.loses = ({ topic }) => topic.includes("/graph/") && ++count % 11 === 0;
		rig.reconciler.update(1, room.each(DIM, 200));
		await rig.settle();
		rig.mqtt.loses = () => false;
		const states = rig.reconciler.states(1).flatMap(({ links }) => [...links.values()]);
		expect(states.filter(({ state }) => state !== "running")).toEqual([]);
		rig.takeOps();
		rig.reconciler.update(1, room.each(DIM, 200));
		await rig.settle();
		expect(rig.takeOps()).toEqual({});
		await rig.end();
	});

	step(
		"show Python's words where a function does not compile, and run when it is mended",
		async () => {
			const rig = await LiveRig.start(target.mqtt, "ccm-2");
			rig.reconciler.update(1, room.each("def run(r, g, b) return r\n", 300));
			await rig.settle();
			const [state] = rig.reconciler.states(1);
			expect(state?.links.get(`idf ${room.ids[0]} Color-I1`)).toEqual({
				state: "failed",
				reason: expect.stringContaining("SyntaxError: expected ':'"),
			});
			expect(state?.links.get(`odf ${room.ids[PHONES]} Color-O`)).toEqual({ state: "running" });
			rig.reconciler.update(1, room.each(DIM, 300));
			await rig.settle();
			const states = rig.reconciler.states(1).flatMap(({ links }) => [...links.values()]);
			expect(states.filter(({ state }) => state !== "running")).toEqual([]);
			await rig.end();
		},
	);
});

describe("a CSM of the original's kind, over MQTT", () => {
	test("is driven, forgets all, and is driven again", async () => {
		const served = await ServedModel.start({ original: true });
		const ids = [1, 2, 3].map(uuid);
		served.devices = Object.fromEntries(ids.map((id) => [id, { id }]));
		const specs = desiredGraphs(
			project(
				[
					block(1, 1, [port({ dfo_id: 1, df_name: "A-I" })]),
					block(2, 2, [port({ dfo_id: 2, df_name: "A-I" })]),
					block(3, 3, [port({ dfo_id: 3, df_name: "B-O" })]),
				],
				[join(1, [link(1), link(2), link(3)], 9)],
			),
			() => source(9, "wrong", "def run(:\n"),
		);
		const rig = await LiveRig.start(served.url);
		const holds = () => served.model.graphs.get("1")?.links.size === 3;
		rig.reconciler.update(1, specs);
		await rig.settle();
		expect(holds()).toBe(true);
		expect(rig.reconciler.states(1)[0]?.join).toEqual({ state: "running" });
		served.model.forget();
		await until(holds, "the graph to be there again");
		await rig.settle();
		rig.takeOps();
		rig.reconciler.update(1, specs);
		await rig.settle();
		expect(rig.takeOps()).toEqual({});
		await rig.end();
		await served.end();
	});
});

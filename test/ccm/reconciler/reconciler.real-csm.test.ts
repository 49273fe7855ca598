import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import type { UserFunction } from "../../../src/ccm/functions/built-function.ts";
import { desiredGraphs } from "../../../src/ccm/plan/desired.ts";
import type { Reconciler } from "../../../src/ccm/reconciler/reconciler.ts";
import type { Block } from "../../../src/contract/mod.ts";
import { ServedModel } from "../../csm-client/support/served-model.ts";
import { body, call } from "../../support/gateway.ts";
import { TestClient } from "../../support/mqtt.ts";
import { story } from "../../support/story.ts";
import { startTarget, type Target } from "../../support/target.ts";
import { until } from "../../support/waiting.ts";
import { block, join, link, port, project, uuid } from "../support/documents.ts";
import { LiveRig } from "../support/live-rig.ts";

const PHONES = 40;
const DIM = "def run(r, g, b):\n    return [r // 2, g // 2, b // 2]\n";
/** Joins that pass lists on: one list, of three values. */
const FIRST = "def run(*args):\n    return args[0][0]\n";
const AVERAGE = `def run(*phones):
    known = [phone for phone in phones if phone is not None]
    return [sum(values) // len(values) for values in zip(*known)]
`;

const color = (dfo_id: number, df_name: string) => port({ dfo_id, df_name, param_no: 3 });
const none = [null, null, null];

function source(fn_id: number, fn_name: string, code: string): UserFunction {
	return { fn_id, fn_name, code };
}

/** Forty phones and a lamp, online at a CSM, with what they hear. */
class Classroom {
	readonly topics = new Map<string, string>();
	readonly lampValues: string[] = [];
	connects = 0;
	disconnects = 0;

	private constructor(
		readonly ids: readonly string[],
		readonly client: TestClient,
	) {
		client.raw.on("message", (topic, payload) => {
			const [id = "", channel] = topic.split("/");
			if (channel !== "ctrl") {
				this.lampValues.push(payload.toString());
				return;
			}
			const signal = JSON.parse(payload.toString());
			if (signal.command === "DISCONNECT") this.disconnects += 1;
			else {
				this.connects += 1;
				this.topics.set(id, signal.topic);
				if (signal.odf !== undefined) void client.subscribe(signal.topic);
			}
			const answer = { msg_id: signal.msg_id, state: "ok" };
			void client.publish(`${id}/ctrl/i`, answer);
		});
	}

	static async open(target: Target): Promise<Classroom> {
		const ids = Array.from({ length: PHONES + 1 }, () => randomUUID());
		const room = new Classroom(ids, await TestClient.connect(target.mqtt));
		for (const [index, id] of ids.entries()) {
			const isLamp = index === PHONES;
			const features = [[isLamp ? "Color-O" : "Color-I1", ["r", "g", "b"]]];
			const lists = isLamp
				? { odf_list: features, idf_list: null }
				: { idf_list: features, odf_list: null };
			const { json } = await call(target, "PUT", `/${id}`, body({ name: `d${index}`, ...lists }));
			await room.client.subscribe(`${id}/ctrl/o`);
			const online = { state: "online", rev: json.rev };
			await room.client.publish(`${id}/ctrl/i`, online, { retain: true });
		}
		return room;
	}

	/** The phones' blocks, with ports 1, 2, 3 …, and the lamp's, with port 100. */
	get blocks(): Block[] {
		return this.ids.map((id, index) => {
			const isLamp = index === PHONES;
			const ports = [isLamp ? color(100, "Color-O") : color(index + 1, "Color-I1")];
			const bindings = [{ seat: 0, mac_addr: id }];
			return { ...block(isLamp ? 100 : index + 1, null, ports), bindings };
		});
	}

	/** Each phone has a join with the lamp, with a function on its side. */
	each(code: string, naId = 1) {
		const joins = this.blocks
			.slice(0, PHONES)
			.map((_, index) => join(naId + index, [link(index + 1, 1, null, null), link(100, 2, 3, 4)]));
		return this.#graphs(joins, code);
	}

	/** All phones have one join with the lamp. */
	together(naId: number) {
		const inputs = this.blocks.slice(0, PHONES).map((_, index) => link(index + 1, ...none));
		return this.#graphs([join(naId, [...inputs, link(100, 2, 3, 4)], 5)], AVERAGE);
	}

	#graphs(joins: ReturnType<typeof join>[], code: string) {
		const pick = (n: number) => FIRST.replace("[0][0]", `[0][${n}]`);
		const all = [
			source(1, "dim", code),
			source(2, "x11", pick(0)),
			source(3, "x12", pick(1)),
			source(4, "x13", pick(2)),
			source(5, "average", code),
		];
		return desiredGraphs(project(this.blocks, joins), (id) =>
			all.find(({ fn_id }) => fn_id === id),
		);
	}
}

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

import { describe, expect, test } from "bun:test";
import { NewestValues } from "../../../src/ccm/live/newest-values.ts";
import { presenceOf } from "../../../src/ccm/live/presence.ts";
import { progressOf } from "../../../src/ccm/live/progress.ts";
import { WatchedGraphs } from "../../../src/ccm/live/watched-graphs.ts";
import { devicesOf, wiresOf } from "../../../src/ccm/live/wires.ts";
import type { GraphState, LinkState } from "../../../src/ccm/reconciler/link-state.ts";
import { block, crowd, join, link, port, project, uuid } from "../support/documents.ts";

const A = uuid(1);
/** A bound block with an input and an output, and one without a device. */
const BLOCKS = [
	block(1, 1, [port({ dfo_id: 10, df_name: "A-I" }), port({ dfo_id: 11, df_name: "B-O" })]),
	block(2, null, [port({ dfo_id: 20, df_name: "A-I" })]),
];
const JOINS = [join(7, [link(10), link(20), link(11)])];
const on = project(BLOCKS, JOINS, { status: "on" });
const states = (links: Record<string, LinkState>, ofJoin: LinkState | null = null) => [
	{ graph: "7", links: new Map(Object.entries(links)), join: ofJoin },
];

describe("the wires of a project", () => {
	test("are its links whose blocks have devices, by their names at CSM", () => {
		expect(wiresOf(on)).toEqual([
			{ na_id: 7, dfo_id: 10, type: "input", graph: "7", seat: null, key: `idf ${A} A-I` },
			{ na_id: 7, dfo_id: 11, type: "output", graph: "7", seat: null, key: `odf ${A} B-O` },
		]);
		expect([...devicesOf(on)]).toEqual([A]);
	});

	test("are those of each member of a crowd, or of all in one graph", () => {
		const phones = crowd(1, { 0: 1, 4: 5 }, BLOCKS[0]?.ports ?? []);
		const lamp = block(3, 9, [port({ dfo_id: 30, df_name: "C-O" })]);
		const wires = (rule: "each" | "together") => {
			const one = { ...join(7, [link(10), link(11), link(30)]), crowd: rule };
			return wiresOf(project([phones, lamp], [one])).map(({ graph, dfo_id, seat }) =>
				[graph, dfo_id, seat].join(" "),
			);
		};
		const own = (seat: number) => [10, 11, 30].map((dfo) => `7-${seat} ${dfo} ${seat}`);
		expect(wires("each")).toEqual([...own(0), ...own(4)]);
		expect(wires("together")).toEqual(["7 10 0", "7 10 4", "7 11 0", "7 11 4", "7 30 "]);
	});

	test("tell for which members they do not run", () => {
		const phones = crowd(1, { 0: 1, 4: 5, 6: 7 }, BLOCKS[0]?.ports ?? []);
		const said = (crowdRule: "each" | "together", states: GraphState[]) => {
			const one = { ...join(7, [link(10), link(11)], 9), crowd: crowdRule };
			const document = project([phones], [one]);
			return progressOf(document, wiresOf(document), states)[0];
		};
		const running = { state: "running" } as const;
		const failed = { state: "failed", reason: "no room" } as const;
		const each = (seat: number, device: number, state: LinkState, ofJoin: LinkState = running) => ({
			...{ graph: `7-${seat}`, join: ofJoin },
			links: new Map<string, LinkState>([
				[`idf ${uuid(device)} A-I`, state],
				[`odf ${uuid(device)} B-O`, running],
			]),
		});
		const all = [each(0, 1, running), each(4, 5, failed, failed), each(6, 7, failed)];
		expect(said("each", all)).toEqual({
			na_id: 7,
			links: [
				{ dfo_id: 10, ...failed, seats: [4, 6] },
				{ dfo_id: 11, ...running },
			],
			join: { ...failed, seats: [4] },
		});
		const links = new Map(all.flatMap((state) => [...state.links]));
		expect(said("together", [{ graph: "7", links, join: failed }])).toMatchObject({
			links: [{ dfo_id: 10, seats: [4, 6] }, { dfo_id: 11 }],
			join: failed,
		});
	});

	test("are as far as the reconciler says, on their way until it has heard of them", () => {
		const wires = wiresOf(on);
		const failed = { state: "failed", reason: "no room" } as const;
		const known = states({ [`idf ${A} A-I`]: { state: "running" } }, failed);
		expect(progressOf(on, wires, known)).toEqual([
			{
				na_id: 7,
				links: [
					{ dfo_id: 10, state: "running" },
					{ dfo_id: 11, state: "applying" },
				],
				join: failed,
			},
		]);
		expect(progressOf(on, wires, [])[0]?.join).toBeNull();
		expect(progressOf({ ...on, status: "off" }, wires, known)).toEqual([]);
	});
});

test("a device that is bound is online, offline, or unknown to CSM", () => {
	const said = (devices: Parameters<typeof presenceOf>[1]) => presenceOf(on, devices);
	expect(said(new Map())).toEqual([{ mac_addr: A, d_name: "", status: "unknown" }]);
	const name = "lamp";
	expect(said(new Map([[A, { name, presence: "online" }]]))[0]).toMatchObject({ status: "online" });
	expect(said(new Map([[A, { name, presence: "nothing" }]]))[0]).toEqual({
		...{ mac_addr: A, d_name: name, status: "offline" },
	});
});

test("graphs are watched while the project is on and they are there", () => {
	const watched = new Set<string>();
	const watch = (graph: string) => {
		watched.add(graph);
		return () => watched.delete(graph);
	};
	const graphs = new WatchedGraphs({ watch }, new NewestValues(() => 0));
	graphs.follow(on);
	expect([...watched]).toEqual(["7"]);
	expect([graphs.has("7"), graphs.has("8")]).toEqual([true, false]);
	graphs.follow({ ...on, status: "off" });
	expect([...watched]).toEqual([]);
	graphs.follow({ ...on, joins: [...JOINS, join(8, [link(10), link(11)])] });
	expect([...watched]).toEqual(["7", "8"]);
	graphs.follow({ ...on, joins: [] });
	expect([...watched]).toEqual([]);
	graphs.follow(on);
	graphs.stop();
	expect([...watched]).toEqual([]);
});

import { describe, expect, test } from "bun:test";
import type { DeviceView, ErrorView, GraphView } from "../../../src/contract/views.ts";
import { findDevices, findGraphs, isFresh } from "../../../src/web/live/search.ts";

const NOW = 10_000;
const error = (at: number) => ({ at, reason: "ZeroDivisionError" }) as ErrorView;
const graph = (name: string, last_error: ErrorView | null = null, device = "Cat") =>
	({
		client: "gui",
		graph: name,
		join: { func: null, title: null },
		idfs: [{ device, feature: "Meow", da_id: "id-1", func: "d1", title: "def run(x): return x" }],
		odfs: [],
		last_error,
	}) as unknown as GraphView;
const map = (...graphs: GraphView[]) => new Map(graphs.map((entry) => [entry.graph, entry]));
const names = (graphs: GraphView[]) => graphs.map((entry) => entry.graph);

describe("graphs", () => {
	test("that fail come first, then by name with its numbers; old errors count no more", () => {
		const known = map(
			graph("g10"),
			graph("g9"),
			graph("g2", error(NOW - 700)),
			graph("g8", error(NOW)),
		);
		expect(names(findGraphs(known, "", NOW))).toEqual(["g8", "g2", "g9", "g10"]);
		expect([
			isFresh(error(NOW - 599), NOW),
			isFresh(error(NOW - 600), NOW),
			isFresh(null, NOW),
		]).toEqual([true, false, false]);
	});

	test.each([
		["G1", ["g1"]],
		["dog", ["g2"]],
		["gui meow", ["g1", "g2"]],
		["return x", ["g1", "g2"]],
		["zerodivision", ["g2"]],
		["dog cat", []],
		["  ", ["g1", "g2"]],
	])("are found by %j", (wanted, found) => {
		const known = map(graph("g1"), graph("g2", error(0), "Dog"));
		expect(names(findGraphs(known, wanted, NOW))).toEqual(found);
	});
});

describe("devices", () => {
	const device = (id: string, name: string, state: string, idf_list: unknown = []) =>
		({ id, name, state, idf_list, odf_list: "odd" }) as unknown as DeviceView;
	const known = new Map(
		[
			device("1", "b", "offline", [["temp", ["C"]], "light"]),
			device("2", "a10", "online"),
			device("3", "a9", "online"),
		].map((entry) => [entry.id, entry]),
	);

	test("that are online come first; they are found by name, id and features", () => {
		const found = (wanted: string) => findDevices(known, wanted).map(({ id }) => id);
		expect(found("")).toEqual(["3", "2", "1"]);
		expect(found("TEMP")).toEqual(["1"]);
		expect(found("light b")).toEqual(["1"]);
		expect(found("a1")).toEqual(["2"]);
	});
});

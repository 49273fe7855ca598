import { describe, expect, test } from "bun:test";
import type { ChangesView, GraphView } from "../../../src/contract/views.ts";
import { EMPTY, next, rateKey, withContact } from "../../../src/web/live/live.ts";

const graph = (messages: number) =>
	({
		client: "gui",
		graph: "1",
		idfs: [{ topic: "t", messages }],
		odfs: [],
	}) as unknown as GraphView;
const changes = (graphs: Record<string, GraphView | null>, log: object[] = []) =>
	({ status: {}, devices: {}, graphs, log }) as unknown as ChangesView;

describe("the live page's state", () => {
	test("rates are what counters grew by since the last event", () => {
		const first = next(EMPTY, changes({ "gui/1": graph(10) }), 1000);
		const second = next(first, changes({ "gui/1": graph(40) }), 3000);
		expect(second.rates.get(rateKey(graph(0), "t"))).toBe(15);
		const third = next(second, changes({}), 4000);
		expect(third.rates.get(rateKey(graph(0), "t"))).toBe(0);
	});

	test("what is null is gone, and a new connection starts over", () => {
		const first = next(EMPTY, changes({ "gui/1": graph(1), "gui/2": graph(1) }), 1000);
		const second = next(first, changes({ "gui/1": null }), 2000);
		expect([...second.graphs.keys()]).toEqual(["gui/2"]);
		const lost = withContact(second, "lost");
		expect([...next(lost, changes({ "gui/3": graph(1) }), 3000).graphs.keys()]).toEqual(["gui/3"]);
	});

	test("the log is kept up to 200 lines", () => {
		const lines = Array.from({ length: 150 }, (_, n) => ({ n }));
		const live = next(next(EMPTY, changes({}, lines), 1), changes({}, lines), 2);
		expect(live.log).toHaveLength(200);
	});
});

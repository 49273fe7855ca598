import { expect, test } from "bun:test";
import { Value } from "@sinclair/typebox/value";
import { ProjectsView } from "../../src/contract/views.ts";
import { ccmMetrics, ccmView } from "../../src/servers/ccm-figures.ts";

const figures = {
	counts: () => ({ projects: 3, running: 2 }),
	backlog: () => ({ graphs: 1, links: 4 }),
	simulated: () => 5,
	streams: () => 6,
	trials: () => 7,
};

test("projects are told to operators, in the status and as metrics", () => {
	const view = ccmView(figures);
	expect([Value.Check(ProjectsView, view), view]).toEqual([
		true,
		{ known: 3, running: 2, links_open: 4, graphs_queued: 1 },
	]);
	const read = ccmMetrics(figures).map((metric) => ("read" in metric ? metric.read() : undefined));
	expect(read).toEqual([3, 2, 4, 1, 5, 6, 7]);
});

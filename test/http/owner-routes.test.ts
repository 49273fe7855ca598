import { expect, test } from "bun:test";
import { ownerRoutes } from "../../src/http/owner-routes.ts";
import type { Route, RouteContext } from "../../src/http/route.ts";

const OURS = "00000000-0000-0000-0000-000000000001";
const OTHERS = "00000000-0000-0000-0000-000000000002";

/** A request for a device, of which nothing else matters here. */
const asking = (id?: string) =>
	({ params: id === undefined ? {} : { id } }) as unknown as RouteContext;

function routes(methods: readonly Route["method"][]) {
	const events: unknown[] = [];
	const made = ownerRoutes(
		methods.map((method) => ({
			...{ method, path: "/{id}", summary: "", who: "anyone", replies: {} },
			admit: ({ params }) => void events.push(["admit", params.id]),
			answer: ({ params }, body) => {
				events.push(["answer", params.id, body]);
				return new Response("here");
			},
		})),
		{
			isOurs: (id) => id === OURS,
			ask: async (_, id, body) => {
				events.push(["ask", id, body]);
				return new Response("there");
			},
		},
	);
	return { made, events };
}

test("a device is answered for, and let in, by its own node only", async () => {
	const { made, events } = routes(["PUT"]);
	const [put] = made;
	for (const [id, by] of [
		[OURS, "here"],
		[OTHERS, "there"],
	] as const) {
		put?.admit?.(asking(id));
		expect(await (await put?.answer(asking(id), { n: 1 }))?.text()).toBe(by);
	}
	expect(events).toEqual([
		["admit", OURS],
		["answer", OURS, { n: 1 }],
		["ask", OTHERS, { n: 1 }],
	]);
});

test("what browsers ask before a request is answered by any node, whosever the device is", async () => {
	const { made, events } = routes(["OPTIONS"]);
	expect(await (await made[0]?.answer(asking(OTHERS), {}))?.text()).toBe("here");
	expect(events).toEqual([["answer", OTHERS, {}]]);
});

test("what says which routes there are stays as it is", () => {
	const { made } = routes(["GET", "OPTIONS"]);
	expect(made.map(({ method, path, who }) => [method, path, who])).toEqual([
		["GET", "/{id}", "anyone"],
		["OPTIONS", "/{id}", "anyone"],
	]);
});

// What nodes of a cluster say of all of them.
import { describe, expect, test } from "bun:test";
import { Value } from "@sinclair/typebox/value";
import { type ClusterView, NodeFigures } from "../../src/contract/cluster-views.ts";
import { StatusView } from "../../src/contract/views.ts";
import { body, call } from "../support/gateway.ts";
import { hasPostgres } from "../support/postgres-server.ts";
import { hasProgram } from "../support/programs.ts";
import { startTarget, type Target } from "../support/target.ts";
import { twoNodes } from "../support/two-nodes.ts";
import { TEST_MS, until } from "../support/waiting.ts";

const DEVICES = 6;

describe.skipIf(!hasPostgres() || !hasProgram("mosquitto"))("of a cluster", () => {
	const made = twoNodes("all", startTarget);

	const told = async (by: Target): Promise<StatusView> =>
		JSON.parse((await call(by, "GET", "/api/status")).text);
	const ofCluster = async (by: Target): Promise<ClusterView> => {
		const { cluster: view } = await told(by);
		if (!view) throw new Error("it says nothing of its cluster");
		return view;
	};

	test(
		"each node tells of all: what they have, and the sums of it",
		async () => {
			const { a, b } = made;
			for (let n = 0; n < DEVICES; n++) {
				await call(n % 2 === 0 ? a : b, "PUT", `/${crypto.randomUUID()}`, body());
			}
			for (const [name, node] of [["a", a] as const, ["b", b] as const]) {
				await until(
					async () => (await ofCluster(node)).sums.devices === DEVICES,
					"all to be known",
				);
				const view = await ofCluster(node);
				expect([...Value.Errors(StatusView, await told(node))]).toEqual([]);
				expect(view).toMatchObject({ name: "lab", node: name, problem: null });
				expect(view.nodes.map(({ state }) => state)).toEqual(["ok", "ok"]);
				const owned = view.nodes.flatMap(({ partitions }) => partitions);
				expect(owned.toSorted((x, y) => x - y)).toEqual([-1, 0, 1, 2, 3, 4, 5, 6, 7]);
				const figures = view.nodes.map((one) => one.figures);
				expect(figures.map((one) => Value.Check(NodeFigures, one))).toEqual([true, true]);
				const devices = figures.reduce((sum, one) => sum + (one?.devices ?? 0), 0);
				expect(devices).toBe(DEVICES);
			}
		},
		TEST_MS,
	);
});

import { expect, test } from "bun:test";
import { Value } from "@sinclair/typebox/value";
import { clusterRows } from "../../src/cluster/cluster-rows.ts";
import type { Member } from "../../src/cluster/members.ts";
import { ClusterRows } from "../../src/contract/cluster-views.ts";

const FIGURES = {
	...{ devices: 5, online: 2, graphs: 1, waiting: 3, engines: 1 },
	...{ received_per_second: 0.1, published_per_second: 0.2, memory_bytes: 1000 },
};

const member = (name: string, more: Partial<Member> = {}): Member => ({
	...{ name, process: "", version: "1.0.0", url: "", partitions: 0, seenSeconds: 1 },
	...{ isAlive: true, brokerSeconds: 60, isDraining: false, figures: FIGURES },
	...more,
});

const owner = (id: number, of: string | null, isExpired = false) => ({
	...{ id, owner: of, token: 1, sinceSeconds: 5, isExpired },
});

test("each node has its state and partitions, and the sums are those of nodes that are alive", () => {
	const rows = clusterRows({
		name: "lab",
		nodes: [
			member("a"),
			member("b", { brokerSeconds: null, figures: null }),
			member("c", { isDraining: true }),
			member("d", { isAlive: false, isDraining: true, brokerSeconds: null }),
		],
		partitions: [owner(-1, "a"), owner(0, "a"), owner(1, null), owner(2, "d", true)],
	});
	expect([...Value.Errors(ClusterRows, rows)]).toEqual([]);
	expect(rows.nodes.map(({ state, partitions }) => [state, partitions])).toEqual([
		["ok", [-1, 0]],
		["no broker", []],
		["draining", []],
		["silent", [2]],
	]);
	expect(rows.partitions).toEqual({ all: 4, without_owner: 1, not_renewed: 1 });
	expect(rows.sums).toEqual({
		...{ devices: 10, online: 4, graphs: 2, waiting: 6, engines: 2 },
		...{ received_per_second: 0.2, published_per_second: 0.4, memory_bytes: 2000 },
	});
});

test("the project manager is none of the partitions, and on one node, on none at the moment, or there is none", () => {
	const rowsWith = (...partitions: ReturnType<typeof owner>[]) =>
		clusterRows({ name: "lab", nodes: [member("a")], partitions });
	const rows = rowsWith(owner(-2, "a", true), owner(-1, "a"), owner(0, "a"));
	expect([...Value.Errors(ClusterRows, rows)]).toEqual([]);
	expect(rows.project_manager).toBe("a");
	expect(rows.nodes[0]?.partitions).toEqual([-1, 0]);
	expect(rows.partitions).toEqual({ all: 2, without_owner: 0, not_renewed: 0 });
	expect(rowsWith(owner(-2, null), owner(-1, "a"))).toMatchObject({
		project_manager: null,
		partitions: { all: 1, without_owner: 0 },
	});
	expect(rowsWith(owner(-1, "a"))).not.toHaveProperty("project_manager");
});

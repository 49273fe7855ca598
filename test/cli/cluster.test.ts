import { describe, expect, test } from "bun:test";
import { clusterText } from "../../src/cli/cluster.ts";
import type { NodeView } from "../../src/cluster/members.ts";

const node = (name: string, more: Partial<NodeView> = {}): NodeView => ({
	...{
		name,
		process: `${name}.lab (process 7)`,
		version: "1.2.3",
		url: `http://${name}.lab:9992`,
		partitions: 1,
		seenSeconds: 0.25,
	},
	...{ isAlive: true, brokerSeconds: 7200, isDraining: false },
	...more,
});

describe("iotctl cluster list", () => {
	test("has a line for each node, with its state and ages", () => {
		const text = clusterText({
			name: "lab",
			nodes: [
				node("a"),
				node("b", { brokerSeconds: null }),
				node("c", { isDraining: true, partitions: 0, brokerSeconds: 90 }),
				node("d", { isAlive: false, seenSeconds: 200_000 }),
			],
			partitions: [-1, 0, 1].map((id) => ({
				...{ id, owner: "a", token: 1, sinceSeconds: 5, isExpired: false },
			})),
		});
		expect(text.split("\n")).toEqual([
			"Cluster lab: 4 nodes, 2 partitions and the router's",
			"",
			"NODE  STATE      PARTITIONS  SEEN   BROKER FOR  VERSION  URL                WHERE",
			"a     ok         1           0.3 s  2 h         1.2.3    http://a.lab:9992  a.lab (process 7)",
			"b     no broker  1           0.3 s  no          1.2.3    http://b.lab:9992  b.lab (process 7)",
			"c     draining   0           0.3 s  1 min       1.2.3    http://c.lab:9992  c.lab (process 7)",
			"d     silent     1           2 d    2 h         1.2.3    http://d.lab:9992  d.lab (process 7)",
			"",
		]);
	});

	test("says what no one works on", () => {
		const text = clusterText({
			name: "lab",
			nodes: [],
			partitions: [
				{ id: -1, owner: null, token: 3, sinceSeconds: 5, isExpired: false },
				{ id: 0, owner: "a", token: 3, sinceSeconds: 5, isExpired: true },
			],
		});
		expect(text).not.toContain("project manager");
		expect(text).toContain("\n1 partition without an owner\n");
		expect(text).toContain("\n1 partition not renewed in time\n");
		expect(text).toStartWith("Cluster lab: 0 nodes, 1 partition and the router's");
	});

	test("says who has the project manager", () => {
		const withOwner = (owner: string | null) =>
			clusterText({
				name: "lab",
				nodes: [],
				partitions: [-2, -1, 0].map((id) => ({
					...{ id, owner: id === -2 ? owner : "a", token: 3, sinceSeconds: 5, isExpired: false },
				})),
			});
		expect(withOwner("a")).toContain("\nThe project manager is on a\n");
		expect(withOwner(null)).toContain("\nThe project manager is on no node\n");
		expect(withOwner(null)).not.toContain("without an owner");
		expect(withOwner("a")).toStartWith("Cluster lab: 0 nodes, 1 partition and the router's");
	});
});

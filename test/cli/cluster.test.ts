import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clusterText, drainText, listCluster } from "../../src/cli/cluster.ts";
import type { ClusterRows, NodeView } from "../../src/contract/cluster-views.ts";
import { messageOf } from "../../src/kit/errors.ts";
import { SERVER_MODULES } from "../../src/servers/server-modules.ts";

const FIGURES = {
	...{ devices: 5, online: 2, graphs: 1, waiting: 0, engines: 1 },
	...{ received_per_second: 10.5, published_per_second: 9, memory_bytes: 2 ** 27 },
};

const node = (name: string, more: Partial<NodeView> = {}): NodeView => ({
	...{ name, state: "ok", url: `http://${name}.lab:9992`, process: `${name}.lab (process 7)` },
	...{ version: "1.2.3", seen_seconds: 0.25, broker_seconds: 7200 },
	...{ partitions: [0], figures: FIGURES },
	...more,
});

const cluster = (
	nodes: NodeView[],
	more: Partial<ClusterRows["partitions"]> = {},
	projects?: string | null,
) =>
	clusterText({
		...{ name: "lab", nodes, sums: { ...FIGURES, devices: 25 } },
		partitions: { all: 3, without_owner: 0, not_renewed: 0, ...more },
		...(projects !== undefined && { project_manager: projects }),
	});

describe("iotctl cluster list", () => {
	test("has a line for each node with its state and ages, and one with its figures", () => {
		const text = cluster([
			node("a", { partitions: [-1, 0, 1] }),
			node("b", { state: "no broker", broker_seconds: null }),
			node("c", { state: "draining", partitions: [], broker_seconds: 90, figures: null }),
			node("d", { state: "silent", seen_seconds: 200_000 }),
		]);
		expect(text.split("\n")).toEqual([
			"Cluster lab: 4 nodes, 2 partitions and the router's",
			"",
			"NODE  STATE      PARTITIONS  SEEN   BROKER FOR  VERSION  URL                WHERE",
			"a     ok         3           0.3 s  2 h         1.2.3    http://a.lab:9992  a.lab (process 7)",
			"b     no broker  1           0.3 s  no          1.2.3    http://b.lab:9992  b.lab (process 7)",
			"c     draining   0           0.3 s  1 min       1.2.3    http://c.lab:9992  c.lab (process 7)",
			"d     silent     1           2 d    2 h         1.2.3    http://d.lab:9992  d.lab (process 7)",
			"",
			"NODE  DEVICES  ONLINE  GRAPHS  IN/S  OUT/S  WAITING  MEMORY   ENGINES",
			"a     5        2       1       10.5  9      0        128 MiB  1",
			"b     5        2       1       10.5  9      0        128 MiB  1",
			"c     ?        ?       ?       ?     ?      ?        ?        ?",
			"d     ?        ?       ?       ?     ?      ?        ?        ?",
			"all   25       2       1       10.5  9      0        128 MiB  1",
			"",
		]);
	});

	test("says that the database does not answer", async () => {
		const folder = mkdtempSync(join(tmpdir(), "iotctl-list-"));
		try {
			const config = join(folder, "x.ini");
			writeFileSync(
				config,
				`[core]\nuserdir = ${folder}\n[core-db]\ntype = postgres\nurl = postgres://ann@127.0.0.1:1/x\n`,
			);
			expect(await listCluster({ modules: SERVER_MODULES, config }, false).catch(messageOf)).toBe(
				"Cannot ask the cluster: its database cannot be reached; iotctl check says more",
			);
		} finally {
			rmSync(folder, { recursive: true });
		}
	});

	test("says that all are silent, which a database that takes no changes makes of nodes that run", () => {
		const silent = "All nodes are silent: none is running, or the database takes no changes";
		expect(cluster([node("a", { state: "silent" }), node("b", { state: "silent" })])).toContain(
			silent,
		);
		expect(cluster([node("a", { state: "silent" }), node("b")])).not.toContain(silent);
		expect(cluster([])).not.toContain(silent);
	});

	test("says what no one works on", () => {
		const text = cluster([], { without_owner: 1, not_renewed: 1 });
		expect(text).not.toContain("project manager");
		expect(text).toContain("\n1 partition without an owner\n");
		expect(text).toContain("\n1 partition not renewed in time\n");
		expect(text).toStartWith("Cluster lab: 0 nodes, 2 partitions and the router's");
	});

	test("says who has the project manager", () => {
		expect(cluster([], {}, "a")).toContain("\nThe project manager is on a\n");
		expect(cluster([], {}, null)).toContain("\nThe project manager is on no node\n");
		expect(cluster([], {}, null)).not.toContain("without an owner");
	});
});

test("a node that is to be drained has someone to give to, or keeps what it has", () => {
	const others = [node("b", { state: "silent" }), node("c", { state: "no broker" })];
	const all = [node("a"), ...others, node("d", { state: "draining" })];
	expect(drainText("a", all)).toBe(
		"a keeps what it has until there is another node that could take it.\n",
	);
	expect(drainText("a", [...all, node("e")])).toBe("a gives what it has to the others.\n");
});

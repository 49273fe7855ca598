import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { type Around, cluster, schemasOfNode } from "../../../src/cli/check/cluster.ts";
import { CLUSTER_SCHEMA } from "../../../src/cluster/schema.ts";
import { SERVER_MODULES } from "../../../src/servers/server-modules.ts";
import { openStore } from "../../../src/store/open-store.ts";
import { postgresForAll } from "../../support/databases.ts";
import { quietLog } from "../../support/log.ts";
import { hasPostgres } from "../../support/postgres-server.ts";

const { ini: INI, names: servers } = SERVER_MODULES;
const READY: Around = { servers, running: undefined, hasDatabase: true };

test("a server alone has nothing of it", async () => {
	expect(await cluster(INI.defaults(), READY)).toEqual([]);
	expect(schemasOfNode(INI.defaults())).toEqual([]);
});

test("what a node needs is missed", async () => {
	const alone = INI.parse("x.ini", "[cluster]\nname = lab\n");
	expect(await cluster(alone, READY)).toEqual([
		{
			...{ what: "cluster", state: "FAIL" },
			text: "the nodes of a cluster share a PostgreSQL database: set type = postgres and url in [core-db], or leave name in [cluster] empty",
		},
	]);
});

describe.skipIf(!hasPostgres())("iotctl check of a node", () => {
	const postgres = postgresForAll();
	let userdir: string;
	let database: string;
	/** Answers as any other node would: that it is asked is enough. */
	let other: Server;
	let otherUrl: string;
	beforeAll(async () => {
		other = createServer((_request, response) => void response.writeHead(503).end());
		await new Promise<void>((done) => other.listen(0, "127.0.0.1", done));
		const address = other.address();
		if (address === null || typeof address === "string") throw new Error("no port");
		otherUrl = `http://127.0.0.1:${address.port}`;
	});
	afterAll(() => other.close());
	beforeEach(async () => {
		userdir = mkdtempSync(join(tmpdir(), "iotctl-check-"));
		database = await postgres.server.database();
	});
	afterEach(() => rmSync(userdir, { recursive: true }));

	const config = (more = "", core = "") =>
		INI.parse(
			"x.ini",
			`[core]\nuserdir = ${userdir}\n${core}[core-db]\ntype = postgres\nurl = ${postgres.server.url(database)}\n[core-mqtt]\nbroker = external\n[cluster]\nname = lab\nnode = b\nurl = http://127.0.0.1:1\npartitions = 8\n${more}`,
		);
	const said = async (...changes: Parameters<typeof config>) =>
		(await cluster(config(...changes), READY)).map(({ state, text }) => `${state} ${text}`);

	/** Other nodes, as rows: name and where they are reached. */
	async function makeCluster(nodes: Readonly<Record<string, string>>): Promise<void> {
		const place = { userdir, url: postgres.server.url(database) };
		await (await openStore(place, quietLog, [CLUSTER_SCHEMA])).close();
		await postgres.server.ask("INSERT INTO cluster (name, partitions) VALUES ('lab', 8)", database);
		for (const [name, url] of Object.entries(nodes)) {
			await postgres.server.ask(
				`INSERT INTO cluster_nodes (name, run, place, process, version, url, seen, until) VALUES
				('${name}', '', '', 'lab2 (process 7)', '1.0.0', '${url}', now(), now() + interval '1 hour')`,
				database,
			);
		}
	}

	test("says that it is the first one", async () => {
		expect(await said()).toEqual([
			"ok node b of lab, 8 partitions; the first one: its start makes the cluster",
		]);
		expect(schemasOfNode(config())).toEqual([CLUSTER_SCHEMA]);
	});

	test("lists the others, and says which does not answer", async () => {
		await makeCluster({ a: otherUrl });
		const well = [`ok node b of lab, 8 partitions; others: a at ${otherUrl}`];
		expect(await said()).toEqual(well);
		await postgres.server.ask("UPDATE cluster_nodes SET url = 'http://127.0.0.1:2'", database);
		expect((await said())[1]).toMatch(
			/^note the node "a" does not answer at http:\/\/127\.0\.0\.1:2 \(.+\): requests cannot be passed on to it$/,
		);
	});

	test("takes the server of its directory for none of the others, under whatever name it was started", async () => {
		const process = `${hostname()} (process 7)`;
		await makeCluster({ a: otherUrl });
		await postgres.server.ask(`UPDATE cluster_nodes SET process = '${process}'`, database);
		const renamed = config();
		const same = { ...renamed, cluster: { ...renamed.cluster, url: otherUrl } };
		const found = await cluster(same, { ...READY, running: { pid: 7 } });
		expect(found.map(({ text }) => text)).toEqual([
			"node b of lab, 8 partitions; no other node is running",
		]);
		expect(await cluster(same, { ...READY, running: { pid: 8 } })).toHaveLength(2);
	});

	test("says what would be refused, and what would go wrong", async () => {
		await makeCluster({ a: otherUrl, b: "http://lab2:9992" });
		expect(await said("lease = 5\n", "bind = 0.0.0.0\n")).toEqual([
			`ok node b of lab, 8 partitions; others: a at ${otherUrl}`,
			expect.stringMatching(
				/^note the node "b" gave a sign of life [\d.]+ s ago, on lab2 \(process 7\): while it runs elsewhere, a start is refused; give each node a name of its own, with node in \[cluster\]$/,
			),
		]);
		const [mine] = await cluster(config(), { ...READY, running: { pid: 7 } });
		expect(mine?.text).not.toContain("sign of life");
		await postgres.server.ask("DELETE FROM cluster_nodes WHERE name = 'b'", database);
		const twice = config();
		const same = { ...twice, cluster: { ...twice.cluster, url: otherUrl } };
		expect((await cluster(same, READY))[1]?.text).toBe(
			`url in [cluster] is ${otherUrl}, which is that of the node "a" of the cluster: while that runs, a start is refused; give each node its own`,
		);
		const far = { ...twice, cluster: { ...twice.cluster, url: "http://10.0.0.2:9992" } };
		expect((await cluster(far, READY))[1]?.text).toBe(
			"bind in [core] is this machine only: other nodes cannot reach this one at http://10.0.0.2:9992; set bind = 0.0.0.0, or url in [cluster] to an address of this machine only",
		);
		await postgres.server.ask("UPDATE cluster SET partitions = 64", database);
		expect(await said()).toEqual([
			"FAIL partitions in [cluster] is 8, but the database of the cluster was made with 64: set partitions = 64",
		]);
		expect(await cluster(config(), { ...READY, hasDatabase: false })).toEqual([]);
	});
});

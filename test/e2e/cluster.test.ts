// Two nodes of a cluster, on a mosquitto and a PostgreSQL.
import { describe, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { clusterView } from "../../src/cluster/members.ts";
import { messageOf } from "../../src/kit/errors.ts";
import { openShared } from "../../src/store/shared.ts";
import { Flow } from "../support/flow.ts";
import { body, call, TestDevice } from "../support/gateway.ts";
import { quietLog } from "../support/log.ts";
import { hasPostgres } from "../support/postgres-server.ts";
import { hasProgram } from "../support/programs.ts";
import { startBinary } from "../support/target.ts";
import { twoNodes } from "../support/two-nodes.ts";
import { DEADLINE_MS, TEST_MS, until } from "../support/waiting.ts";

const SQUARE = "def run(x): return x * x\n";
const FLOWS = 4;
const AWAY = 8;

describe.skipIf(!hasPostgres() || !hasProgram("mosquitto"))("two nodes", () => {
	const made = twoNodes("each", startBinary);

	test(
		"run graphs of devices that any of them has registered; a node that is stopped leaves its graphs to the other",
		async () => {
			const { cluster, a, b } = made;
			const flows = await Promise.all(
				Array.from({ length: FLOWS }, (_, n) =>
					Flow.build(n % 2 === 0 ? a : b, { idfs: [{ code: SQUARE }], odfs: [{}] }),
				),
			);
			for (const flow of flows) await flow.expect([3], [9]);
			// Devices that are away, of partitions of both.
			for (let n = 0; n < AWAY; n++) await call(a, "PUT", `/${randomUUID()}`, body());
			// What is sent while an engine starts waits for it: no one is connected meanwhile.
			const send = ({ device, idfTopics }: Flow, n: number) =>
				device.client.publish(idfTopics[0] ?? "", [n], { qos: 1 });
			await b.stop();
			await cluster.settled("a");
			expect(b.log()).not.toContain("cannot store presence");
			for (const flow of flows) await send(flow, 4);
			for (const flow of flows) expect((await flow.receive()).text).toBe("[16]");
			// A change of a graph that the other node had made.
			for (const { graph, device } of flows) {
				await graph.ok({ op: "rm_link", da_id: device.id, idf: "idf0" });
				// Before that it may be told of its features once more.
				let signal = await device.signal();
				while (signal.command === "CONNECT") signal = await device.signal();
				expect(signal).toMatchObject({ command: "DISCONNECT", idf: "idf0" });
			}
			for (const { device } of flows) await device.client.end();
		},
		TEST_MS,
	);

	test(
		"a device is what it is at each of them",
		async () => {
			const { a, b } = made;
			const device = await TestDevice.register(a, { name: "Lamp" });
			for (const node of [a, b]) {
				const { status, json } = await call(node, "GET", `/${device.id}`);
				expect([status, json.name]).toEqual([200, "Lamp"]);
			}
			const changed = await call(b, "POST", `/${device.id}`, { name: "Other" });
			expect(changed.status).toBe(200);
			expect((await call(a, "GET", `/${device.id}`)).json.name).toBe("Other");
			const again = await call(b, "PUT", `/${device.id}`, body({ name: "Third" }));
			expect(again.json.rev).not.toBe(device.rev);
			const wrong = await call(a, "DELETE", `/${device.id}`, { rev: device.rev });
			expect(wrong.status).toBe(400);
			const gone = await call(a, "DELETE", `/${device.id}`, { rev: again.json.rev });
			expect(gone.status).toBe(200);
			for (const node of [a, b]) {
				expect((await call(node, "GET", `/${device.id}`)).status).toBe(404);
			}
			await device.client.end();
		},
		TEST_MS,
	);

	test(
		"hear what devices said at QoS 0 while the router was dead, and tell no device its features twice",
		async () => {
			const { cluster, a } = made;
			const dead = (await cluster.owners()).get(-1) ?? "";
			const left = dead === "a" ? "b" : "a";
			const flow = await Flow.build(cluster.node(left), { idfs: [], odfs: [] });
			const idOfLeft = async (): Promise<string> => {
				const id = randomUUID();
				return (await cluster.ownerOf(id)) === left ? id : idOfLeft();
			};
			const steady = await TestDevice.register(a, {}, await idOfLeft());
			const [leaving, coming] = [await TestDevice.register(a), await TestDevice.register(a)];
			const say = ({ id, rev, client }: TestDevice, state: string) =>
				client.publish(`${id}/ctrl/i`, { state, rev }, { retain: true, qos: 0 });
			const online = async () => {
				const rows = await cluster.ask("SELECT da_id FROM devices WHERE online");
				const names = { [steady.id]: "steady", [leaving.id]: "leaving", [coming.id]: "coming" };
				return rows
					.flatMap(({ da_id }) => names[String(da_id)] ?? [])
					.toSorted()
					.join();
			};
			for (const device of [steady, leaving]) await say(device, "online");
			await flow.graph.ok({ op: "add_link", da_id: steady.id, idf: "idf0" });
			expect(await steady.signal()).toMatchObject({ command: "CONNECT" });
			await until(async () => (await online()) === "leaving,steady", "two to be online");
			await cluster.kill(dead);
			await say(leaving, "offline");
			await say(coming, "online");
			await cluster.settled(left);
			await until(async () => (await online()) === "coming,steady", "what was said to be known");
			await flow.graph.ok({ op: "rm_link", da_id: steady.id, idf: "idf0" });
			expect(await steady.signal()).toMatchObject({ command: "DISCONNECT" });
			const clients = [flow.device, steady, leaving, coming].map(({ client }) => client.end());
			await Promise.all(clients);
		},
		TEST_MS,
	);

	test(
		"are listed with what they have; a second one of a name is refused in one line",
		async () => {
			const { cluster, a } = made;
			const options = { userdir: a.userdir, url: cluster.url };
			const database = await openShared(options, DEADLINE_MS, quietLog);
			const { name, nodes } = await clusterView(database);
			database.close();
			expect(name).toBe("lab");
			expect(nodes.map((node) => [node.name, node.isAlive])).toEqual([
				["a", true],
				["b", true],
			]);
			const metrics = (await call(a, "GET", "/metrics")).text;
			expect(metrics).toMatch(/iotctl_cluster_partitions\{node="a"\} [45]\n/);
			const refused = await cluster.add("a").catch(messageOf);
			expect(refused).toContain('the node "a" of the cluster is running already, on ');
		},
		TEST_MS,
	);
});

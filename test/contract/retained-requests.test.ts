import { afterEach, describe, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { call, TestGraph } from "../support/gateway.ts";
import { TestClient } from "../support/mqtt.ts";
import { startTarget, type Target, TESTS_EXTERNAL } from "../support/target.ts";
import { until } from "../support/waiting.ts";

let target: Target;
afterEach(() => target.dispose());

const REQUESTS = "iottalk/api/req/";
const RETAINED = { retain: true, qos: 1 } as const;

async function inputs(): Promise<number> {
	const graphs: unknown = JSON.parse((await call(target, "GET", "/api/graphs")).text);
	if (!Array.isArray(graphs)) throw new Error("no list of graphs");
	return graphs.reduce((sum, { idfs }) => sum + idfs.length, 0);
}

/** What lies retained below a filter. */
async function retainedOn(client: TestClient, filter: string): Promise<string[]> {
	await client.subscribe(filter);
	const marker = `marker/${randomUUID()}`;
	await client.subscribe(marker);
	await client.publish(marker, "end");
	await client.next(marker);
	return client.inbox.waiting.filter(({ retain }) => retain).map(({ topic }) => topic);
}

async function drawn(client: TestClient): Promise<{ graph: TestGraph; link: object }> {
	const graph = await TestGraph.open(client, "gui", "g");
	await graph.ok({ op: "attach" });
	const link = { da_id: randomUUID(), idf: "meow" };
	await graph.ok({ op: "add_link", ...link });
	return { graph, link };
}

describe("§4.1 requests that lie retained", () => {
	test("§4.1 a request published to be retained is carried out once, when it comes", async () => {
		target = await startTarget();
		let client = await TestClient.connect(target.mqtt);
		const { graph, link } = await drawn(client);
		await client.publish(graph.request, { op: "rm_link", ...link }, RETAINED);
		expect(await client.nextJson(graph.response)).toMatchObject({ op: "rm_link", state: "ok" });
		await graph.ok({ op: "add_link", ...link });
		const kept = await retainedOn(await TestClient.connect(target.mqtt), `${REQUESTS}#`);
		expect(kept).toEqual(TESTS_EXTERNAL ? [graph.request] : []);
		if (!TESTS_EXTERNAL) await client.end();
		target = await target.restart();
		if (!TESTS_EXTERNAL) client = await TestClient.connect(target.mqtt);
		const again = await TestGraph.open(client, "gui", "g");
		await again.ok({ op: "start_monitor" });
		expect(await inputs()).toBe(1);
		expect(client.inbox.waiting.filter(({ topic }) => topic === again.response)).toEqual([]);
		if (TESTS_EXTERNAL) expect(target.log()).toContain("it is a retained message on the broker");
	});

	test("§4.1 detach of graph, client or device API lies there at a start and changes nothing", async () => {
		target = await startTarget();
		const client = await TestClient.connect(target.mqtt);
		const { graph } = await drawn(client);
		await client.subscribe("iottalk/api/res/gui/device");
		await client.publish(`${REQUESTS}gui/device`, { op: "attach" });
		await client.nextJson("iottalk/api/res/gui/device");
		const topics = [
			graph.request,
			`${REQUESTS}gui/graph`,
			`${REQUESTS}gui`,
			`${REQUESTS}gui/device`,
		];
		if (!TESTS_EXTERNAL) {
			// There is no one to retain it while the built-in broker is down; while it runs, it does not.
			const other = topics.map((topic) => topic.replace("/gui", "/other"));
			for (const topic of other) await client.publish(topic, { op: "detach" }, RETAINED);
			expect(await retainedOn(await TestClient.connect(target.mqtt), `${REQUESTS}#`)).toEqual([]);
			return;
		}
		target = await target.restart(async () => {
			for (const topic of topics) await client.publish(topic, { op: "detach" }, RETAINED);
		});
		// Its list comes after a restart only when it is still attached.
		expect(await client.nextJson("iottalk/api/res/gui/device")).toMatchObject({ op: "attach" });
		const again = await TestGraph.open(client, "gui", "g");
		await again.ok({ op: "start_monitor" });
		expect(await inputs()).toBe(1);
		await until(
			() =>
				target.log().split("it is a retained message on the broker").length - 1 === topics.length,
			"a line for each of them",
		);
	});
});

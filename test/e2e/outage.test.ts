// The external broker goes away in every way a broker can, while data flows.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Flow } from "../support/flow.ts";
import { call, TestGraph } from "../support/gateway.ts";
import { Mosquitto } from "../support/mosquitto.ts";
import { TestClient } from "../support/mqtt.ts";
import { hasProgram } from "../support/programs.ts";
import { startBinary, type Target } from "../support/target.ts";
import { LONG_DEADLINE_MS, until } from "../support/waiting.ts";

const ready = hasProgram("mosquitto");
let folder: string;
let mosquitto: Mosquitto;
let target: Target;
let flow: Flow;

beforeEach(async () => {
	folder = mkdtempSync(join(tmpdir(), "iotctl-outage-"));
	mosquitto = await Mosquitto.start(folder);
	target = await startBinary(mosquitto.ini);
	flow = await Flow.build(target, {
		idfs: [{ code: "n = 0\ndef run(x):\n    global n\n    n += 1\n    return n\n" }],
		odfs: [{}],
	});
	await flow.expect(1, [1]);
});
afterEach(async () => {
	await target?.dispose();
	await mosquitto?.stop();
	if (folder !== undefined) rmSync(folder, { recursive: true });
});

async function untilHealthIs(status: number): Promise<unknown> {
	let reasons: unknown;
	await until(
		async () => {
			const answer = await call(target, "GET", "/health");
			reasons = answer.json.reasons;
			return answer.status === status;
		},
		`health ${status}`,
		{ ms: LONG_DEADLINE_MS },
	);
	return reasons;
}

/** Sends until an answer comes: the clients need a moment to be back, too. */
async function untilDataFlows(): Promise<unknown> {
	const client = await TestClient.connect(target.mqtt);
	await client.subscribe(flow.odfTopics[0] ?? "");
	const answer = client.next(flow.odfTopics[0] ?? "");
	const timer = setInterval(() => client.raw.publish(flow.idfTopics[0] ?? "", "1"), 100);
	const { text } = await answer.finally(() => clearInterval(timer));
	await client.end();
	return JSON.parse(text);
}

/** The graph is the one from before, and can be changed. */
async function expectControlPlaneIntact(): Promise<void> {
	const client = await TestClient.connect(target.mqtt);
	const name = flow.graph.request.split("/").at(-1);
	const graph = await TestGraph.open(client, "gui", name);
	const link = { op: "add_link", da_id: flow.device.id, idf: "idf0" };
	expect(await graph.call(link)).toMatchObject({ reason: "link already exists" });
	await graph.ok({ op: "add_link", da_id: flow.device.id, odf: "another" });
	expect((await call(target, "GET", `/${flow.device.id}`)).json).toMatchObject({
		rev: flow.device.rev,
	});
	await client.end();
}

describe.if(ready)("an external broker that", () => {
	test("stops and comes back empty: the outage is told, then everything goes on", async () => {
		await mosquitto.stop();
		expect(await untilHealthIs(503)).toEqual([expect.stringContaining("cannot reach the broker")]);
		await until(
			() => target.log().includes("broker connection lost"),
			"the log line about the broker",
		);
		// Registration does not need the broker.
		const { device } = flow;
		expect((await call(target, "GET", `/${device.id}`)).status).toBe(200);
		await mosquitto.run();
		await untilHealthIs(200);
		expect(await untilDataFlows()).toEqual([expect.any(Number)]);
		await expectControlPlaneIntact();
	});

	test("restarts at once, several times", async () => {
		for (let times = 0; times < 3; times++) {
			await mosquitto.stop();
			await mosquitto.run();
			await untilDataFlows();
		}
		await untilHealthIs(200);
		await expectControlPlaneIntact();
	});

	test("hangs: it is noticed, and when it goes on so does the data, with functions' globals kept", async () => {
		mosquitto.signal("SIGSTOP");
		expect(await untilHealthIs(503)).toEqual([expect.stringContaining("cannot reach the broker")]);
		mosquitto.signal("SIGCONT");
		await untilHealthIs(200);
		const [count] = (await untilDataFlows()) as number[];
		expect(count).toBeGreaterThan(1);
		await expectControlPlaneIntact();
	});
});

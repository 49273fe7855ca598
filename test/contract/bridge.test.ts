// A mosquitto bridged to the built-in broker with its default settings: messages pass both ways, once each.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Mosquitto } from "../support/mosquitto.ts";
import { TestClient } from "../support/mqtt.ts";
import { hasProgram } from "../support/programs.ts";
import { startTarget, type Target, TESTS_EXTERNAL } from "../support/target.ts";
import { until } from "../support/waiting.ts";

const kinds = TESTS_EXTERNAL ? [] : ([0, 1, 2] as const);
describe.if(hasProgram("mosquitto")).each(kinds)("a bridge at QoS %d", (bridgeQos) => {
	let target: Target;
	let folder: string;
	let mosquitto: Mosquitto;
	let there: TestClient;
	let here: TestClient;
	beforeEach(async () => {
		target = await startTarget();
		folder = mkdtempSync(join(tmpdir(), "iotctl-bridge-"));
		const { port } = new URL(target.mqtt);
		const bridge = `connection gateway\naddress 127.0.0.1:${port}\ntopic # both ${bridgeQos}\n`;
		mosquitto = await Mosquitto.start(folder, "", "", bridge);
		there = await TestClient.connect(`mqtt://127.0.0.1:${mosquitto.port}`);
		here = await TestClient.connect(target.mqtt);
		await there.subscribe("t/#");
		await here.subscribe("t/#");
		// A first message that comes through shows that the bridge is there.
		await until(
			async () => {
				await there.publish("t/up", "?", { qos: 1 });
				return here.inbox.waiting.length > 0;
			},
			"the bridge",
			{ seen: () => target.log() },
		);
		await there.publish("t/mark", "x");
		await Promise.all([here.next("t/mark"), there.next("t/mark")]);
		here.inbox.clear();
		there.inbox.clear();
	});
	afterEach(async () => {
		await Promise.all([there.end(), here.end()]);
		await mosquitto.stop();
		await target.dispose();
		rmSync(folder, { recursive: true });
	});

	test("passes messages of every QoS both ways, once each", async () => {
		for (const qos of [0, 1, 2] as const) {
			await there.publish(`t/${qos}`, "from there", { qos });
			await here.publish(`t/${qos}`, "from here", { qos });
		}
		await there.publish("t/end", "of there");
		await here.publish("t/end", "of here");
		const seen = async (client: TestClient) => {
			const counts = new Map<string, number>();
			let ends = 0;
			while (ends < 2) {
				const { topic, text } = await client.inbox.take("a message");
				if (topic === "t/end") ends += 1;
				else counts.set(`${topic} ${text}`, (counts.get(`${topic} ${text}`) ?? 0) + 1);
			}
			return counts;
		};
		const once = new Map(
			[0, 1, 2].flatMap((qos) => [
				[`t/${qos} from there`, 1] as const,
				[`t/${qos} from here`, 1] as const,
			]),
		);
		expect(await seen(there)).toEqual(once);
		expect(await seen(here)).toEqual(once);
		expect([there.inbox.waiting, here.inbox.waiting]).toEqual([[], []]);
	});

	test("retained messages pass as such, and sessions do not bring the bridge its own back", async () => {
		await here.publish("r/here", "kept", { retain: true });
		await there.publish("r/there", "kept", { retain: true });
		await here.subscribe("r/#");
		await there.subscribe("r/#");
		for (const client of [here, there]) {
			for (const topic of ["r/here", "r/there"]) {
				expect((await client.next(topic)).text).toBe("kept");
			}
		}
		const late = await TestClient.connect(`mqtt://127.0.0.1:${mosquitto.port}`);
		await late.subscribe("r/#");
		for (const topic of ["r/here", "r/there"]) {
			expect(await late.next(topic)).toMatchObject({ text: "kept", retain: true });
		}
		await late.end();
		await mosquitto.stop();
		await here.publish("t/away", "while the bridge is away", { qos: 1 });
		expect(target.log()).not.toContain("client dropped");
	});
});

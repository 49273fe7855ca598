import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ClusterBroker } from "../../src/cluster/cluster-broker.ts";
import { handedTopic } from "../../src/cluster/control-topics.ts";
import { ExternalBroker } from "../../src/mqtt/external.ts";
import type { BrokerMessage } from "../../src/mqtt/port.ts";
import { externalOptions } from "../support/embedded.ts";
import { quietLog } from "../support/log.ts";
import { Mosquitto } from "../support/mosquitto.ts";
import { TestClient } from "../support/mqtt.ts";
import { hasProgram } from "../support/programs.ts";
import { Inbox, until } from "../support/waiting.ts";

const REQUEST = "iottalk/api/req/c/graph/g";

describe.if(hasProgram("mosquitto"))("the broker of a node", () => {
	let folder: string;
	let mosquitto: Mosquitto;
	let broker: ClusterBroker;
	let client: TestClient;
	const heard = new Inbox<BrokerMessage>();
	beforeEach(async () => {
		folder = mkdtempSync(join(tmpdir(), "iotctl-node-broker-"));
		mosquitto = await Mosquitto.start(folder);
		broker = new ClusterBroker(
			new ExternalBroker(externalOptions({ port: mosquitto.port }), quietLog),
			quietLog,
		);
		await broker.start();
		client = await TestClient.connect(`mqtt://127.0.0.1:${mosquitto.port}`);
		heard.clear();
	});
	afterEach(async () => {
		await client.end();
		await broker.stop();
		await mosquitto.stop();
		rmSync(folder, { recursive: true });
	});

	const hear = (message: BrokerMessage) => heard.add(message);
	/** Hands it a message, as the session of partition 3 does. @returns how often it was done. */
	const hand = (topic: string) => {
		const done = { times: 0 };
		broker.takeHanded(
			{
				...{ topic, payload: Buffer.from("{}"), retained: false, qos: 1 },
				...{ clientId: null, user: null, connection: null },
				done: () => {
					done.times += 1;
				},
			},
			{ partition: 3, token: 5 },
		);
		return done;
	};

	test("control messages come from the router only, with the topics they were published on", async () => {
		const unsubscribe = await broker.subscribe("iottalk/api/req/+/graph/+", hear);
		await broker.subscribe("own/+", hear);
		await client.publish(REQUEST, "{}");
		await client.publish("own/x", "{}");
		expect((await heard.take("what is not a control message")).topic).toBe("own/x");
		const first = hand(handedTopic(3, REQUEST));
		const message = await heard.take("the request");
		expect([message.topic, first.times]).toEqual([REQUEST, 0]);
		message.done?.();
		expect([message.handed, first.times]).toEqual([undefined, 1]);
		const mark = { mark: "1-7", packetId: 3, isRepeated: true, isStored: false };
		hand(handedTopic(3, REQUEST, mark));
		expect((await heard.take("what the router has handed on")).handed).toEqual({
			...mark,
			lease: 5,
		});
		await unsubscribe();
		// No one hears it any more, and no one will.
		expect(hand(handedTopic(3, REQUEST)).times).toBe(1);
		expect(hand("elsewhere").times).toBe(1);
		expect(heard.waiting).toEqual([]);
	});

	test("a message that several hear is done when all of them are, also where one throws", async () => {
		await broker.subscribe("+/ctrl/i", () => {
			throw new Error("on purpose");
		});
		await broker.subscribe("+/ctrl/i", hear);
		await broker.subscribe("+/ctrl/i", hear);
		const handed = hand(handedTopic(3, "d/ctrl/i"));
		const [one, two] = [await heard.take("the first"), await heard.take("the second")];
		one.done?.();
		expect(handed.times).toBe(0);
		two.done?.();
		expect([handed.times, broker.handlerFailures]).toEqual([1, 1]);
	});

	test("from its end on nothing is done: the next owner gets it", async () => {
		await broker.subscribe("+/ctrl/i", hear);
		broker.finishData();
		expect(hand(handedTopic(3, "d/ctrl/i")).times).toBe(0);
		expect(heard.waiting).toEqual([]);
	});

	test("holds and finishes the sessions of partitions, and says what is wrong with them", () => {
		broker.holdData(true);
		const calls: unknown[] = [];
		let problem: string | undefined;
		broker.use(
			{
				get problem() {
					return problem;
				},
				holdData: (isHeld) => void calls.push(isHeld),
				finish: () => void calls.push("finish"),
			},
			{
				reachedBroker: (ms) => ms < 1000,
			},
		);
		expect([999, 1000].map((ms) => broker.reachedByOthers(ms))).toEqual([true, false]);
		broker.holdData(true);
		broker.holdData(false);
		broker.finishData();
		expect(calls).toEqual([true, false, "finish"]);
		expect(broker.problem).toBeUndefined();
		problem = "2 partitions are being taken over";
		expect(broker.problem).toBe(problem);
	});

	test("publishes over the connection of the node, by which others count on it", async () => {
		await client.subscribe("out/#");
		await broker.publish("out/1", "a", { qos: 1 });
		await broker.as().publish("out/2", "b", { qos: 0 });
		await broker.publishData("out/3", "c", 1);
		for (const text of ["a", "b", "c"]) {
			expect((await client.inbox.take(text, (message) => message.text === text)).text).toBe(text);
		}
		expect(broker.lostMs).toBe(0);
		await mosquitto.stop();
		await until(() => broker.lostMs > 0, "it to notice");
		expect(broker.problem).toContain("broker");
	});
});

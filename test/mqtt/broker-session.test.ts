import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { BrokenRules } from "../../src/mqtt/broken-rules.ts";
import { BrokerSession } from "../../src/mqtt/broker-session.ts";
import { CallGuard } from "../../src/mqtt/call-guard.ts";
import type { BrokerMessage } from "../../src/mqtt/port.ts";
import { SubscriptionGrants } from "../../src/mqtt/subscription-grants.ts";
import { HandBroker } from "../support/hand-broker.ts";
import { quietLog } from "../support/log.ts";
import { Inbox, until } from "../support/waiting.ts";

const ID = "iotctl-lab-3";
/** Longer than any patience of the server's own session. */
const LONG_MS = 300;

let broker: HandBroker;
let session: BrokerSession;
let mayReturn: (() => Promise<boolean>)[];
const heard = new Inbox<BrokerMessage>();
const ended = new Inbox<string>();

beforeEach(async () => {
	broker = await HandBroker.start();
	heard.clear();
	ended.clear();
	mayReturn = [];
	session = new BrokerSession(
		{
			...{ clientId: ID, filters: ["esm/3/+"], qos: 1 },
			mayReturn: () => mayReturn.shift()?.() ?? Promise.resolve(true),
			onLost: () => ended.add("lost"),
		},
		{
			limits: { maxUnsent: 10 },
			connection: (at) => ({
				...{ ...at, username: "", password: "", clientName: "csm" },
				...{ scheme: "mqtt", ca: undefined, connectTimeoutMs: 5000 },
			}),
		},
		{
			...{
				log: quietLog,
				broken: new BrokenRules(quietLog),
				guard: new CallGuard(quietLog),
				grants: new SubscriptionGrants(quietLog),
			},
			opened: (channel) => channel.open({ host: "127.0.0.1", port: broker.port }),
			ended: () => ended.add("ended"),
		},
	);
	await session.subscribe("esm/3/a", (message) => heard.add(message));
});
afterEach(async () => {
	session.cut();
	await broker.stop();
});

const ready = () => until(() => session.isReady, "the session");
const take = async () => {
	const { done, isKept } = await heard.take("a message");
	expect(isKept).toBe(true);
	if (done === undefined) throw new Error("no one waits for it");
	return done;
};
const isAcknowledged = () => broker.heard.waiting.some(({ cmd }) => cmd === "puback");

describe("a session for a piece of work", () => {
	test("is kept by the broker, and subscribes to its filters only", async () => {
		session.open();
		const { clientId, clean } = await broker.next("connect");
		expect([clientId, clean]).toEqual([ID, false]);
		const { subscriptions } = await broker.next("subscribe");
		expect(subscriptions.map(({ topic, qos }) => [topic, qos])).toEqual([["esm/3/+", 1]]);
		await ready();
		await session.subscribe("esm/3/b", () => {});
		await session.subscribe("esm/4/x", () => {});
		const later = await broker.next("subscribe");
		expect(later.subscriptions.map(({ topic }) => topic)).toEqual(["esm/4/x"]);
	});

	test("a message is acknowledged once it is done, however long that takes, behind its result", async () => {
		session.open();
		await ready();
		broker.publish("esm/3/a", "[1]", 1, 5);
		const done = await take();
		await Bun.sleep(LONG_MS);
		expect(isAcknowledged()).toBe(false);
		void session.publishData("out", "[2]", 1);
		done();
		expect((await broker.next("publish")).topic).toBe("out");
		expect((await broker.next("puback")).messageId).toBe(5);
	});

	test("what no one hears is acknowledged, and stays subscribed", async () => {
		session.open();
		await ready();
		broker.publish("esm/3/none", "[1]", 1, 6);
		expect((await broker.next("puback")).messageId).toBe(6);
		expect(broker.heard.waiting.some(({ cmd }) => cmd === "unsubscribe")).toBe(false);
	});

	test("a handler that throws is done with the message", async () => {
		await session.subscribe("esm/3/bad", () => {
			throw new Error("on purpose");
		});
		session.open();
		await ready();
		broker.publish("esm/3/bad", "[1]", 1, 7);
		expect((await broker.next("puback")).messageId).toBe(7);
	});

	test("finishes what it has taken, takes nothing more, and leaves the session at the broker", async () => {
		session.open();
		await ready();
		broker.publish("esm/3/a", "[1]", 1, 8);
		const done = await take();
		let isFinished = false;
		const finished = session.finish().then(() => {
			isFinished = true;
		});
		broker.publish("esm/3/a", "[2]", 1, 9);
		await Bun.sleep(LONG_MS / 10);
		expect([isFinished, heard.waiting.length]).toEqual([false, 0]);
		done();
		await finished;
		await session.leave();
		expect((await broker.next("puback")).messageId).toBe(8);
		await broker.next("disconnect");
		expect(broker.heard.waiting.map(({ cmd }) => cmd)).not.toContain("puback");
		expect(broker.heard.waiting.map(({ cmd }) => cmd)).not.toContain("unsubscribe");
		await ended.take("its end");
	});

	test("one that is cut publishes nothing more, and is finished", async () => {
		session.open();
		await ready();
		broker.publish("esm/3/a", "[1]", 1, 10);
		const done = await take();
		session.cut();
		void session.publishData("out", "[1]", 1);
		done();
		await session.finish();
		await Bun.sleep(LONG_MS / 10);
		expect(isAcknowledged()).toBe(false);
		expect(broker.heard.waiting.some(({ cmd }) => cmd === "publish")).toBe(false);
	});

	test("that the broker has lost it is told each time, and not of one that it has kept", async () => {
		session.open();
		await broker.next("subscribe");
		await ready();
		broker.hadSession = true;
		broker.cut();
		await broker.next("subscribe");
		await ready();
		expect(ended.waiting).toEqual([]);
		broker.hadSession = false;
		broker.cut();
		expect(await ended.take("the loss")).toBe("lost");
		expect((await broker.next("subscribe")).subscriptions).toMatchObject([{ topic: "esm/3/+" }]);
	});

	test("is usable as soon as it is back, however often it was lost: that it may be is asked each time", async () => {
		session.open();
		for (let loss = 1; loss <= 4; loss++) {
			await broker.next("connect");
			await ready();
			broker.cut();
			await until(() => !session.isReady, "the loss");
		}
		await ready();
		expect(session.problem).toBeUndefined();
	});

	test("one that is opened late asks first: its program may have stood still, and another one may have it", async () => {
		const asked = new Inbox<string>();
		const answer = Promise.withResolvers<boolean>();
		mayReturn = [
			() => {
				asked.add("asked");
				return answer.promise;
			},
		];
		await Bun.sleep(2 * LONG_MS);
		session.open();
		await asked.take("it to ask");
		expect(broker.heard.waiting).toEqual([]);
		answer.resolve(true);
		expect((await broker.next("connect")).clientId).toBe(ID);
	});

	test("after a loss it comes back only when that is allowed", async () => {
		let asked = 0;
		mayReturn = [
			() => {
				asked += 1;
				return Promise.reject(new Error("the database does not answer"));
			},
			() => {
				asked += 1;
				return Promise.resolve(true);
			},
			() => {
				asked += 1;
				return Promise.resolve(false);
			},
		];
		session.open();
		await ready();
		await broker.next("connect");
		broker.cut();
		await broker.next("connect");
		expect(asked).toBe(2);
		await ready();
		broker.cut();
		await until(() => asked === 3, "the last question");
		await Bun.sleep(LONG_MS);
		expect(broker.heard.waiting.filter(({ cmd }) => cmd === "connect")).toEqual([]);
	});
});

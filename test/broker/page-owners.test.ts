// The topics of pages: one connection each, and the server (`ccm-gui.md §5`).
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { EmbeddedBroker } from "../../src/broker/embedded.ts";
import type { BrokerMessage } from "../../src/mqtt/mod.ts";
import { brokerOptions, MemoryDisk, MemorySessions, OPEN, openGate } from "../support/embedded.ts";
import { quietLog } from "../support/log.ts";
import { TestClient } from "../support/mqtt.ts";
import { Inbox } from "../support/waiting.ts";

const REQ = "iottalk/api/gui/req/";
const RES = "iottalk/api/gui/res/";

let broker: EmbeddedBroker;
let disk: MemoryDisk;
let page: string;
const heard = new Inbox<Pick<BrokerMessage, "topic" | "connection"> & { text: string }>();
const left = new Inbox<string>();

beforeEach(async () => {
	page = crypto.randomUUID();
	disk = new MemoryDisk();
	broker = new EmbeddedBroker(brokerOptions(), {
		disk,
		sessionDisk: new MemorySessions(),
		authority: OPEN,
		gate: openGate,
		log: quietLog,
	});
	await broker.subscribe(`${REQ}+`, ({ topic, connection, payload }) =>
		heard.add({ topic, connection, text: Buffer.from(payload).toString() }),
	);
	broker.servePages((id) => left.add(id));
	await broker.start();
});
afterEach(async () => {
	await broker.stop();
	heard.clear();
	left.clear();
});

const connect = (options = {}) => TestClient.connect(`mqtt://127.0.0.1:${broker.port}`, options);
const textOf = (text: string) => (message: { text: string }) => message.text === text;

/** Everything a client has got by now on pages' topics. */
async function got(client: TestClient): Promise<string[]> {
	const fence = crypto.randomUUID();
	await client.subscribe("fence");
	await broker.publish("fence", fence, { qos: 2 });
	await client.inbox.take("the fence", textOf(fence));
	return client.inbox.waiting.flatMap(({ topic, text }) =>
		topic.startsWith("iottalk/api/gui/") ? [text] : [],
	);
}

describe("a page's topics", () => {
	test.each([0, 1, 2] as const)(
		"reach its connection and the server alone at QoS %d",
		async (qos) => {
			const spy = await connect();
			for (const filter of ["#", "iottalk/#", `${RES}+`, `${REQ}+`, "+/+/+/+/+"]) {
				await spy.subscribe(filter);
			}
			const owner = await connect();
			await owner.subscribe(RES + page);
			await owner.publish(REQ + page, "ask", { qos });
			const { text, connection } = await heard.take("the request");
			expect([text, connection?.isOpen]).toEqual(["ask", true]);
			await broker.publish(RES + page, "answer", { qos: 2 });
			expect((await owner.next(RES + page)).text).toBe("answer");
			await broker.publish(RES + crypto.randomUUID(), "no one's", { qos: 2 });
			expect(await got(spy)).toEqual([]);
			// What the owner hears by a wildcard comes once.
			await owner.subscribe("#");
			await broker.publish(RES + page, "again", { qos: 2 });
			expect(await got(owner)).toEqual(["again"]);
		},
	);

	test("belong to the first connection, whatever others publish or ask for", async () => {
		const owner = await connect();
		await owner.publish(REQ + page, "first", { qos: 1 });
		const { connection } = await heard.take("the first request");
		expect(connection?.isOpen).toBe(true);
		const other = await connect();
		expect(await other.maySubscribe(RES + page)).toBe(false);
		expect(await other.maySubscribe(REQ + page)).toBe(false);
		for (const qos of [0, 1, 2] as const) {
			await other.publish(REQ + page, "forged", { qos });
			await other.publish(RES + page, "forged", { qos });
		}
		await owner.subscribe(RES + page);
		await owner.publish(REQ + page, "second", { qos: 1 });
		expect((await heard.take("the second request")).text).toBe("second");
		expect(await got(owner)).toEqual([]);
		expect(heard.waiting).toEqual([]);
	});

	test("are free again when it has gone, and its last will still arrives", async () => {
		const will = {
			topic: REQ + page,
			payload: Buffer.from("detach"),
			qos: 1,
			retain: true,
		} as const;
		const owner = await connect({ will });
		await owner.publish(REQ + page, "attach", { qos: 1 });
		const { connection } = await heard.take("attach");
		owner.vanish();
		expect(await left.take("its end")).toBe(page);
		expect(await heard.take("the will")).toMatchObject({ text: "detach", connection });
		expect(connection?.isOpen).toBe(false);
		const next = await connect();
		expect(await next.maySubscribe(RES + page)).toBe(true);
		// A dead connection's will must not reach the next owner's page as its own.
		await next.publish(REQ + page, "x", { qos: 1 });
		expect((await heard.take("x")).connection).not.toBe(connection);
	});

	test("are not retained, and not kept for a session", async () => {
		const options = { clean: false, clientId: "session" };
		const owner = await connect(options);
		await owner.subscribe(RES + page);
		await owner.subscribe("#");
		await owner.publish(REQ + page, "kept?", { qos: 1, retain: true });
		await heard.take("the request");
		await owner.end();
		await left.take("its end");
		await broker.publish(RES + page, "late", { qos: 2 });
		const next = await connect(options);
		await next.subscribe(`${REQ}+`);
		expect(await got(next)).toEqual([]);
		await broker.stop();
		expect([...disk.messages.keys()]).toEqual([]);
	});

	test("with an id that is not a UUID are no one's, and one connection has sixteen pages at most", async () => {
		const client = await connect();
		await client.subscribe(`${RES}nonsense`);
		await client.publish(`${REQ}nonsense`, "x", { qos: 1 });
		await broker.publish(`${RES}nonsense`, "y", { qos: 2 });
		expect(await got(client)).toEqual([]);
		for (let pages = 0; pages < 16; pages++) await client.subscribe(RES + crypto.randomUUID());
		expect(await client.maySubscribe(RES + crypto.randomUUID())).toBe(false);
	});
});

test("a server that serves no pages treats the topics as any others", async () => {
	const deps = { disk: new MemoryDisk(), authority: OPEN, gate: openGate, log: quietLog };
	const plain = new EmbeddedBroker(brokerOptions(), deps);
	await plain.start();
	const url = `mqtt://127.0.0.1:${plain.port}`;
	const manager = await TestClient.connect(url);
	await manager.subscribe(`${REQ}+`);
	const client = await TestClient.connect(url);
	await client.publish(REQ + page, "attach");
	expect((await manager.next(REQ + page)).text).toBe("attach");
	await plain.stop();
});

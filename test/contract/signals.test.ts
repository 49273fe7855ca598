import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { body, call, TestDevice, TestGraph } from "../support/gateway.ts";
import { TestClient } from "../support/mqtt.ts";
import { startTarget, type Target, TESTS_EXTERNAL } from "../support/target.ts";
import { until } from "../support/waiting.ts";

let target: Target;
let gui: TestClient;
beforeAll(async () => {
	target = await startTarget();
	gui = await TestClient.connect(target.mqtt);
});
afterAll(() => target.dispose());

const attached = async () => {
	const graph = await TestGraph.open(gui);
	await graph.ok({ op: "attach" });
	return graph;
};
/** More than the built-in broker works on at a time; with another one, a single message was enough. */
const MANY = TESTS_EXTERNAL ? 300 : 18_000;
const topicOf = (signal: Record<string, unknown>) => String(signal.topic);

describe("§3.2 signals", () => {
	test("§3.2 add_link CONNECTs an online device before the reply, IDF and ODF on topics of their own", async () => {
		const device = await TestDevice.register(target);
		const graph = await attached();
		await device.say("online");
		await graph.ok({ op: "add_link", da_id: device.id, idf: "meow" });
		const idf = await device.signal();
		expect(idf).toEqual({
			msg_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
			command: "CONNECT",
			idf: "meow",
			topic: expect.stringMatching(/^iottalk\/esm\/[0-9a-f-]{36}$/),
		});
		await graph.ok({ op: "add_link", da_id: device.id, odf: "meow" });
		const odf = await device.signal();
		expect(odf).toMatchObject({ command: "CONNECT", odf: "meow" });
		expect(odf.topic).not.toBe(idf.topic);
	});

	test("§3.2 signals have QoS 2 and are not retained", async () => {
		const device = await TestDevice.register(target);
		const graph = await attached();
		await device.say("online");
		await graph.ok({ op: "add_link", da_id: device.id, idf: "meow" });
		const signal = await device.client.next(`${device.id}/ctrl/o`);
		expect([signal.qos, signal.retain]).toEqual([2, false]);
		const late = await TestClient.connect(target.mqtt);
		await late.subscribe(`${device.id}/ctrl/o`);
		await graph.ok({ op: "rm_link", da_id: device.id, idf: "meow" });
		expect(await late.nextJson(`${device.id}/ctrl/o`)).toMatchObject({ command: "DISCONNECT" });
	});

	test("§3.2 an offline device gets its CONNECTs at the next online, oldest first, once each", async () => {
		const device = await TestDevice.register(target);
		const graph = await attached();
		for (const idf of ["first", "second"])
			await graph.ok({ op: "add_link", da_id: device.id, idf });
		await graph.ok({ op: "add_link", da_id: device.id, odf: "third" });
		expect(device.client.inbox.waiting).toEqual([]);
		await device.say("online");
		const signals = [await device.signal(), await device.signal(), await device.signal()];
		expect(signals.map(({ idf, odf }) => idf ?? odf)).toEqual(["first", "second", "third"]);
		// Answered CONNECTs never come again; the next signal is the one for the next link.
		await graph.ok({ op: "add_link", da_id: device.id, odf: "fourth" });
		expect(await device.signal()).toMatchObject({ odf: "fourth" });
	});

	test("§3.2 rm_link DISCONNECTs with the real topic; a later add_link gets a new one", async () => {
		const device = await TestDevice.register(target);
		const graph = await attached();
		await device.say("online");
		await graph.ok({ op: "add_link", da_id: device.id, idf: "meow" });
		const connect = await device.signal();
		await graph.ok({ op: "rm_link", da_id: device.id, idf: "meow" });
		expect(await device.signal()).toEqual({
			...connect,
			command: "DISCONNECT",
			msg_id: expect.not.stringMatching(String(connect.msg_id)),
		});
		await graph.ok({ op: "add_link", da_id: device.id, idf: "meow" });
		const again = await device.signal();
		expect(again.command).toBe("CONNECT");
		expect(again.topic).not.toBe(connect.topic);
	});

	test("§3.2 no DISCONNECT for a feature the registration was not CONNECTed for", async () => {
		const device = await TestDevice.register(target);
		const graph = await attached();
		await graph.ok({ op: "add_link", da_id: device.id, idf: "gone" });
		await graph.ok({ op: "rm_link", da_id: device.id, idf: "gone" });
		await device.say("online");
		await graph.ok({ op: "add_link", da_id: device.id, idf: "stays" });
		expect(await device.signal()).toMatchObject({ command: "CONNECT", idf: "stays" });
	});

	test("§3.2 graphs that link the same feature share its topic, the last one gone ends it", async () => {
		const device = await TestDevice.register(target);
		const [one, two] = [await attached(), await attached()];
		await device.say("online");
		const link = { op: "add_link", da_id: device.id, idf: "meow" };
		await one.ok(link);
		const connect = await device.signal();
		await two.ok(link);
		await one.ok({ ...link, op: "rm_link" });
		await two.ok({ ...link, op: "rm_link" });
		expect(await device.signal()).toMatchObject({ command: "DISCONNECT", topic: connect.topic });
	});

	test("§3.2 an unanswered CONNECT is sent again with the same msg_id, three times at most", async () => {
		const device = await TestDevice.register(target);
		const graph = await attached();
		await device.say("online");
		await graph.ok({ op: "add_link", da_id: device.id, odf: "silent" });
		const first = await device.signal(false);
		for (let resend = 1; resend <= 3; resend++) expect(await device.signal(false)).toEqual(first);
		await graph.ok({ op: "rm_link", da_id: device.id, odf: "silent" });
		expect(await device.signal(false)).toMatchObject({ command: "DISCONNECT" });
	});

	test("§3.2 an error answer is an answer: the CONNECT does not come again", async () => {
		const device = await TestDevice.register(target);
		const graph = await attached();
		await device.say("online");
		await graph.ok({ op: "add_link", da_id: device.id, idf: "refused" });
		const { msg_id } = await device.signal(false);
		await device.client.publish(`${device.id}/ctrl/i`, { msg_id, state: "error", reason: "busy" });
		await graph.ok({ op: "add_link", da_id: device.id, idf: "probe" });
		const probe = await device.signal(false);
		expect(probe.idf).toBe("probe");
		// The probe's own first resend comes later than any resend of the refused one would.
		expect(await device.signal(true)).toEqual(probe);
	});

	test("§3.2 the first CONNECT waits until the seed's device, online before it subscribes, listens", async () => {
		const id = randomUUID();
		const { json } = await call(target, "PUT", `/${id}`, body());
		const graph = await attached();
		await graph.ok({ op: "add_link", da_id: id, idf: "meow" });
		const device = await TestClient.connect(target.mqtt);
		await device.publish(
			`${id}/ctrl/i`,
			{ state: "online", rev: json.rev },
			{ retain: true, qos: 0 },
		);
		await device.subscribe(`${id}/ctrl/o`, 0);
		expect(await device.nextJson(`${id}/ctrl/o`, 1500)).toMatchObject({ command: "CONNECT" });
	});
});

describe("§3.1 presence", () => {
	test("§3.1 another rev is ignored", async () => {
		const device = await TestDevice.register(target);
		const graph = await attached();
		await graph.ok({ op: "add_link", da_id: device.id, idf: "meow" });
		await device.say("online", randomUUID());
		await device.say("online");
		expect(await device.signal()).toMatchObject({ command: "CONNECT" });
		await graph.ok({ op: "add_link", da_id: device.id, odf: "meow" });
		expect(await device.signal()).toMatchObject({ odf: "meow" });
	});

	test("§3.1 every online CONNECTs all links again with fresh msg_ids and the same topics", async () => {
		const device = await TestDevice.register(target);
		const graph = await attached();
		await graph.ok({ op: "add_link", da_id: device.id, idf: "meow" });
		await device.say("online");
		const first = await device.signal();
		await device.say("online");
		const second = await device.signal();
		await device.say("offline");
		await device.say("online");
		const third = await device.signal();
		expect([topicOf(second), topicOf(third)]).toEqual([topicOf(first), topicOf(first)]);
		expect(new Set([first.msg_id, second.msg_id, third.msg_id]).size).toBe(3);
	});

	test("§3.1 a message with msg_id is an answer and never changes presence", async () => {
		const device = await TestDevice.register(target);
		const graph = await attached();
		await device.say("online");
		await graph.ok({ op: "add_link", da_id: device.id, idf: "meow" });
		const signal = await device.signal(false);
		// The seed echoes the command; a Java bug says "reason"; none of it means offline.
		await device.client.publish(`${device.id}/ctrl/i`, { ...signal, state: "ok" });
		await device.client.publish(`${device.id}/ctrl/i`, {
			msg_id: "other",
			state: "offline",
			rev: device.rev,
		});
		await graph.ok({ op: "add_link", da_id: device.id, odf: "meow" });
		expect(await device.signal()).toMatchObject({ command: "CONNECT", odf: "meow" });
	});

	test("§3.1 a msg_id that is neither text nor a number voids the message, however often it comes", async () => {
		const device = await TestDevice.register(target);
		const graph = await attached();
		const uplink = `${device.id}/ctrl/i`;
		await device.say("online");
		const odd = [
			'{"msg_id":{"toString":1}}',
			'{"msg_id":{"toString":1,"valueOf":1},"state":"ok"}',
			`{"msg_id":[{"toString":1}],"state":"offline","rev":"${device.rev}"}`,
			`{"msg_id":null,"state":"offline","rev":"${device.rev}"}`,
		];
		// On the slow path and the fast one.
		for (let n = 0; n < MANY; n++) {
			device.client.raw.publish(uplink, odd[n % odd.length] ?? "", { qos: n % 3 === 0 ? 0 : 1 });
			if (n % 500 === 0) await device.client.publish(uplink, odd[0]);
		}
		await device.client.publish(uplink, odd[1]);
		await graph.ok({ op: "add_link", da_id: device.id, idf: "meow" });
		expect(await device.signal()).toMatchObject({ command: "CONNECT" });
		expect((await call(target, "GET", "/health")).json).toMatchObject({ live: true, ready: true });
	});

	test("§3.1 a void message that lies retained harms neither this start nor the next", async () => {
		const other = await startTarget();
		const device = await TestDevice.register(other);
		await device.client.publish(`${device.id}/ctrl/i`, '{"msg_id":{"toString":1}}', {
			retain: true,
		});
		await device.client.end();
		const again = await other.restart();
		const client = await TestClient.connect(again.mqtt);
		const graph = await TestGraph.open(client);
		await graph.ok({ op: "attach" });
		expect((await call(again, "GET", "/health")).json).toMatchObject({ ready: true });
		expect(again.log()).not.toContain("unexpected failure");
		await again.dispose();
	});

	test("§3.1 whatever else comes up the uplink is ignored", async () => {
		const device = await TestDevice.register(target);
		const graph = await attached();
		const uplink = `${device.id}/ctrl/i`;
		const odd = [
			"",
			"nonsense",
			"[]",
			"5",
			"null",
			'{"state":"online"}',
			'{"rev":"x"}',
			'{"state":5}',
		];
		for (const payload of odd) await device.client.publish(uplink, payload);
		await device.client.publish(uplink, Buffer.from([0xff, 0xfe]));
		await device.say("online");
		await graph.ok({ op: "add_link", da_id: device.id, idf: "meow" });
		expect(await device.signal()).toMatchObject({ command: "CONNECT" });
	});

	test("§3.1 a last will takes the device offline, so a link waits for the next online", async () => {
		const id = randomUUID();
		const { json } = await call(target, "PUT", `/${id}`, body());
		const message = (state: string) => JSON.stringify({ state, rev: json.rev });
		const device = await TestClient.connect(target.mqtt, {
			will: {
				topic: `${id}/ctrl/i`,
				payload: Buffer.from(message("offline")),
				qos: 0,
				retain: true,
			},
		});
		await gui.subscribe(`${id}/ctrl/i`);
		await device.publish(`${id}/ctrl/i`, message("online"), { retain: true });
		await gui.next(`${id}/ctrl/i`);
		device.vanish();
		expect(await gui.nextJson(`${id}/ctrl/i`)).toMatchObject({ state: "offline" });
		await gui.subscribe(`${id}/ctrl/o`);
		const graph = await attached();
		await graph.ok({ op: "add_link", da_id: id, idf: "meow" });
		expect(gui.inbox.waiting.filter(({ topic }) => topic === `${id}/ctrl/o`)).toEqual([]);
	});

	test("§2.2 re-registration makes the device offline; links and topics survive", async () => {
		const device = await TestDevice.register(target);
		const graph = await attached();
		await device.say("online");
		await graph.ok({ op: "add_link", da_id: device.id, idf: "meow" });
		const before = await device.signal();
		const again = await TestDevice.register(target, {}, device.id);
		expect(again.rev).not.toBe(device.rev);
		await graph.ok({ op: "add_link", da_id: device.id, odf: "later" });
		expect(again.client.inbox.waiting).toEqual([]);
		await again.say("online");
		expect(await again.signal()).toMatchObject({ idf: "meow", topic: before.topic });
		expect(await again.signal()).toMatchObject({ odf: "later" });
	});

	test("§2.4 deregistration leaves the retained offline and the links", async () => {
		const device = await TestDevice.register(target);
		const graph = await attached();
		await graph.ok({ op: "add_link", da_id: device.id, idf: "meow" });
		await device.say("online");
		const connect = await device.signal();
		await device.say("offline");
		await call(target, "DELETE", `/${device.id}`, { rev: device.rev });
		await gui.subscribe(`${device.id}/ctrl/i`);
		const retained = await gui.next(`${device.id}/ctrl/i`);
		expect([retained.retain, JSON.parse(retained.text).state]).toEqual([true, "offline"]);
		const again = await TestDevice.register(target, {}, device.id);
		await again.say("online");
		expect(await again.signal()).toMatchObject({ idf: "meow", topic: connect.topic });
	});

	test("§2.6 a device that stays away is deregistered", async () => {
		const short = await startTarget({ core: { "da-expiration": 1 } });
		const id = randomUUID();
		await call(short, "PUT", `/${id}`, body());
		const kept = await TestDevice.register(short);
		await kept.say("online");
		await until(
			async () => (await call(short, "GET", `/${id}`)).status === 404,
			"the device to expire",
		);
		expect((await call(short, "GET", `/${kept.id}`)).status).toBe(200);
		await short.dispose();
	});
});

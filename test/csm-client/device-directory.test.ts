import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { DeviceDirectory, type DeviceEvent } from "../../src/csm-client/mod.ts";
import { isUuid, systemClock } from "../../src/kit/mod.ts";
import { call, TestDevice } from "../support/gateway.ts";
import { quietLog } from "../support/log.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { startTarget, type Target } from "../support/target.ts";
import { Inbox, until } from "../support/waiting.ts";
import { connectTo, LossyMqtt } from "./support/connection.ts";

let target: Target;
beforeAll(async () => {
	target = await startTarget();
});
afterAll(() => target.dispose());

async function open(clock: ManualClock | typeof systemClock = systemClock) {
	const broker = await connectTo(target.mqtt);
	const mqtt = new LossyMqtt(broker);
	const client = crypto.randomUUID();
	const directory = new DeviceDirectory({ client }, { mqtt, clock, log: quietLog });
	const events = new Inbox<DeviceEvent>();
	directory.onEvent((event) => events.add(event));
	return {
		directory,
		mqtt,
		broker,
		client,
		/** The next event of a kind, about a device where it has one. */
		next: (type: DeviceEvent["type"], id?: string) =>
			events.take(`${type} of ${id}`, (event) => event.type === type && isAbout(event, id)),
		close: async () => {
			await directory.stop();
			await broker.stop();
		},
	};
}

function isAbout(event: DeviceEvent, id: string | undefined): boolean {
	if (id === undefined || event.type === "resync") return true;
	return (event.type === "gone" ? event.id : event.device.id) === id;
}

describe("directory of devices", () => {
	test("begins with the list, and follows registration, presence and departure", async () => {
		const known = await TestDevice.register(target, { profile: { model: "Lamp", u_name: "ann" } });
		await known.say("online");
		const { directory, next, close } = await open();
		expect(directory.devices.size).toBe(0);
		await directory.start();
		await next("resync");
		expect(directory.devices.get(known.id)).toMatchObject({
			name: "BetaCat",
			model: "Lamp",
			profile: { u_name: "ann" },
		});

		const fresh = await TestDevice.register(target, { name: "Dög" });
		const registered = await next("registered", fresh.id);
		expect(registered).toMatchObject({ device: { name: "Dög", presence: "nothing" } });
		await fresh.say("online");
		await next("presence", fresh.id);
		expect(directory.devices.get(fresh.id)?.presence).toBe("online");

		await call(target, "DELETE", `/${fresh.id}`, { rev: fresh.rev });
		expect(await next("gone", fresh.id)).toEqual({ type: "gone", id: fresh.id, expired: false });
		expect(directory.devices.has(fresh.id)).toBe(false);
		await close();
	});

	test("has the list again when CSM has restarted", async () => {
		const { directory, next, close } = await open();
		await directory.start();
		await next("resync");
		const there = await TestDevice.register(target);
		await there.say("online");
		await next("presence", there.id);
		target = await target.restart();
		await next("resync");
		expect(directory.devices.has(there.id)).toBe(true);
		await close();
	});

	test("asks again after growing pauses while CSM does not answer", async () => {
		const clock = new ManualClock();
		const { directory, mqtt, next, close } = await open(clock);
		mqtt.loses = ({ isRequest }) => isRequest;
		await directory.start();
		await until(() => mqtt.sent.length === 1, "the first request");
		expect(directory.problem).toBeUndefined();
		clock.move(5000 + 999);
		expect(mqtt.sent).toHaveLength(1);
		expect(directory.problem).toBe("CSM does not answer the device API");
		clock.move(1);
		expect(mqtt.sent).toHaveLength(2);
		clock.move(5000 + 1999);
		expect(mqtt.sent).toHaveLength(2);
		mqtt.loses = () => false;
		clock.move(1);
		await next("resync");
		expect(directory.problem).toBeUndefined();
		clock.move(60_000);
		expect(mqtt.sent).toHaveLength(3);
		await close();
	});

	test("asks for the list when it hears of a device it does not know", async () => {
		const { directory, mqtt, next, close } = await open();
		await directory.start();
		await next("resync");
		mqtt.loses = ({ json }) => json.type === "register";
		const missed = await TestDevice.register(target);
		await missed.say("online");
		await next("resync");
		expect(directory.devices.get(missed.id)?.presence).toBe("online");
		await close();
	});

	test("does not ask again for a device that a list had no room for", async () => {
		const { directory, mqtt, broker, client, next, close } = await open();
		await directory.start();
		await next("resync");
		const topic = `iottalk/api/res/${client}/device`;
		const say = (message: object) => broker.publish(topic, JSON.stringify(message), { qos: 2 });
		await say({ op: "attach", state: "ok", da_list: {}, partial: true });
		await next("resync");
		await say({ op: "anno", type: "online", da: "abc" });
		await say({ op: "anno", type: "deregister", da: "abc" });
		await next("gone", "abc");
		expect(mqtt.sent.length).toBe(1);
		await say({ op: "attach", state: "ok", da_list: {} });
		await next("resync");
		await say({ op: "anno", type: "online", da: "abc" });
		await until(() => mqtt.sent.length === 2, "the list to be asked for");
		await close();
	});

	test("tells a device that stayed away from one that left", async () => {
		const { directory, mqtt, broker, client, next, close } = await open();
		await directory.start();
		await next("resync");
		const gone = { op: "anno", type: "deregister", da: "ABC", reason: "expired" };
		const topic = `iottalk/api/res/${client}/device`;
		// Nothing on the topic can stop it.
		for (const odd of [
			"no JSON",
			"[]",
			"{}",
			'{"op":"anno","type":"register","da":{"id":1}}',
			'{"op":"anno","type":"register","da":{"id":"a/#"}}',
		]) {
			await broker.publish(topic, odd, { qos: 2 });
		}
		await broker.publish(topic, JSON.stringify(gone), { qos: 2 });
		expect(await next("gone", "abc")).toEqual({ type: "gone", id: "abc", expired: true });
		expect(mqtt.sent.length).toBe(1);
		expect([...directory.devices.keys()].filter((id) => !isUuid(id))).toEqual([]);
		await close();
	});
});

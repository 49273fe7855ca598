import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { body, call, TestGraph } from "../support/gateway.ts";
import { TestClient } from "../support/mqtt.ts";
import { startTarget, type Target, TESTS_EXTERNAL } from "../support/target.ts";
import { until } from "../support/waiting.ts";

let target: Target;
let gui: TestClient;
beforeAll(async () => {
	target = await startTarget();
	gui = await TestClient.connect(target.mqtt);
});
afterAll(async () => {
	await gui.end();
	await target.dispose();
});

/** Another program's broker does not show its connections: there messages decide alone. */
const SEEN = TESTS_EXTERNAL ? "online" : "offline";

interface Registered {
	readonly id: string;
	readonly rev: string;
	readonly uplink: string;
	say(state: string): string;
}

async function register(id: string = randomUUID()): Promise<Registered> {
	const { json } = await call(target, "PUT", `/${id}`, body());
	const rev = String(json.rev);
	const say = (state: string) => JSON.stringify({ state, rev });
	return { id, rev, uplink: `${id}/ctrl/i`, say };
}

const willOf = ({ uplink, say }: Registered, state = "offline") => ({
	will: { topic: uplink, payload: Buffer.from(say(state)), qos: 0 as const, retain: true },
});

async function stateOf(id: string): Promise<unknown> {
	const { text } = await call(target, "GET", "/api/devices");
	const devices: unknown = JSON.parse(text);
	if (!Array.isArray(devices)) throw new Error(`no list: ${text}`);
	return devices.find((device) => device.id === id)?.state;
}

const becomes = (id: string, state: string) =>
	until(async () => (await stateOf(id)) === state, `device ${id} to be ${state}`);

/** Resolves when everything that was sent on a device's uplink before has been worked on. */
async function settled(device: Registered): Promise<void> {
	const probe = await TestGraph.open(gui);
	await gui.publish(device.uplink, "nothing of interest");
	await probe.ok({ op: "attach" });
}

describe("§3.1 whose offline is believed", () => {
	test("§3.1 the late will of an old connection does not put a device offline that came back", async () => {
		const device = await register();
		const old = await TestClient.connect(target.mqtt, willOf(device));
		await old.publish(device.uplink, device.say("online"), { retain: true });
		const fresh = await TestClient.connect(target.mqtt, willOf(device));
		await fresh.subscribe(`${device.id}/ctrl/o`);
		await fresh.publish(device.uplink, device.say("online"), { retain: true });
		await gui.subscribe(device.uplink);
		// A will of QoS 0 may overtake what was confirmed at QoS 2.
		await settled(device);
		old.vanish();
		await gui.inbox.take("the will", ({ text }) => text.includes("offline"));
		await settled(device);
		expect(await stateOf(device.id)).toBe(TESTS_EXTERNAL ? "offline" : "online");
		if (!TESTS_EXTERNAL) {
			const graph = await TestGraph.open(gui);
			await graph.ok({ op: "attach" });
			await graph.ok({ op: "add_link", da_id: device.id, idf: "meow" });
			expect(await fresh.nextJson(`${device.id}/ctrl/o`)).toMatchObject({ command: "CONNECT" });
		}
		fresh.vanish();
		await becomes(device.id, "offline");
		await gui.unsubscribe(device.uplink);
	});

	test("§3.1 of three connections the newest decides, whichever goes first", async () => {
		const device = await register();
		const clients: TestClient[] = [];
		for (let n = 0; n < 3; n++) {
			const client = await TestClient.connect(target.mqtt, willOf(device));
			await client.publish(device.uplink, device.say("online"), { retain: true });
			clients.push(client);
		}
		await settled(device);
		const [first, second, third] = clients;
		second?.vanish();
		first?.vanish();
		await settled(device);
		if (!TESTS_EXTERNAL) expect(await stateOf(device.id)).toBe("online");
		third?.vanish();
		await becomes(device.id, "offline");
	});

	test("§3.1 an old connection that says goodbye late is not believed either", async () => {
		const device = await register();
		const old = await TestClient.connect(target.mqtt);
		await old.publish(device.uplink, device.say("online"), { retain: true });
		const fresh = await TestClient.connect(target.mqtt);
		await fresh.publish(device.uplink, device.say("online"), { retain: true });
		await old.publish(device.uplink, device.say("offline"), { retain: true });
		await settled(device);
		expect(await stateOf(device.id)).toBe(TESTS_EXTERNAL ? "offline" : "online");
		await fresh.publish(device.uplink, device.say("offline"), { retain: true });
		await becomes(device.id, "offline");
		await Promise.all([old.end(), fresh.end()]);
	});

	test("§3.1 a device's own offline counts, on its connection and on one made for it", async () => {
		const device = await register();
		const client = await TestClient.connect(target.mqtt);
		for (const qos of [0, 1, 2] as const) {
			await client.publish(device.uplink, device.say("online"), { retain: true, qos });
			await becomes(device.id, "online");
			await client.publish(device.uplink, device.say("offline"), { retain: true, qos });
			await becomes(device.id, "offline");
		}
		await client.publish(device.uplink, device.say("online"), { retain: true });
		await gui.publish(device.uplink, device.say("offline"), { retain: true });
		await becomes(device.id, "offline");
		await client.end();
	});

	test("§3.1 a state of broken counts as offline, said or as a will", async () => {
		const device = await register();
		const client = await TestClient.connect(target.mqtt, willOf(device, "broken"));
		await client.publish(device.uplink, device.say("online"));
		await becomes(device.id, "online");
		await client.publish(device.uplink, device.say("broken"));
		await becomes(device.id, "offline");
		await client.publish(device.uplink, device.say("online"));
		await becomes(device.id, "online");
		client.vanish();
		await becomes(device.id, "offline");
		const other = JSON.stringify({ state: "broken", rev: randomUUID() });
		await gui.publish(device.uplink, device.say("online"));
		await gui.publish(device.uplink, other);
		await settled(device);
		expect(await stateOf(device.id)).toBe("online");
	});
});

describe("§3.1 a connection that said online and is lost", () => {
	for (const transport of ["mqtt", "ws"] as const) {
		for (const qos of [0, 1, 2] as const) {
			test(`§3.1 without a will, ${transport}, QoS ${qos}: its device is offline`, async () => {
				const device = await register();
				const client = await TestClient.connect(target[transport]);
				// The second message of a client may take the fast path.
				await client.publish("elsewhere", "x", { qos: 0 });
				await client.publish(device.uplink, device.say("online"), { qos });
				await becomes(device.id, "online");
				client.vanish();
				if (TESTS_EXTERNAL) await settled(device);
				await becomes(device.id, SEEN);
			});
		}
	}

	test("§3.1 several devices on one connection go together, others stay", async () => {
		const devices = [await register(), await register(), await register()];
		const shared = await TestClient.connect(target.mqtt);
		for (const { uplink, say } of devices) await shared.publish(uplink, say("online"));
		const [, , moved] = devices;
		const own = await TestClient.connect(target.mqtt);
		if (moved !== undefined) await own.publish(moved.uplink, moved.say("online"));
		for (const { id } of devices) await becomes(id, "online");
		shared.vanish();
		for (const { id } of devices.slice(0, 2)) await becomes(id, SEEN);
		expect(await stateOf(moved?.id ?? "")).toBe("online");
		await own.end();
	});

	test("§3.1 a connection that another one takes over by its client id is lost, the new one counts", async () => {
		const device = await register();
		const clientId = randomUUID();
		const options = { clientId, reconnectPeriod: 0 };
		const old = await TestClient.connect(target.mqtt, { ...options, ...willOf(device) });
		await old.publish(device.uplink, device.say("online"), { retain: true });
		await becomes(device.id, "online");
		const fresh = await TestClient.connect(target.mqtt, { ...options, ...willOf(device) });
		await becomes(device.id, "offline");
		await fresh.publish(device.uplink, device.say("online"), { retain: true });
		await becomes(device.id, "online");
		await settled(device);
		expect(await stateOf(device.id)).toBe("online");
		fresh.vanish();
		await becomes(device.id, "offline");
	});

	test("§3.1 a device that falls silent is offline when its keepalive time is over", async () => {
		const device = await register();
		const client = await TestClient.connect(target.mqtt, { keepalive: 1, reconnectPeriod: 0 });
		await client.publish(device.uplink, device.say("online"));
		await becomes(device.id, "online");
		// As when the Wi-Fi is gone: no one closes the connection.
		client.fallSilent();
		await becomes(device.id, SEEN);
		client.vanish();
	});

	test("§3.1 the connection of a former registration is not the device's any more", async () => {
		const before = await register();
		const old = await TestClient.connect(target.mqtt, willOf(before));
		await old.publish(before.uplink, before.say("online"), { retain: true });
		const device = await register(before.id);
		await gui.publish(device.uplink, device.say("online"));
		await becomes(device.id, "online");
		old.vanish();
		await settled(device);
		expect(await stateOf(device.id)).toBe("online");
	});

	test("§3.1 an old connection speaks for the new registration when it says so", async () => {
		const before = await register();
		const client = await TestClient.connect(target.mqtt);
		await client.publish(before.uplink, before.say("online"));
		const device = await register(before.id);
		await client.publish(device.uplink, device.say("online"));
		await becomes(device.id, "online");
		client.vanish();
		await becomes(device.id, SEEN);
	});
});

describe("§3.1 clients that say one thing and leave", () => {
	test("§3.1 an online said by a client that disconnects holds, also when its listener is lost", async () => {
		const device = await register();
		const listener = await TestClient.connect(target.mqtt);
		await listener.subscribe(`${device.id}/ctrl/o`);
		const speaker = await TestClient.connect(target.mqtt);
		await speaker.publish(device.uplink, device.say("online"), { retain: true, qos: 0 });
		await speaker.end();
		await becomes(device.id, "online");
		const graph = await TestGraph.open(gui);
		await graph.ok({ op: "attach" });
		await graph.ok({ op: "add_link", da_id: device.id, odf: "meow" });
		expect(await listener.nextJson(`${device.id}/ctrl/o`)).toMatchObject({ command: "CONNECT" });
		listener.vanish();
		await settled(device);
		expect(await stateOf(device.id)).toBe("online");
		const last = await TestClient.connect(target.mqtt);
		await last.publish(device.uplink, device.say("offline"), { retain: true, qos: 0 });
		await last.end();
		await becomes(device.id, "offline");
	});
});

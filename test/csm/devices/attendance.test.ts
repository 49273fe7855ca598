import { afterEach, describe, expect, setSystemTime, test } from "bun:test";
import { randomUUID } from "node:crypto";
import type { LinkKey } from "../../../src/contract/mod.ts";
import { TestClient } from "../../support/mqtt.ts";
import { type Registry, startRegistry } from "../../support/registry.ts";
import { until } from "../../support/waiting.ts";

let registry: Registry;
afterEach(async () => {
	setSystemTime();
	await registry.dispose();
});

const uplink = (id: string) => `${id}/ctrl/i`;
const downlink = (id: string) => `${id}/ctrl/o`;

/** Registers a device for which a client says `online` and leaves. */
async function saidOnline(): Promise<{ id: string; online: object }> {
	const id = randomUUID();
	const online = { state: "online", rev: await registry.register(id) };
	const client = await TestClient.connect(registry.mqtt);
	await client.publish(uplink(id), online, { retain: true });
	await client.end();
	expect(registry.stateOf(id)).toBe("online");
	return { id, online };
}

const becomes = (id: string, state: string | undefined) =>
	until(() => registry.stateOf(id) === state, `the device to be ${state}`);

describe("§3.1 after a restart of the built-in broker", () => {
	test("§3.1 an online counts for a while, and no longer without a connection behind it", async () => {
		registry = await startRegistry({ restoredSeconds: 4 });
		const { id } = await saidOnline();
		const news: string[] = [];
		registry = await registry.restart();
		registry.devices.onAnnouncement((type) => news.push(type));
		expect(registry.stateOf(id)).toBe("online");
		await becomes(id, "offline");
		expect(news).toEqual(["offline"]);
		registry = await registry.restart();
		expect(registry.stateOf(id)).toBe("offline");
	});

	test("§3.1 a client that listens for the device stands behind it, and gets its CONNECTs", async () => {
		registry = await startRegistry({ restoredSeconds: 4 });
		const { id } = await saidOnline();
		const { id: lonely } = await saidOnline();
		registry = await registry.restart();
		const key: LinkKey = { daId: id, mode: "idf", feature: "meow" };
		await registry.signals.attach(key, "iottalk/esm/t");
		const listener = await TestClient.connect(registry.mqtt);
		await listener.subscribe(downlink(id));
		expect(await listener.nextJson(downlink(id))).toMatchObject({ topic: "iottalk/esm/t" });
		await becomes(lonely, "offline");
		expect(registry.stateOf(id)).toBe("online");
		await registry.signals.attach({ ...key, feature: "later" }, "iottalk/esm/u");
		const isLater = ({ text }: { text: string }) => text.includes("later");
		await listener.inbox.take("the CONNECT of a later link", isLater);
		await listener.end();
	});

	test("§3.1 so does one that answers or sends data for it; a listener to everything does not", async () => {
		registry = await startRegistry({ restoredSeconds: 4 });
		const devices = [await saidOnline(), await saidOnline(), await saidOnline()];
		const [answering = "", sending = "", lonely = ""] = devices.map(({ id }) => id);
		registry = await registry.restart();
		const client = await TestClient.connect(registry.mqtt);
		await client.subscribe("#");
		await client.subscribe("+/ctrl/o");
		await client.publish(uplink(answering), { msg_id: "m", state: "ok" });
		registry.senders.set(sending, 1);
		await becomes(lonely, "offline");
		expect([answering, sending].map((id) => registry.stateOf(id))).toEqual(["online", "online"]);
		await client.end();
	});

	test("§3.1 so does one that logged in as the device", async () => {
		registry = await startRegistry({ restoredSeconds: 4 });
		const [{ id }, { id: lonely }] = [await saidOnline(), await saidOnline()];
		registry = await registry.restart();
		const client = await TestClient.connect(registry.mqtt, { username: id, password: "x" });
		await becomes(lonely, "offline");
		expect(registry.stateOf(id)).toBe("online");
		await client.end();
	});

	for (const backing of ["listens", "answers", "logged in"] as const) {
		for (const time of ["before", "after"] as const) {
			test(`§3.1 one that ${backing} and is lost ${time} the while is over leaves it offline`, async () => {
				registry = await startRegistry({ restoredSeconds: 2 });
				const [{ id }, { id: lonely }] = [await saidOnline(), await saidOnline()];
				registry = await registry.restart();
				const isLogin = backing === "logged in";
				const options = isLogin ? { username: id, password: "x" } : {};
				const client = await TestClient.connect(registry.mqtt, { ...options, reconnectPeriod: 0 });
				if (backing === "listens") await client.subscribe(downlink(id));
				if (backing === "answers") await client.publish(uplink(id), { msg_id: "m", state: "ok" });
				if (time === "after") {
					await becomes(lonely, "offline");
					expect(registry.stateOf(id)).toBe("online");
				}
				client.vanish();
				await becomes(id, "offline");
			});
		}
	}

	test("§3.1 a listener that says goodbye or unsubscribes stands behind it no longer", async () => {
		registry = await startRegistry({ restoredSeconds: 2 });
		const [{ id: left }, { id: unsubscribed }] = [await saidOnline(), await saidOnline()];
		registry = await registry.restart();
		const [leaving, staying] = [
			await TestClient.connect(registry.mqtt),
			await TestClient.connect(registry.mqtt),
		];
		await leaving.subscribe(downlink(left));
		await staying.subscribe(downlink(unsubscribed));
		await leaving.end();
		await staying.unsubscribe(downlink(unsubscribed));
		await becomes(left, "offline");
		await becomes(unsubscribed, "offline");
		await staying.end();
	});

	test("§3.1 what a client said that disconnects holds, and so does another connection or a new online", async () => {
		registry = await startRegistry({ restoredSeconds: 2 });
		const devices = [];
		for (let n = 0; n < 4; n++) devices.push(await saidOnline());
		const [answered = "", twice = "", renewed = "", lonely = ""] = devices.map(({ id }) => id);
		registry = await registry.restart();
		const [lost, kept, oneShot] = [
			await TestClient.connect(registry.mqtt, { reconnectPeriod: 0 }),
			await TestClient.connect(registry.mqtt),
			await TestClient.connect(registry.mqtt),
		];
		for (const id of [twice, renewed, lonely]) await lost.subscribe(downlink(id));
		await kept.subscribe(downlink(twice));
		await oneShot.publish(uplink(answered), { msg_id: "m", state: "ok" });
		await oneShot.publish(uplink(renewed), devices[2]?.online ?? {}, { retain: true });
		await oneShot.end();
		lost.vanish();
		await becomes(lonely, "offline");
		const states = [answered, twice, renewed].map((id) => registry.stateOf(id));
		expect(states).toEqual(["online", "online", "online"]);
		await kept.end();
	});

	test("§3.1 its own word counts at once, also with the signals of an online", async () => {
		registry = await startRegistry();
		const { id, online } = await saidOnline();
		registry = await registry.restart();
		const client = await TestClient.connect(registry.mqtt);
		await client.publish(uplink(id), { ...online, state: "offline" });
		expect(registry.stateOf(id)).toBe("offline");
		await client.subscribe(downlink(id));
		expect(registry.stateOf(id)).toBe("offline");
		await registry.signals.attach({ daId: id, mode: "odf", feature: "meow" }, "iottalk/esm/t");
		await client.publish(uplink(id), online);
		expect(await client.nextJson(downlink(id))).toMatchObject({ command: "CONNECT" });
		await client.end();
	});

	test("§3.1 a stop of the server says nothing about its devices, with a will or without", async () => {
		registry = await startRegistry();
		const id = randomUUID();
		const rev = await registry.register(id);
		const payload = Buffer.from(JSON.stringify({ state: "offline", rev }));
		const will = { topic: uplink(id), payload, qos: 0 as const, retain: true };
		const client = await TestClient.connect(registry.mqtt, { will, reconnectPeriod: 0 });
		await client.publish(uplink(id), { state: "online", rev });
		registry = await registry.restart();
		expect(registry.stateOf(id)).toBe("online");
		client.vanish();
	});
});

describe("§3.1 after a crash", () => {
	test("§3.1 a device counts as online that came before it, and gets its CONNECT when it listens", async () => {
		registry = await startRegistry({ restoredSeconds: 2 });
		const [{ id }, { id: lonely }] = [await saidOnline(), await saidOnline()];
		const { id: gone, online } = await saidOnline();
		await until(() => registry.isStoredOnline(gone), "the online to be stored");
		const client = await TestClient.connect(registry.mqtt);
		await client.publish(uplink(gone), { ...online, state: "offline" });
		await client.end();
		await until(async () => !(await registry.isStoredOnline(gone)), "the offline to be stored");
		registry = await registry.crash();
		expect([id, lonely, gone].map((one) => registry.stateOf(one))).toEqual([
			"online",
			"online",
			"offline",
		]);
		await registry.signals.attach({ daId: id, mode: "odf", feature: "meow" }, "iottalk/esm/t");
		const listener = await TestClient.connect(registry.mqtt);
		await listener.subscribe(downlink(id));
		expect(await listener.nextJson(downlink(id))).toMatchObject({ command: "CONNECT" });
		await becomes(lonely, "offline");
		expect(registry.stateOf(id)).toBe("online");
		await listener.end();
	});
});

describe("§2.6 expiry and clocks", () => {
	const DAY_MS = 86_400_000;
	test.each([-300, -23, 23, 300])(
		"§2.6 a boot with a clock %i days off changes nothing, nor does its way back",
		async (days) => {
			registry = await startRegistry({ expirationSeconds: 5 });
			const [away, kept] = [randomUUID(), (await saidOnline()).id];
			await registry.register(away);
			const begin = performance.now();
			setSystemTime(new Date(Date.now() + days * DAY_MS));
			registry = await registry.restart();
			const listener = await TestClient.connect(registry.mqtt);
			await listener.subscribe(downlink(kept));
			expect(registry.stateOf(away)).toBe("offline");
			setSystemTime();
			expect(registry.stateOf(away)).toBe("offline");
			await becomes(away, undefined);
			expect(performance.now() - begin).toBeGreaterThan(4500);
			expect(registry.stateOf(kept)).toBe("online");
			await listener.end();
		},
	);

	test("§2.6 the longest expiration there may be does not end at once", async () => {
		registry = await startRegistry({ expirationSeconds: 2_000_000 });
		const id = randomUUID();
		await registry.register(id);
		registry = await registry.restart();
		await Bun.sleep(50);
		expect(registry.stateOf(id)).toBe("offline");
	});

	test("§2.6 a device that counts as online only because it did before a restart expires all the same", async () => {
		registry = await startRegistry({ expirationSeconds: 4 });
		const { id } = await saidOnline();
		registry = await registry.restart();
		expect(registry.stateOf(id)).toBe("online");
		await becomes(id, undefined);
	});
});

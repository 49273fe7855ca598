import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { body, call, type Json, TestDevice } from "../support/gateway.ts";
import { TestClient } from "../support/mqtt.ts";
import { startTarget, type Target, TESTS_EXTERNAL } from "../support/target.ts";
import { EVIL, from, requestsTo } from "../support/web-pages.ts";

let target: Target;
beforeAll(async () => {
	target = await startTarget();
});
afterAll(() => target.dispose());

/** A client of the device API under a name of its own. */
async function client(name: string = randomUUID()) {
	const mqtt = await TestClient.connect(target.mqtt);
	const [request, response] = [`iottalk/api/req/${name}/device`, `iottalk/api/res/${name}/device`];
	await mqtt.subscribe(response);
	return {
		mqtt,
		name,
		response,
		next: () => mqtt.nextJson(response),
		/** The next announcement about a device. */
		about: async (id: string) => {
			const mentions = ({ topic, text }: { topic: string; text: string }) =>
				topic === response && text.includes('"anno"') && text.includes(id);
			return JSON.parse((await mqtt.inbox.take(`news of ${id}`, mentions)).text) as Json;
		},
		send: (payload: unknown) => mqtt.publish(request, payload),
		call: async (payload: unknown) => {
			await mqtt.publish(request, payload);
			const isReply = ({ topic, text }: { topic: string; text: string }) =>
				topic === response && !text.includes('"anno"');
			return JSON.parse((await mqtt.inbox.take("a reply", isReply)).text) as Json;
		},
	};
}

const VERSION_1 = /^[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe("§7 device API", () => {
	test("§7 attach answers the list: metadata with presence, MQTT devices only", async () => {
		const away = await TestDevice.register(target);
		const there = await TestDevice.register(target, { name: "", odf_list: null });
		const silent = randomUUID();
		await call(target, "PUT", `/${silent}`, body({ accept_protos: ["zmq"] }));
		const api = await client();
		await api.call({ op: "attach" });
		await there.say("online");
		await api.about(there.id);
		const reply = await api.call({ op: "attach", extra: 1 });
		expect(reply).toEqual({ op: "attach", extra: 1, state: "ok", da_list: expect.any(Object) });
		const list = reply.da_list as Record<string, Json>;
		const { state: _, ...shown } = (await call(target, "GET", `/${away.id}`)).json;
		expect(list[away.id]).toEqual({ ...shown, state: "offline" });
		expect(list[there.id]).toMatchObject({ id: there.id, rev: there.rev, state: "online" });
		expect(Object.keys(list[there.id] ?? {})).not.toContain("name");
		expect(Object.keys(list[there.id] ?? {})).not.toContain("odf_list");
		expect(Object.keys(list)).not.toContain(silent);
		await api.call({ op: "detach" });
	});

	test("§7 register, online, offline and deregister are announced with what CCM needs", async () => {
		const api = await client();
		await api.call({ op: "attach" });
		const device = await TestDevice.register(target);
		const { state: _, ...metadata } = (await call(target, "GET", `/${device.id}`)).json;
		const news = [await api.about(device.id)];
		await device.say("online");
		news.push(await api.about(device.id));
		await device.say("online");
		await device.say("offline");
		news.push(await api.about(device.id));
		await device.say("offline");
		await call(target, "DELETE", `/${device.id}`, { rev: device.rev });
		news.push(await api.about(device.id));
		const anno = (type: string, da: unknown) => ({
			op: "anno",
			type,
			timestamp: expect.stringMatching(VERSION_1),
			da,
		});
		expect(news).toEqual([
			anno("register", metadata),
			anno("online", device.id),
			anno("offline", device.id),
			anno("deregister", device.id),
		]);
		await api.call({ op: "detach" });
	});

	test("§7 re-registration announces register again, with the new rev", async () => {
		const api = await client();
		await api.call({ op: "attach" });
		const device = await TestDevice.register(target);
		await api.about(device.id);
		const again = await TestDevice.register(target, {}, device.id);
		expect(await api.about(device.id)).toMatchObject({ type: "register", da: { rev: again.rev } });
		await api.call({ op: "detach" });
	});

	test("§7 a device of a page of another origin is announced and listed with that origin", async () => {
		const api = await client();
		await api.call({ op: "attach" });
		const { put } = requestsTo(() => target);
		const id = randomUUID();
		await put(id, from(EVIL));
		expect(await api.about(id)).toMatchObject({ type: "register", da: { id, origin: EVIL } });
		const { da_list } = await api.call({ op: "attach" });
		expect((da_list as Record<string, Json>)[id]).toMatchObject({ origin: EVIL });
		await api.call({ op: "detach" });
	});

	test("§2.2 a device without MQTT is not announced", async () => {
		const api = await client();
		await api.call({ op: "attach" });
		await call(target, "PUT", `/${randomUUID()}`, body({ accept_protos: ["zmq"] }));
		const device = await TestDevice.register(target);
		expect(await api.next()).toMatchObject({ type: "register", da: { id: device.id } });
		await api.call({ op: "detach" });
	});

	test("§7 the list may be larger than what may wait for a client", async () => {
		const small = await startTarget({ "core-mqtt": { "max-client-queue": 1024 } });
		for (let n = 0; n < 5; n++) await TestDevice.register(small);
		const mqtt = await TestClient.connect(small.mqtt);
		await mqtt.subscribe("iottalk/api/res/many/device");
		await mqtt.publish("iottalk/api/req/many/device", { op: "attach" });
		const { text } = await mqtt.next("iottalk/api/res/many/device");
		expect(text.length).toBeGreaterThan(1024);
		expect(Object.keys((JSON.parse(text) as Json).da_list as Json)).toHaveLength(5);
		await small.dispose();
	});

	test("§7 a second attach is a fresh list and doubles nothing; detach ends the news", async () => {
		const [api, witness] = [await client(), await client()];
		await api.call({ op: "attach" });
		await api.call({ op: "attach" });
		await witness.call({ op: "attach" });
		const first = await TestDevice.register(target);
		await api.about(first.id);
		expect(await api.call({ op: "detach", extra: 1 })).toEqual({ op: "detach", state: "ok" });
		expect(await api.call({ op: "detach" })).toEqual({ op: "detach", state: "ok" });
		const second = await TestDevice.register(target);
		await witness.about(second.id);
		expect(await api.call({ op: "attach" })).toMatchObject({ state: "ok" });
		expect(api.mqtt.inbox.waiting).toEqual([]);
		await api.call({ op: "detach" });
		await witness.call({ op: "detach" });
	});

	test("§7 only attach attaches; everything else is refused with the reason", async () => {
		const api = await client();
		expect(await api.call({ op: "dance" })).toEqual({
			op: "dance",
			state: "error",
			reason: "unknown op: `dance`",
		});
		expect(await api.call({})).toMatchObject({
			state: "error",
			reason: expect.stringContaining("'op'"),
		});
		for (const payload of ["", "nonsense", "[]", "5", "null"]) {
			expect(await api.call(payload)).toMatchObject({ state: "error" });
		}
		const device = await TestDevice.register(target);
		expect(await api.call({ op: "detach" })).toMatchObject({ state: "ok" });
		expect(api.mqtt.inbox.waiting.filter(({ text }) => text.includes(device.id))).toEqual([]);
	});

	test("§2.6 expiry is announced as deregister", async () => {
		const short = await startTarget({ core: { "da-expiration": 1 } });
		const mqtt = await TestClient.connect(short.mqtt);
		await mqtt.subscribe("iottalk/api/res/x/device");
		await mqtt.publish("iottalk/api/req/x/device", { op: "attach" });
		await mqtt.nextJson("iottalk/api/res/x/device");
		const { id } = await TestDevice.register(short);
		expect(await mqtt.nextJson("iottalk/api/res/x/device")).toMatchObject({ type: "register" });
		const news = await mqtt.nextJson("iottalk/api/res/x/device");
		expect(news).toMatchObject({ type: "deregister", da: id, reason: "expired" });
		await short.dispose();
	});

	test("§7 attached clients are remembered over a restart, and get a fresh list", async () => {
		let own = await startTarget();
		const connect = async () => {
			const mqtt = await TestClient.connect(own.mqtt);
			await mqtt.subscribe("iottalk/api/res/ccm/device");
			return mqtt;
		};
		let mqtt = await connect();
		await mqtt.publish("iottalk/api/req/ccm/device", { op: "attach" });
		await mqtt.nextJson("iottalk/api/res/ccm/device");
		const before = await TestDevice.register(own);
		await mqtt.nextJson("iottalk/api/res/ccm/device");
		if (!TESTS_EXTERNAL) await mqtt.end();
		own = await own.restart();
		if (TESTS_EXTERNAL) {
			// Its connection outlived the restart: the list comes without being asked for.
			const pushed = await mqtt.nextJson("iottalk/api/res/ccm/device");
			expect(pushed).toMatchObject({ op: "attach", state: "ok", da_list: { [before.id]: {} } });
		} else mqtt = await connect();
		const after = await TestDevice.register(own);
		expect(await mqtt.nextJson("iottalk/api/res/ccm/device")).toMatchObject({
			type: "register",
			da: { id: after.id },
		});
		await mqtt.end();
		await own.dispose();
	});
});

// Devices that send and receive over HTTP, in graphs with others; the same with another program's broker.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { call, TestDevice, TestGraph } from "../support/gateway.ts";
import { HttpDevice } from "../support/http-device.ts";
import { TestClient } from "../support/mqtt.ts";
import { startTarget, type Target } from "../support/target.ts";
import { until } from "../support/waiting.ts";

let target: Target;
let client: TestClient;
beforeAll(async () => {
	target = await startTarget();
	client = await TestClient.connect(target.mqtt);
});
afterAll(async () => {
	await client.end();
	await target.dispose();
});

/** A graph from one device's feature to another's. */
async function join(from: { id: string }, to: { id: string }, idf = "Color-I1", odf = "Color-O") {
	const graph = await TestGraph.open(client);
	await graph.ok({ op: "attach" });
	await graph.ok({ op: "add_link", da_id: from.id, idf, func: null });
	await graph.ok({ op: "add_link", da_id: to.id, odf, func: null });
	return graph;
}

const stateOf = async (id: string) => {
	const { text } = await call(target, "GET", "/api/devices");
	return (JSON.parse(text) as { id: string; state: string }[]).find((one) => one.id === id)?.state;
};

describe("§3.4 devices that speak HTTP", () => {
	test("§3.4 send to one another through a graph, told of links by their streams", async () => {
		const [phone, lamp] = [
			await HttpDevice.register(target.http),
			await HttpDevice.register(target.http),
		];
		const stream = await lamp.listen();
		expect(await stream.next("state")).toMatchObject({ rev: lamp.rev, connected: [] });
		const graph = await join(phone, lamp);
		expect(await stream.next("connect")).toBe("Color-O");
		expect((await phone.send([["Color-I1", [255, 0, 64]]])).status).toBe(204);
		expect(await stream.next("data")).toEqual(["Color-O", [255, 0, 64]]);
		expect((await lamp.poll("?after=0")).json.data).toEqual({ "Color-O": [255, 0, 64] });
		await graph.ok({ op: "detach" });
		expect(await stream.next("disconnect")).toBe("Color-O");
		expect((await phone.send([["Color-I1", 1]])).json.ignored).toEqual([
			["Color-I1", "not connected"],
		]);
		stream.leave();
	});

	test("§3.4 send to devices that speak MQTT and receive of them, numbers as they were written", async () => {
		const web = await HttpDevice.register(target.http);
		const mqtt = await TestDevice.register(target);
		await mqtt.say("online");
		await join(web, mqtt, "Color-I1", "meow");
		await join(mqtt, web, "meow", "Color-O");
		const signals = [await mqtt.signal(), await mqtt.signal()];
		const topicOf = (mode: string) => String(signals.find((one) => mode in one)?.topic);
		await mqtt.client.subscribe(topicOf("odf"));
		await web.send('["Color-I1",[1.0,12345678901234567890]]');
		expect((await mqtt.client.next(topicOf("odf"))).text.replaceAll(" ", "")).toBe(
			"[1.0,12345678901234567890]",
		);
		await mqtt.client.publish(topicOf("idf"), "[2.50]");
		await until(
			async () => (await web.poll("?after=0")).text.includes('"Color-O":[2.50]'),
			"the value as it was written",
		);
	});

	test("§3.4 are announced, listed and come and go as others do; their CONNECTs are not sent", async () => {
		const topic = "iottalk/api/res/ccm-test/device";
		const request = "iottalk/api/req/ccm-test/device";
		await client.subscribe(topic);
		await client.publish(request, { op: "attach" });
		await client.nextJson(topic);
		const id = randomUUID();
		await client.subscribe(`${id}/ctrl/o`);
		const web = await HttpDevice.register(target.http, { id });
		const about = async () => {
			for (;;) {
				const { type, da } = await client.nextJson(topic);
				const isOwn = da === id || (typeof da === "object" && JSON.stringify(da).includes(id));
				if (isOwn) return [type, da];
			}
		};
		expect(await about()).toEqual([
			"register",
			expect.objectContaining({ id, accept_protos: ["http"] }),
		]);
		await web.send("");
		expect(await about()).toEqual(["online", id]);
		await join(web, web);
		await client.publish(request, { op: "attach" });
		const { da_list } = (await client.nextJson(topic)) as { da_list: Record<string, object> };
		expect(da_list[id]).toMatchObject({ state: "online", accept_protos: ["http"] });
		expect(await web.deregister(target.http)).toBe(200);
		expect(await about()).toEqual(["deregister", id]);
		expect(client.inbox.waiting.filter((one) => one.topic === `${id}/ctrl/o`)).toEqual([]);
		await client.publish(request, { op: "detach" });
	});

	test("§3.4 are told over MQTT too where they speak it, and stay online while either way is there", async () => {
		const both = await TestDevice.register(target, { accept_protos: ["mqtt", "http"] });
		const { json } = await call(target, "GET", `/${both.id}`);
		expect(json.accept_protos).toEqual(["mqtt", "http"]);
		await both.say("online");
		await join(both, both, "meow", "meow");
		const signal = await both.signal(false);
		expect(signal).toMatchObject({ command: "CONNECT" });
	});

	test("§3.4 forty of a class are all there again by themselves after a restart, and their values arrive", async () => {
		const register = () => HttpDevice.register(target.http);
		const [phones, lamp] = [
			await Promise.all(Array.from({ length: 40 }, register)),
			await register(),
		];
		for (const phone of phones) await join(phone, lamp);
		let isOver = false;
		const heard = new Set<unknown>();
		const leave = new Set<() => void>();
		// As a page does: it listens, and listens again a moment after the end.
		const listening = [...phones, lamp].map(async (device) => {
			while (!isOver) {
				const stream = await device.listen().catch(() => undefined);
				if (stream === undefined) await Bun.sleep(200);
				else if (isOver) stream.leave();
				else {
					leave.add(stream.leave);
					stream.inbox.add = ({ event, data }) => {
						if (event === "data") heard.add(JSON.stringify(data));
					};
					await stream.ended;
				}
			}
		});
		const online = async () => {
			const { text } = await call(target, "GET", "/api/devices");
			const ids = new Set([...phones, lamp].map(({ id }) => id));
			const all = JSON.parse(text) as { id: string; state: string }[];
			return all.filter(({ id, state }) => ids.has(id) && state === "online").length;
		};
		await until(async () => (await online()) === 41, "41 devices to be online");
		await client.end();
		target = await target.restart();
		client = await TestClient.connect(target.mqtt);
		await until(async () => {
			const { text } = await call(target, "GET", "/metrics");
			return text.includes("iotctl_http_device_streams 41");
		}, "41 streams after the restart");
		expect(await online()).toBe(41);
		const sent = await Promise.all(phones.map((phone, n) => phone.send([["Color-I1", [n]]])));
		expect(sent.filter(({ status }) => status !== 204)).toEqual([]);
		await until(() => heard.size === 40, "all forty values at the lamp");
		isOver = true;
		for (const end of leave) end();
		await Promise.all(listening);
	});

	test("§3.4 come back to their links after a restart of the server", async () => {
		const [phone, lamp] = [
			await HttpDevice.register(target.http),
			await HttpDevice.register(target.http),
		];
		await join(phone, lamp);
		const before = await lamp.listen();
		await before.next("state");
		await client.end();
		target = await target.restart();
		client = await TestClient.connect(target.mqtt);
		await before.end();
		const stream = await lamp.listen();
		expect(await stream.next("state")).toMatchObject({ rev: lamp.rev, connected: ["Color-O"] });
		expect((await phone.send([["Color-I1", [7]]])).status).toBe(204);
		expect(await stream.next("data")).toEqual(["Color-O", [7]]);
		expect(await stateOf(phone.id)).toBe("online");
		stream.leave();
		await until(async () => (await stateOf(lamp.id)) === "offline", "the lamp to be offline");
	});
});

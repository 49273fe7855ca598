import { expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { HttpDevices, signalWayOf } from "../../../src/csm/http-devices/http-devices.ts";
import { systemClock } from "../../../src/kit/clock.ts";
import { quietLog } from "../../support/log.ts";
import { type Registry, startRegistry } from "../../support/registry.ts";

const LIMITS = { maxPerSecond: 20, maxUnreadBytes: 4096 };

function over({ devices, signals, broker }: Registry): HttpDevices {
	const deps = { devices, signals, broker, clock: systemClock, log: quietLog };
	return new HttpDevices(LIMITS, deps);
}

async function register({ devices }: Registry, id: string, acceptProtos = ["http"]) {
	const registration = { name: "n", acceptProtos, profile: { model: "m" } };
	const login = () => ({ secretHash: "x", token: null, origin: null });
	await devices.register(id, { ...registration, idfList: null, odfList: null }, login);
}

test("a device that was linked before it registered has its links, and so after a restart", async () => {
	let registry = await startRegistry();
	let http = over(registry);
	http.start();
	const id = randomUUID();
	const key = { daId: id, mode: "odf", feature: "f" } as const;
	await registry.signals.attach(key, "topic");
	await http.attach(key, "topic");
	expect(http.get(id)).toBeUndefined();
	await register(registry, id);
	expect(http.get(id)?.connected).toEqual(["f"]);
	http.stop();
	registry = await registry.restart();
	http = over(registry);
	http.start();
	http.restore(key, "topic");
	expect(http.get(id)?.connected).toEqual(["f"]);
	await http.detach(key);
	expect(http.get(id)?.connected).toEqual([]);
	http.stop();
	await registry.dispose();
});

test("the one that registers again without http is done with HTTP", async () => {
	const registry = await startRegistry();
	const http = over(registry);
	http.start();
	const id = randomUUID();
	await register(registry, id);
	await register(registry, id, ["mqtt"]);
	expect(http.get(id)).toBeUndefined();
	http.stop();
	await registry.dispose();
});

test("signals go over MQTT to those that speak it, and are answered for those that speak HTTP", () => {
	const way = (...acceptProtos: string[]) => signalWayOf({ id: "d", acceptProtos, profile: {} });
	expect(way("mqtt")).toEqual({ isOverMqtt: true, isAnswered: false });
	expect(way("http")).toEqual({ isOverMqtt: false, isAnswered: true });
	expect(way("http", "MQTT")).toEqual({ isOverMqtt: true, isAnswered: true });
	expect(signalWayOf(undefined)).toEqual({ isOverMqtt: true, isAnswered: false });
});

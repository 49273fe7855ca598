// How much web pages may register while logins are off.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { body } from "../support/gateway.ts";
import { TestClient } from "../support/mqtt.ts";
import { ask } from "../support/raw-http.ts";
import { inDatabase, startTarget, type Target } from "../support/target.ts";
import { until, within } from "../support/waiting.ts";
import { EVIL, from, requestsTo, startWithNames } from "../support/web-pages.ts";

let target: Target;
beforeAll(async () => {
	target = await startWithNames();
});
afterAll(() => target.dispose());

const { put } = requestsTo(() => target);

describe("limits of pages", () => {
	test("pages register 60 times a minute; programs are not counted", async () => {
		const own = await startTarget();
		const register = (headers: readonly string[]) =>
			ask(own, { method: "PUT", path: `/${randomUUID()}`, headers, body: body() });
		try {
			for (let count = 0; count < 60; count++) {
				const { status } = await register(from(`http://p${count}.example`));
				expect(status).toBe(200);
			}
			const { status, json } = await register(from(EVIL));
			expect([status, json.reason]).toEqual([
				403,
				"too many registrations from web pages: at most 60 a minute while logins are off",
			]);
			expect((await register([])).status).toBe(200);
		} finally {
			await own.dispose();
		}
	});

	test("200 are stored: another one takes the place of one that is offline, never of one that is online", async () => {
		const first = await startTarget();
		await first.stop();
		const ids = Array.from({ length: 200 }, () => randomUUID());
		const columns = "da_id, rev, name, accept_protos, profile, register_time, origin";
		const rows = ids.map(
			(id) => `('${id}', 'r', '', '["mqtt"]', '{"model":"M"}', 1, 'http://a.example')`,
		);
		await inDatabase(first, (ask) => ask(`INSERT INTO devices (${columns}) VALUES ${rows.join()}`));
		const own = await first.restart();
		const [online = "", oldest = "", older = ""] = ids;
		const get = async (id: string) => (await ask(own, { path: `/${id}` })).status;
		try {
			const device = await TestClient.connect(own.mqtt);
			await device.subscribe(`${online}/ctrl/o`);
			await device.publish(`${online}/ctrl/i`, { state: "online", rev: "r" }, { retain: true });
			const isOnline = async () =>
				(await ask(own, { path: "/api/devices" })).text.includes('"online"');
			await until(isOnline, "the device to be online");
			const register = (id: string, ...headers: string[]) =>
				ask(own, { method: "PUT", path: `/${id}`, headers, body: body() });
			expect((await register(ids[5] ?? "", ...from("http://a.example"))).status).toBe(200);
			expect((await register(randomUUID())).status).toBe(200);
			expect(await Promise.all([online, oldest, older].map(get))).toEqual([200, 200, 200]);
			const arrivals = [randomUUID(), randomUUID()];
			await device.subscribe("iottalk/api/res/ccm/device");
			await device.publish("iottalk/api/req/ccm/device", { op: "attach" });
			await device.inbox.take("the reply", ({ text }) => text.includes('"da_list"'));
			for (const id of arrivals) expect((await register(id, ...from(EVIL))).status).toBe(200);
			const isGone = ({ text }: { text: string }) => text.includes('"deregister"');
			const news = await device.inbox.take("the news of a device that is gone", isGone);
			expect(JSON.parse(news.text)).toMatchObject({ da: oldest, reason: "expired" });
			expect(await Promise.all([online, oldest, older].map(get))).toEqual([200, 404, 404]);
			expect(await Promise.all([...arrivals, ...ids.slice(3)].map(get))).not.toContain(404);
			await device.end();
		} finally {
			await own.dispose();
		}
	});

	test("large bodies of pages leave room for those of programs", async () => {
		const large = { profile: { model: "M", text: Array.from({ length: 5000 }, () => "12345678") } };
		const stalled = Array.from({ length: 70 }, () =>
			fetch(`${target.http}/${randomUUID()}`, {
				method: "PUT",
				headers: { Origin: EVIL, "Content-Type": "application/json" },
				body: new ReadableStream({
					start(stream) {
						stream.enqueue(Buffer.from("{"));
					},
				}),
			}).then((response) => response.status),
		);
		expect(await within(Promise.race(stalled), "the first that is turned away")).toBe(503);
		expect((await put(randomUUID(), [], large)).status).toBe(200);
		await Promise.allSettled(stalled);
	});
});

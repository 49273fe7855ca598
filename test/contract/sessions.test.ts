// Persistent sessions (clean session off) over a restart of the server: MQTT 3.1.1 §3.1.2.4, §4.1, §4.4.
import { afterEach, describe, expect, test } from "bun:test";
import mqtt, { type IPublishPacket } from "mqtt";
import { TestDevice } from "../support/gateway.ts";
import { TestClient } from "../support/mqtt.ts";
import { hasProgram } from "../support/programs.ts";
import { isDup, SilentClient } from "../support/silent-client.ts";
import { startTarget, type Target } from "../support/target.ts";
import { within } from "../support/waiting.ts";

let target: Target;
afterEach(() => target.dispose());

const session = (clientId: string) => ({ clientId, clean: false, reconnectPeriod: 0 });

/** A client comes, subscribes, and leaves its session behind. */
async function leaveSession(url: string, clientId: string, filter: string, qos: 0 | 1 | 2) {
	const client = await TestClient.connect(url, session(clientId));
	await client.subscribe(filter, qos);
	await client.end();
}

describe("persistent sessions over a restart", () => {
	test.each(["mqtt", "ws"] as const)(
		"§4.1 subscriptions and what waited come back in order, over %s",
		async (way) => {
			target = await startTarget();
			await leaveSession(target[way], "sleeper", "news/+", 2);
			const publisher = await TestClient.connect(target.mqtt);
			for (let n = 0; n < 20; n++) {
				await publisher.publish(`news/${n % 3}`, `before ${n}`, { qos: n % 2 === 0 ? 1 : 2 });
			}
			await publisher.publish("news/0", "plain", { qos: 0 });
			await publisher.end();

			target = await target.restart();
			const later = await TestClient.connect(target.mqtt);
			await later.publish("news/after", "after", { qos: 1 });
			const sleeper = await TestClient.connect(target[way], session("sleeper"));
			for (let n = 0; n < 20; n++) {
				const { topic, text, qos } = await sleeper.next(`news/${n % 3}`);
				const expected = [`news/${n % 3}`, `before ${n}`, n % 2 === 0 ? 1 : 2];
				expect([topic, text, qos]).toEqual(expected);
			}
			expect(await sleeper.next("news/after")).toMatchObject({ text: "after", qos: 1 });
			await later.publish("news/live", "live");
			expect((await sleeper.next("news/live")).text).toBe("live");
			expect(sleeper.inbox.waiting).toEqual([]);
			await Promise.all([sleeper.end(), later.end()]);
		},
	);

	test("§4.1 what was changed after the first restart holds after the second", async () => {
		target = await startTarget();
		const first = await TestClient.connect(target.mqtt, session("changer"));
		for (const topic of ["a", "b", "c"]) await first.subscribe(topic, 1);
		await first.end();
		target = await target.restart();
		const second = await TestClient.connect(target.mqtt, session("changer"));
		await second.unsubscribe("a");
		await second.subscribe("b", 0);
		await second.end();
		target = await target.restart();
		const publisher = await TestClient.connect(target.mqtt);
		for (const topic of ["a", "b", "c"]) await publisher.publish(topic, topic, { qos: 2 });
		const third = await TestClient.connect(target.mqtt, session("changer"));
		expect(await third.next("c")).toMatchObject({ text: "c", qos: 1 });
		expect(third.inbox.waiting).toEqual([]);
		await publisher.publish("b", "live", { qos: 2 });
		expect(await third.next("b")).toMatchObject({ text: "live", qos: 0 });
		await Promise.all([publisher.end(), third.end()]);
	});

	test("§3.1.2.4 a clean connect ends a session for good", async () => {
		target = await startTarget();
		await leaveSession(target.mqtt, "forgetful", "news", 1);
		const publisher = await TestClient.connect(target.mqtt);
		await publisher.publish("news", "old", { qos: 1 });
		await publisher.end();
		await (await TestClient.connect(target.mqtt, { clientId: "forgetful" })).end();
		target = await target.restart();
		const [back, wasPresent] = await SilentClient.connect(target.mqtt, "forgetful");
		expect(wasPresent).toBe(false);
		await back.subscribe("mark", 1);
		const other = await TestClient.connect(target.mqtt);
		for (const topic of ["news", "mark"]) await other.publish(topic, "new", { qos: 1 });
		expect((await back.next(0x30)).topic).toBe("mark");
		back.vanish();
		await other.end();
	});

	test("§4.4 what was sent and not confirmed comes again with DUP and its packet id", async () => {
		target = await startTarget();
		const [before] = await SilentClient.connect(target.mqtt, "slow");
		await before.subscribe("news", 2);
		const publisher = await TestClient.connect(target.mqtt);
		for (const qos of [1, 2] as const) await publisher.publish("news", `of ${qos}`, { qos });
		const sent = [await before.next(0x30), await before.next(0x30)];
		expect(sent.map((packet) => [packet.text, isDup(packet)])).toEqual([
			["of 1", false],
			["of 2", false],
		]);
		before.vanish();
		await publisher.publish("news", "meanwhile", { qos: 1 });
		await publisher.end();

		target = await target.restart();
		const [after, wasPresent] = await SilentClient.connect(target.mqtt, "slow");
		expect(wasPresent).toBe(true);
		for (const { id, text, first } of sent) {
			const again = await after.next(0x30);
			expect([again.text, again.id, isDup(again)]).toEqual([text, id, true]);
			expect(again.first & 6).toBe(first & 6);
		}
		const fresh = await after.next(0x30);
		expect([fresh.text, isDup(fresh)]).toEqual(["meanwhile", false]);
		after.vanish();
	});

	test("§4.4 MQTT.js gets again what it did not confirm, marked as a repetition", async () => {
		target = await startTarget();
		const before = await TestClient.connect(target.mqtt, session("js"));
		// What is not handled is not confirmed.
		before.raw.handleMessage = () => {};
		await before.subscribe("news", 1);
		const publisher = await TestClient.connect(target.mqtt);
		await publisher.publish("news", "again", { qos: 1 });
		await before.next("news");
		before.vanish();
		await publisher.end();
		target = await target.restart();
		const after = mqtt.connect(target.mqtt, session("js"));
		const { promise, resolve } = Promise.withResolvers<IPublishPacket>();
		after.on("message", (_topic, _payload, packet) => resolve(packet));
		const again = await within(promise, "a repetition");
		expect([String(again.payload), again.dup]).toEqual(["again", true]);
		await after.endAsync();
	});

	test("§4.3.3 a message of QoS 2 goes on where it was, in both directions", async () => {
		target = await startTarget();
		const [before] = await SilentClient.connect(target.mqtt, "exact");
		await before.subscribe("news", 2);
		const listener = await TestClient.connect(target.mqtt);
		await listener.subscribe("own", 2);
		await listener.publish("news", "once", { qos: 2 });
		const { id = 0 } = await before.next(0x30);
		before.confirm(0x50, id);
		expect((await before.next(0x60)).id).toBe(id);
		before.publish(7, "own", "mine", 2);
		expect((await before.next(0x50)).id).toBe(7);
		expect((await listener.next("own")).text).toBe("mine");
		before.vanish();
		await listener.end();

		target = await target.restart();
		const again = await TestClient.connect(target.mqtt);
		await again.subscribe("own", 2);
		const [after] = await SilentClient.connect(target.mqtt, "exact");
		expect((await after.next(0x60)).id).toBe(id);
		after.confirm(0x70, id);
		after.publish(7, "own", "mine", 2, true);
		expect((await after.next(0x50)).id).toBe(7);
		after.confirm(0x62, 7);
		expect((await after.next(0x70)).id).toBe(7);
		after.publish(8, "own", "next", 2);
		// The repetition was known, and published no second time.
		expect((await again.next("own")).text).toBe("next");
		after.vanish();
		await again.end();
		target = await target.restart();
		const [third, wasPresent] = await SilentClient.connect(target.mqtt, "exact");
		const late = await TestClient.connect(target.mqtt);
		await late.publish("news", "nothing came before", { qos: 1 });
		expect([wasPresent, (await third.next(0x30)).text]).toEqual([true, "nothing came before"]);
		third.vanish();
		await late.end();
	});

	test.if(hasProgram("mosquitto_sub"))(
		"§4.1 mosquitto_sub -c gets what came before and after a restart",
		async () => {
			target = await startTarget();
			const run = (seconds: number, count: number) => {
				const { port } = new URL(target.mqtt);
				const options = ["-c", "-i", "per", "-q", "1", "-t", "t"];
				const limits = ["-W", String(seconds), "-C", String(count)];
				return Bun.spawn(["mosquitto_sub", "-p", port, ...options, ...limits], {
					stdout: "pipe",
					stderr: "ignore",
				});
			};
			await run(1, 9).exited;
			const publish = async (text: string) => {
				const client = await TestClient.connect(target.mqtt);
				await client.publish("t", text, { qos: 1 });
				await client.end();
			};
			for (const text of ["one", "two"]) await publish(text);
			target = await target.restart();
			await publish("three");
			const back = run(30, 3);
			expect(await new Response(back.stdout).text()).toBe("one\ntwo\nthree\n");
		},
	);

	test("§3.1 a session that waits for a device's channel does not make it online", async () => {
		target = await startTarget();
		const device = await TestDevice.register(target);
		await leaveSession(target.mqtt, `session of ${device.id}`, `${device.id}/ctrl/o`, 1);
		await device.client.end();
		target = await target.restart();
		const answer = await fetch(`${target.http}/api/devices`);
		const found = (await answer.json()) as { da_id: string; state: string }[];
		const state = found.find(({ da_id }) => da_id === device.id)?.state;
		expect(state).not.toBe("online");
	});
});

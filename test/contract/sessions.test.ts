// Persistent sessions (clean session off) over a restart of the server: MQTT 3.1.1 §3.1.2.4, MQTT 3.1.1 §4.1, MQTT 3.1.1 §4.4.
import { afterEach, describe, expect, test } from "bun:test";
import mqtt, { type IPublishPacket } from "mqtt";
import { TestDevice } from "../support/gateway.ts";
import { ADMIN, addAdmin, connectAs, makeToken, register, send, type } from "../support/logins.ts";
import { TestClient } from "../support/mqtt.ts";
import { hasProgram } from "../support/programs.ts";
import { isDup, SilentClient } from "../support/silent-client.ts";
import { startTarget, type Target } from "../support/target.ts";
import { describeEmbedded } from "../support/variants.ts";
import { DEADLINE_MS, within } from "../support/waiting.ts";

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
		"MQTT 3.1.1 §4.1 subscriptions and what waited come back in order, over %s",
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
			// Only messages of one QoS have an order among them (MQTT 3.1.1 §4.6).
			for (let n = 0; n < 20; n++) {
				const expected = [`news/${n % 3}`, `before ${n}`, n % 2 === 0 ? 1 : 2] as const;
				const fits = ({ qos }: { qos: number }) => qos === expected[2];
				const { topic, text, qos } = await sleeper.inbox.take(`message ${n}`, fits);
				expect([topic, text, qos]).toEqual([...expected]);
			}
			expect(await sleeper.next("news/after")).toMatchObject({ text: "after", qos: 1 });
			await later.publish("news/live", "live");
			expect((await sleeper.next("news/live")).text).toBe("live");
			expect(sleeper.inbox.waiting).toEqual([]);
			await Promise.all([sleeper.end(), later.end()]);
		},
	);

	test("MQTT 3.1.1 §4.1 what was changed after the first restart holds after the second", async () => {
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

	test("MQTT 3.1.1 §3.1.2.4 a clean connect ends a session for good", async () => {
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

	test("MQTT 3.1.1 §4.4 what was sent and not confirmed comes again with DUP and its packet id", async () => {
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
		expect((await after.next(0x30)).text).toBe("meanwhile");
		after.vanish();
	});

	test("MQTT 3.1.1 §4.4 MQTT.js gets again what it did not confirm, marked as a repetition", async () => {
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

	test("MQTT 3.1.1 §4.3.3 a message of QoS 2 to a client goes on where it was", async () => {
		target = await startTarget();
		const [before] = await SilentClient.connect(target.mqtt, "exact");
		await before.subscribe("news", 2);
		const publisher = await TestClient.connect(target.mqtt);
		await publisher.publish("news", "once", { qos: 2 });
		const { id = 0 } = await before.next(0x30);
		before.confirm(0x50, id);
		expect((await before.next(0x60)).id).toBe(id);
		before.vanish();
		await publisher.end();
		target = await target.restart();
		const [after] = await SilentClient.connect(target.mqtt, "exact");
		expect((await after.next(0x60)).id).toBe(id);
		after.confirm(0x70, id);
		const later = await TestClient.connect(target.mqtt);
		await later.publish("news", "nothing came before", { qos: 1 });
		expect((await after.next(0x30)).text).toBe("nothing came before");
		after.vanish();
		await later.end();
	});

	test("MQTT 3.1.1 §4.3.3 a message of QoS 2 of a client that repeats it is published once", async () => {
		target = await startTarget();
		const heard: string[] = [];
		const listen = async () => {
			const listener = await TestClient.connect(target.mqtt);
			await listener.subscribe("own", 0);
			return listener;
		};
		/** Up to a message that is published now. */
		const hearAll = async (listener: TestClient, end: string) => {
			await listener.publish("own", end, { qos: 0 });
			do heard.push((await listener.next("own")).text);
			while (heard.at(-1) !== end);
			await listener.end();
		};
		const [before] = await SilentClient.connect(target.mqtt, "exact");
		const early = await listen();
		before.publish(7, "own", "mine", 2);
		expect((await before.next(0x50)).id).toBe(7);
		before.vanish();
		await hearAll(early, "restart");
		target = await target.restart();
		const late = await listen();
		const [after] = await SilentClient.connect(target.mqtt, "exact");
		after.publish(7, "own", "mine", 2, true);
		expect((await after.next(0x50)).id).toBe(7);
		after.confirm(0x62, 7);
		expect((await after.next(0x70)).id).toBe(7);
		after.vanish();
		await hearAll(late, "end");
		// A broker may publish when it receives the message or when the client releases it.
		expect(heard.toSorted()).toEqual(["end", "mine", "restart"]);
	});

	test.if(hasProgram("mosquitto_sub"))(
		"MQTT 3.1.1 §4.1 mosquitto_sub -c gets what came before and after a restart",
		async () => {
			target = await startTarget();
			const run = (...until: string[]) => {
				const { port } = new URL(target.mqtt);
				const options = ["-c", "-i", "per", "-q", "1", "-t", "t"];
				return Bun.spawn(["mosquitto_sub", "-p", port, ...options, ...until], {
					stdout: "pipe",
					stderr: "ignore",
				});
			};
			// Until it is subscribed.
			await run("-E").exited;
			const publish = async (text: string) => {
				const client = await TestClient.connect(target.mqtt);
				await client.publish("t", text, { qos: 1 });
				await client.end();
			};
			for (const text of ["one", "two"]) await publish(text);
			target = await target.restart();
			await publish("three");
			const back = run("-C", "3", "-W", String(DEADLINE_MS / 1000));
			expect(await new Response(back.stdout).text()).toBe("one\ntwo\nthree\n");
		},
	);

	test("§3.1 a session that waits for a device's channel does not make it online", async () => {
		target = await startTarget();
		const device = await TestDevice.register(target);
		await leaveSession(target.mqtt, `session of ${device.id}`, `${device.id}/ctrl/#`, 1);
		await device.say("online");
		await device.say("offline");
		await device.client.end();
		target = await target.restart();
		const answer = await fetch(`${target.http}/api/devices`);
		const views = (await answer.json()) as { id: string; state: string }[];
		const found = views.find(({ id }) => id === device.id);
		expect(found?.state).toBe("offline");
	});
});

// Another broker's logins are its own matter.
describeEmbedded("persistent sessions of logins", () => {
	const ANN = { username: "ann", password: "a password of ann" };
	const addUser = ({ username, password }: typeof ANN, to: Target) =>
		type(to, ["user", "add", username], `${password}\n`);

	/** Subscribes as a principal, and leaves the session behind. */
	async function leaveAs(login: { username: string; password: string }, clientId: string) {
		const client = await connectAs(target, login, session(clientId));
		await client.subscribe(`own/${clientId}`, 1);
		await client.end();
	}

	/** Whether a session waits for a login. */
	async function hasSession(login: { username: string; password: string }, clientId: string) {
		const client = mqtt.connect(target.mqtt, { ...login, ...session(clientId) });
		const { promise, resolve, reject } = Promise.withResolvers<boolean>();
		client.on("connect", ({ sessionPresent }) => resolve(sessionPresent));
		client.on("error", reject);
		return within(promise, "a connection").finally(() => client.endAsync());
	}

	test("§8 a user's waits for a changed password, and is gone with the user", async () => {
		target = await startTarget({ core: { auth: "on" } });
		addAdmin(target);
		addUser(ANN, target);
		await leaveAs(ADMIN, "of boss");
		await leaveAs(ANN, "of ann");
		const changed = { ...ADMIN, password: "another password" };
		target = await target.restart(() => {
			type(target, ["user", "passwd", ADMIN.username], `${changed.password}\n`);
			type(target, ["user", "del", ANN.username]);
		});
		expect(await hasSession(changed, "of boss")).toBe(true);
		addUser(ANN, target);
		expect(await hasSession(ANN, "of ann")).toBe(false);
		expect(target.log()).toContain("session dropped: its login no longer exists");
	});

	test("§8 a device's is its own, and gone when it was deregistered, even if it comes back", async () => {
		target = await startTarget({ core: { auth: "on" } });
		addAdmin(target);
		const token = makeToken(target, "t");
		const devices = [await register(target, token), await register(target, token)] as const;
		for (const device of devices) {
			const client = await connectAs(target, device, session(`of ${device.id}`));
			await client.subscribe(`${device.id}/ctrl/o`, 1);
			await client.end();
		}
		const [stays, goes] = devices;
		const authorization = `Bearer ${token}`;
		const payload = { rev: goes.rev };
		const { status } = await send(target, "DELETE", `/${goes.id}`, { authorization, payload });
		expect(status).toBe(200);
		target = await target.restart();
		const refused = connectAs(target, goes, session(`of ${stays.id}`));
		expect(await refused.then(String, String)).toContain("refused");
		const again = await register(target, token, goes.id);
		const thief = connectAs(target, again, session(`of ${stays.id}`));
		expect(await thief.then(String, String)).toContain("Identifier rejected");
		expect(await hasSession(again, `of ${goes.id}`)).toBe(false);
		expect(await hasSession(stays, `of ${stays.id}`)).toBe(true);
		const renewed = await register(target, token, stays.id);
		target = await target.restart();
		expect(await hasSession(renewed, `of ${stays.id}`)).toBe(true);
	});

	test("§8 of the time before logins belong to no client once they are on; to any when they are off", async () => {
		target = await startTarget();
		await leaveAs(ADMIN, "open");
		target = await target.restart(undefined, { core: { auth: "on" } });
		addAdmin(target);
		expect(await hasSession(ADMIN, "open")).toBe(false);
		const device = await register(target, makeToken(target, "t"));
		const client = await connectAs(target, device, session("of a device"));
		await client.subscribe(`${device.id}/ctrl/o`, 1);
		await client.end();
		target = await target.restart(undefined, { core: { auth: "off" } });
		expect(await hasSession(ADMIN, "of a device")).toBe(true);
	});
});

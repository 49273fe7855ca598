import { describe, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import type { LinkKey } from "../../../src/contract/mod.ts";
import { Attendance, newDevice } from "../../../src/csm/devices/attendance.ts";
import type { DevicesOptions } from "../../../src/csm/devices/devices.ts";
import type { Clock } from "../../../src/kit/clock.ts";
import { storedDevice } from "../../support/csm-store.ts";
import { quietLog } from "../../support/log.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { TestClient } from "../../support/mqtt.ts";
import { type Registry, startRegistry } from "../../support/registry.ts";
import { until } from "../../support/waiting.ts";

const uplink = (id: string) => `${id}/ctrl/i`;
const downlink = (id: string) => `${id}/ctrl/o`;

/** How long an online counts after a restart; a busy machine needs seconds for what has to happen meanwhile. */
const WHILE_SECONDS = 10;

/** A registry through its restarts. Most tests wait for seconds to pass: they do so at the same time. */
class Life {
	private constructor(public registry: Registry) {}

	static async run(
		{ clock, ...options }: Partial<DevicesOptions> & { clock?: Clock | undefined },
		run: (life: Life) => Promise<void>,
	): Promise<void> {
		const life = new Life(await startRegistry(options, clock));
		try {
			await run(life);
		} finally {
			await life.registry.dispose();
		}
	}

	async restart(clock?: Clock): Promise<void> {
		this.registry = await this.registry.restart(clock);
	}

	async crash(): Promise<void> {
		this.registry = await this.registry.crash();
	}

	/** Registers a device for which a client says `online` and leaves. */
	async saidOnline(): Promise<{ id: string; online: object }> {
		const id = randomUUID();
		const online = { state: "online", rev: await this.registry.register(id) };
		const client = await TestClient.connect(this.registry.mqtt);
		await client.publish(uplink(id), online, { retain: true });
		await client.end();
		expect(this.registry.stateOf(id)).toBe("online");
		return { id, online };
	}

	/** Once all that is being done to the device has been. */
	async isRegistered(id: string): Promise<boolean> {
		return (await this.registry.devices.deregister(id, "another rev")) === "stale";
	}

	becomes(id: string, state: string | undefined): Promise<void> {
		return until(() => this.registry.stateOf(id) === state, `the device to be ${state}`);
	}
}

describe("§3.1 after a restart of the built-in broker", () => {
	test.concurrent("§3.1 an online counts for a while, and no longer without a connection behind it", () =>
		Life.run({ restoredSeconds: WHILE_SECONDS }, async (life) => {
			const { id } = await life.saidOnline();
			const news: string[] = [];
			await life.restart();
			life.registry.devices.onAnnouncement((type) => news.push(type));
			expect(life.registry.stateOf(id)).toBe("online");
			await life.becomes(id, "offline");
			expect(news).toEqual(["offline"]);
			await life.restart();
			expect(life.registry.stateOf(id)).toBe("offline");
		}));

	test.concurrent("§3.1 a client that listens for the device stands behind it, and gets its CONNECTs", () =>
		Life.run({ restoredSeconds: WHILE_SECONDS }, async (life) => {
			const { id } = await life.saidOnline();
			const { id: lonely } = await life.saidOnline();
			await life.restart();
			const key: LinkKey = { daId: id, mode: "idf", feature: "meow" };
			await life.registry.signals.attach(key, "iottalk/esm/t");
			const listener = await TestClient.connect(life.registry.mqtt);
			await listener.subscribe(downlink(id));
			expect(await listener.nextJson(downlink(id))).toMatchObject({ topic: "iottalk/esm/t" });
			await life.becomes(lonely, "offline");
			expect(life.registry.stateOf(id)).toBe("online");
			await life.registry.signals.attach({ ...key, feature: "later" }, "iottalk/esm/u");
			const isLater = ({ text }: { text: string }) => text.includes("later");
			await listener.inbox.take("the CONNECT of a later link", isLater);
			await listener.end();
		}));

	test.concurrent("§3.1 so does one that answers or sends data for it; a listener to everything does not", () =>
		Life.run({ restoredSeconds: WHILE_SECONDS }, async (life) => {
			const devices = [await life.saidOnline(), await life.saidOnline(), await life.saidOnline()];
			const [answering = "", sending = "", lonely = ""] = devices.map(({ id }) => id);
			await life.restart();
			const client = await TestClient.connect(life.registry.mqtt);
			await client.subscribe("#");
			await client.subscribe("+/ctrl/o");
			await client.publish(uplink(answering), { msg_id: "m", state: "ok" });
			life.registry.senders.set(sending, 1);
			await life.becomes(lonely, "offline");
			expect([answering, sending].map((id) => life.registry.stateOf(id))).toEqual([
				"online",
				"online",
			]);
			await client.end();
		}));

	test.concurrent("§3.1 a link that goes is not a sign of life, and what came over it is not forgotten", () =>
		Life.run({ restoredSeconds: WHILE_SECONDS }, async (life) => {
			const saved = [await life.saidOnline(), await life.saidOnline(), await life.saidOnline()];
			const [gone = "", sending = "", lonely = ""] = saved.map(({ id }) => id);
			await life.restart();
			const { registry } = life;
			const detach = (id: string) => {
				registry.devices.linkGone(id, registry.senders.get(id) ?? 0);
				registry.senders.delete(id);
			};
			const client = await TestClient.connect(registry.mqtt);
			await client.subscribe(downlink(gone));
			registry.senders.set(gone, 3);
			registry.senders.set(sending, 1);
			detach(sending);
			await life.becomes(lonely, "offline");
			expect([gone, sending].map((id) => registry.stateOf(id))).toEqual(["online", "online"]);
			await client.unsubscribe(downlink(gone));
			detach(gone);
			await life.becomes(gone, "offline");
			await client.end();
		}));

	test.concurrent("§3.1 so does one that logged in as the device", () =>
		Life.run({ restoredSeconds: WHILE_SECONDS }, async (life) => {
			const [{ id }, { id: lonely }] = [await life.saidOnline(), await life.saidOnline()];
			await life.restart();
			const client = await TestClient.connect(life.registry.mqtt, { username: id, password: "x" });
			await life.becomes(lonely, "offline");
			expect(life.registry.stateOf(id)).toBe("online");
			await client.end();
		}));

	for (const backing of ["listens", "answers", "logged in"] as const) {
		for (const time of ["before", "after"] as const) {
			test.concurrent(`§3.1 one that ${backing} and is lost ${time} the while is over leaves it offline`, () =>
				Life.run({ restoredSeconds: WHILE_SECONDS }, async (life) => {
					const [{ id }, { id: lonely }] = [await life.saidOnline(), await life.saidOnline()];
					await life.restart();
					const isLogin = backing === "logged in";
					const options = isLogin ? { username: id, password: "x" } : {};
					const client = await TestClient.connect(life.registry.mqtt, {
						...options,
						reconnectPeriod: 0,
					});
					if (backing === "listens") await client.subscribe(downlink(id));
					if (backing === "answers") await client.publish(uplink(id), { msg_id: "m", state: "ok" });
					if (time === "after") {
						await life.becomes(lonely, "offline");
						expect(life.registry.stateOf(id)).toBe("online");
					}
					client.vanish();
					await life.becomes(id, "offline");
				}));
		}
	}

	test.concurrent("§3.1 a listener that says goodbye or unsubscribes stands behind it no longer", () =>
		Life.run({ restoredSeconds: WHILE_SECONDS }, async (life) => {
			const [{ id: left }, { id: unsubscribed }] = [
				await life.saidOnline(),
				await life.saidOnline(),
			];
			await life.restart();
			const [leaving, staying] = [
				await TestClient.connect(life.registry.mqtt),
				await TestClient.connect(life.registry.mqtt),
			];
			await leaving.subscribe(downlink(left));
			await staying.subscribe(downlink(unsubscribed));
			await leaving.end();
			await staying.unsubscribe(downlink(unsubscribed));
			await life.becomes(left, "offline");
			await life.becomes(unsubscribed, "offline");
			await staying.end();
		}));

	test.concurrent("§3.1 what a client said that disconnects holds, and so does another connection or a new online", () =>
		Life.run({ restoredSeconds: WHILE_SECONDS }, async (life) => {
			const devices = [];
			for (let n = 0; n < 4; n++) devices.push(await life.saidOnline());
			const [answered = "", twice = "", renewed = "", lonely = ""] = devices.map(({ id }) => id);
			await life.restart();
			const [lost, kept, oneShot] = [
				await TestClient.connect(life.registry.mqtt, { reconnectPeriod: 0 }),
				await TestClient.connect(life.registry.mqtt),
				await TestClient.connect(life.registry.mqtt),
			];
			for (const id of [twice, renewed, lonely]) await lost.subscribe(downlink(id));
			await kept.subscribe(downlink(twice));
			await oneShot.publish(uplink(answered), { msg_id: "m", state: "ok" });
			await oneShot.publish(uplink(renewed), devices[2]?.online ?? {}, { retain: true });
			await oneShot.end();
			lost.vanish();
			await life.becomes(lonely, "offline");
			const states = [answered, twice, renewed].map((id) => life.registry.stateOf(id));
			expect(states).toEqual(["online", "online", "online"]);
			await kept.end();
		}));

	test.concurrent("§3.1 its own word counts at once, also with the signals of an online", () =>
		Life.run({}, async (life) => {
			const { id, online } = await life.saidOnline();
			await life.restart();
			const client = await TestClient.connect(life.registry.mqtt);
			await client.publish(uplink(id), { ...online, state: "offline" });
			expect(life.registry.stateOf(id)).toBe("offline");
			await client.subscribe(downlink(id));
			expect(life.registry.stateOf(id)).toBe("offline");
			await life.registry.signals.attach(
				{ daId: id, mode: "odf", feature: "meow" },
				"iottalk/esm/t",
			);
			await client.publish(uplink(id), online);
			expect(await client.nextJson(downlink(id))).toMatchObject({ command: "CONNECT" });
			await client.end();
		}));

	test.concurrent("§3.1 a stop of the server says nothing about its devices, with a will or without", () =>
		Life.run({}, async (life) => {
			const id = randomUUID();
			const rev = await life.registry.register(id);
			const payload = Buffer.from(JSON.stringify({ state: "offline", rev }));
			const will = { topic: uplink(id), payload, qos: 0 as const, retain: true };
			const client = await TestClient.connect(life.registry.mqtt, { will, reconnectPeriod: 0 });
			await client.publish(uplink(id), { state: "online", rev });
			await life.restart();
			expect(life.registry.stateOf(id)).toBe("online");
			client.vanish();
		}));
});

describe("§3.1 after a crash", () => {
	test.concurrent("§3.1 a device counts as online that came before it, and gets its CONNECT when it listens", () =>
		Life.run({ restoredSeconds: WHILE_SECONDS }, async (life) => {
			const [{ id }, { id: lonely }] = [await life.saidOnline(), await life.saidOnline()];
			const { id: gone, online } = await life.saidOnline();
			await until(() => life.registry.isStoredOnline(gone), "the online to be stored");
			const client = await TestClient.connect(life.registry.mqtt);
			await client.publish(uplink(gone), { ...online, state: "offline" });
			await client.end();
			await until(
				async () => !(await life.registry.isStoredOnline(gone)),
				"the offline to be stored",
			);
			await life.crash();
			expect([id, lonely, gone].map((one) => life.registry.stateOf(one))).toEqual([
				"online",
				"online",
				"offline",
			]);
			await life.registry.signals.attach(
				{ daId: id, mode: "odf", feature: "meow" },
				"iottalk/esm/t",
			);
			const listener = await TestClient.connect(life.registry.mqtt);
			await listener.subscribe(downlink(id));
			expect(await listener.nextJson(downlink(id))).toMatchObject({ command: "CONNECT" });
			await life.becomes(lonely, "offline");
			expect(life.registry.stateOf(id)).toBe("online");
			await listener.end();
		}));
});

describe("§3.1 after a loss of another program's broker", () => {
	test.each([
		["devices that say nothing are offline where it was away", false, [], ["a offline"]],
		["they are as they were where other nodes of a cluster had it all the while", true, ["a"], []],
	] as const)("§3.1 %s", (_, reachedByOthers, confirmed, happened) => {
		const clock = new ManualClock();
		const [online, offline] = ["a", "b"].map((id) => newDevice(storedDevice(id), "offline"));
		if (online === undefined || offline === undefined) throw new Error("no device");
		online.presence = "online";
		const seen = { confirmed: [] as string[], happened: [] as string[] };
		let reconnected: (lostMs: number) => void = () => {};
		const attendance = new Attendance(
			{ confirmSeconds: 150, restoredSeconds: 60 },
			{
				broker: {
					followConnections: () => false,
					servePages: () => false,
					onReconnect: (listener) => {
						reconnected = listener;
					},
					reachedByOthers: () => reachedByOthers,
				},
				devices: new Map([online, offline].map((device) => [device.record.id, device])),
				happened: ({ record }, event) => seen.happened.push(`${record.id} ${event}`),
				confirmed: ({ record }) => seen.confirmed.push(record.id),
				senders: () => new Map(),
				...{ clock, log: quietLog },
			},
		);
		attendance.start();
		reconnected(2000);
		expect([online.doubted, offline.doubted]).toEqual([true, false]);
		clock.move(150_000);
		expect<object>(seen).toEqual({ confirmed, happened });
	});
});

describe("§2.6 expiry and clocks", () => {
	const DAY_MS = 86_400_000;
	test("§2.6 a boot with a clock days off changes nothing, nor does its way back", async () => {
		const lives = [-300, -23, 23, 300].map(async (days) => {
			const [before, off, right] = [0, days * DAY_MS, 0].map((now) => new ManualClock(now));
			await Life.run({ expirationSeconds: 10, clock: before }, async (life) => {
				const { id: kept } = await life.saidOnline();
				const away = randomUUID();
				await life.registry.register(away);
				before?.move(3000);
				await life.restart(off);
				expect(life.registry.stateOf(away)).toBe("offline");
				off?.move(3000);
				await life.restart(right);
				const listener = await TestClient.connect(life.registry.mqtt);
				await listener.subscribe(downlink(kept));
				right?.move(3900);
				expect(await life.isRegistered(away)).toBe(true);
				right?.move(100);
				await life.becomes(away, undefined);
				expect(life.registry.stateOf(kept)).toBe("online");
				await listener.end();
			});
		});
		await Promise.all(lives);
	});

	test("§2.6 a device that counts as online only because it did before a restart expires anyway", async () => {
		const clock = new ManualClock();
		await Life.run({ expirationSeconds: 4, clock }, async (life) => {
			const { id } = await life.saidOnline();
			await life.restart();
			clock.move(3900);
			expect(await life.isRegistered(id)).toBe(true);
			expect(life.registry.stateOf(id)).toBe("online");
			clock.move(100);
			await life.becomes(id, undefined);
		});
	});
});

// What every implementation of MqttPort and DataSink has to do: the built-in broker, an external one, and an external one as
// the nodes of a cluster share it.
import { afterEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EmbeddedBroker } from "../../src/broker/embedded.ts";
import { ClusterBroker } from "../../src/cluster/cluster-broker.ts";
import { ROUTER } from "../../src/cluster/partition-of.ts";
import { PartitionSessions } from "../../src/cluster/partition-sessions.ts";
import { systemClock } from "../../src/kit/clock.ts";
import { ExternalBroker } from "../../src/mqtt/external.ts";
import type { Broker, MessageHandler } from "../../src/mqtt/port.ts";
import { brokerOptions, externalOptions, MemoryDisk, OPEN, openGate } from "../support/embedded.ts";
import { describeEach, type Kind } from "../support/kinds.ts";
import { quietLog } from "../support/log.ts";
import { Mosquitto } from "../support/mosquitto.ts";
import { TestClient } from "../support/mqtt.ts";
import { hasProgram } from "../support/programs.ts";
import { Inbox, until } from "../support/waiting.ts";

interface Implementation {
	readonly broker: Broker;
	/** Where clients connect to. */
	readonly url: string;
	/** Takes the broker away and brings it back empty; undefined: it lives in this process. */
	readonly outage?: () => Promise<void>;
	/** What `user` says of a message published as a user. */
	readonly userOf: (user: string) => string | null;
}

const PARTITIONS = 2;

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
	for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function embedded(): Promise<Implementation> {
	const broker = new EmbeddedBroker(brokerOptions(), {
		disk: new MemoryDisk(),
		authority: OPEN,
		gate: openGate,
		log: quietLog,
	});
	await broker.start();
	cleanups.push(() => broker.stop());
	return { broker, url: `mqtt://127.0.0.1:${broker.port}`, userOf: (user) => user };
}

async function external(): Promise<Implementation> {
	const folder = mkdtempSync(join(tmpdir(), "iotctl-port-"));
	cleanups.push(() => rmSync(folder, { recursive: true }));
	const mosquitto = await Mosquitto.start(folder, "max_queued_messages 0\n");
	cleanups.push(() => mosquitto.stop());
	const options = externalOptions({ port: mosquitto.port, maxUnsent: 1000 });
	const broker = new ExternalBroker(options, quietLog);
	await broker.start();
	cleanups.push(() => broker.stop());
	const outage = () => outageOf(mosquitto, broker);
	return { broker, url: `mqtt://127.0.0.1:${mosquitto.port}`, outage, userOf: () => null };
}

/** A node that has all partitions, and the router. */
async function cluster(): Promise<Implementation> {
	const folder = mkdtempSync(join(tmpdir(), "iotctl-port-"));
	cleanups.push(() => rmSync(folder, { recursive: true }));
	const mosquitto = await Mosquitto.start(folder, "max_queued_messages 0\n");
	cleanups.push(() => mosquitto.stop());
	const options = externalOptions({ port: mosquitto.port, maxUnsent: 1000 });
	const broker = new ClusterBroker(new ExternalBroker(options, quietLog), quietLog);
	const sessions = new PartitionSessions(
		{ cluster: "lab", partitions: PARTITIONS, dataQos: 2 },
		{
			session: (wanted) => broker.session(wanted),
			work: { begin: async () => {}, end: async () => {} },
			onHanded: broker.takeHanded,
			stillOwns: async () => true,
			...{ clock: systemClock, log: quietLog },
		},
	);
	broker.use(sessions, { reachedBroker: () => false });
	await broker.start();
	cleanups.push(() => broker.stop());
	const leases = [ROUTER, ...Array(PARTITIONS).keys()].map((partition) => ({
		partition,
		token: 1,
	}));
	for (const lease of leases) sessions.gained(lease);
	cleanups.push(async () => {
		for (const lease of leases) await sessions.release(lease);
	});
	await until(() => broker.problem === undefined, "the partitions to be served");
	const outage = () => outageOf(mosquitto, broker);
	return { broker, url: `mqtt://127.0.0.1:${mosquitto.port}`, outage, userOf: () => null };
}

/** Stops the broker, starts it again, and waits until it is used again. */
async function outageOf(mosquitto: Mosquitto, broker: Broker): Promise<void> {
	await mosquitto.stop();
	await until(() => broker.problem !== undefined, "the outage to be noticed");
	await mosquitto.run();
	await until(() => broker.problem === undefined, "the broker to be back");
}

const IMPLEMENTATIONS: Kind<() => Promise<Implementation>>[] = [
	["embedded", embedded, true],
	["external", external, hasProgram("mosquitto")],
	["external, shared by a cluster", cluster, hasProgram("mosquitto")],
];

/** Messages a client sends at once: mosquitto 2.0.11 loses the order of more at QoS 2. */
const IN_FLIGHT = 20;

/** A handler that notes what it hears, as `topic payload`, with a star for what was retained. */
function recorder(): { readonly inbox: Inbox<string>; readonly hear: MessageHandler } {
	const inbox = new Inbox<string>();
	const hear: MessageHandler = ({ topic, payload, retained, done }) => {
		inbox.add(`${topic} ${Buffer.from(payload)}${retained ? "*" : ""}`);
		done?.();
	};
	return { inbox, hear };
}

async function connect(url: string): Promise<TestClient> {
	const client = await TestClient.connect(url);
	cleanups.push(() => client.end());
	return client;
}

/** Publishes a marker and waits for it: what was published before has come by then, or never will. */
async function settle(broker: Broker, ...inboxes: Inbox<string>[]): Promise<void> {
	const id = crypto.randomUUID();
	const { inbox, hear } = recorder();
	const unsubscribe = await broker.subscribe(`settle/${id}`, hear);
	await broker.publish(`settle/${id}`, "x", { qos: 2 });
	await inbox.take("the marker");
	await unsubscribe();
	for (const one of inboxes) expect(one.waiting).toEqual([]);
}

describeEach(IMPLEMENTATIONS)("MqttPort, %s", (build) => {
	test("several handlers of one filter hear each message once; one that unsubscribes leaves the others", async () => {
		const { broker, url } = await build();
		const recorders = [recorder(), recorder(), recorder()];
		const unsubscribes = [];
		for (const { hear } of recorders) unsubscribes.push(await broker.subscribe("a/+", hear));
		const client = await connect(url);
		for (const qos of [0, 1, 2] as const) await client.publish("a/x", String(qos), { qos });
		for (const { inbox } of recorders) {
			for (const qos of [0, 1, 2]) await inbox.take(`QoS ${qos}`, (text) => text === `a/x ${qos}`);
		}
		await unsubscribes[1]?.();
		await unsubscribes[1]?.();
		await client.publish("a/x", "after");
		for (const n of [0, 2]) expect(await recorders[n]?.inbox.take("the next")).toBe("a/x after");
		await settle(broker, ...recorders.map(({ inbox }) => inbox));
	});

	test("data comes with the QoS it was published at, and results go out at theirs, in order", async () => {
		const { broker, url } = await build();
		const client = await connect(url);
		await client.subscribe("odf");
		const unsubscribe = await broker.subscribe(
			"idf",
			({ payload, qos, done }) => {
				void broker.publishData("odf", `[${Buffer.from(payload)},${qos}]`, qos);
				done?.();
			},
			{ isData: true },
		);
		const qosOf = (n: number) => (n % 3) as 0 | 1 | 2;
		for (let n = 0; n < 60; n++) await client.publish("idf", String(n), { qos: qosOf(n) });
		for (const qos of [0, 1, 2]) {
			for (let n = qos; n < 60; n += 3) {
				const fits = (result: { qos: number }) => result.qos === qos;
				expect((await client.inbox.take("a result", fits)).text).toBe(`[${n},${qos}]`);
			}
		}
		await unsubscribe();
		await client.publish("idf", "unheard", { qos: 1 });
		const { inbox, hear } = recorder();
		await broker.subscribe("idf", hear, { isData: true });
		await client.publish("idf", "heard", { qos: 1 });
		expect(await inbox.take("the next")).toBe("idf heard");
	});

	test("one handler may subscribe twice, and each of its subscriptions ends by itself", async () => {
		const { broker } = await build();
		const { inbox, hear } = recorder();
		const first = await broker.subscribe("t", hear);
		await broker.subscribe("t", hear);
		await broker.publish("t", "1", { qos: 1 });
		for (let n = 0; n < 2; n++) expect(await inbox.take("both")).toBe("t 1");
		await first();
		await broker.publish("t", "2", { qos: 1 });
		expect(await inbox.take("the one that is left")).toBe("t 2");
		await settle(broker, inbox);
	});

	test("the last handler ends the subscription, and a later one begins it again", async () => {
		const { broker, url } = await build();
		const [one, two] = [recorder(), recorder()];
		const ends = [await broker.subscribe("t", one.hear), await broker.subscribe("t", two.hear)];
		for (const end of ends) await end();
		const client = await connect(url);
		await client.publish("t", "unheard");
		await settle(broker, one.inbox, two.inbox);
		await broker.subscribe("t", two.hear);
		await client.publish("t", "heard");
		expect(await two.inbox.take("the message")).toBe("t heard");
		await settle(broker, one.inbox);
	});

	test("every new handler gets what is retained, and those before it do not get it again", async () => {
		const { broker, url } = await build();
		const client = await connect(url);
		for (const name of ["x", "y"]) await client.publish(`r/${name}`, "1", { retain: true });
		await client.publish("other", "1", { retain: true });
		const recorders = [recorder(), recorder(), recorder()];
		for (const { inbox, hear } of recorders) {
			await broker.subscribe("r/+", hear);
			const got = [await inbox.take("the first"), await inbox.take("the second")];
			expect(got.sort()).toEqual(["r/x 1*", "r/y 1*"]);
		}
		await client.publish("r/x", "2", { retain: true });
		for (const { inbox } of recorders) expect(await inbox.take("a live one")).toBe("r/x 2");
		await settle(broker, ...recorders.map(({ inbox }) => inbox));
	});

	test("messages of one publisher arrive in order, at each QoS and from the server itself", async () => {
		const { broker, url } = await build();
		const { inbox, hear } = recorder();
		await broker.subscribe("order/#", hear);
		const client = await connect(url);
		for (const qos of [0, 1, 2] as const) {
			for (let n = 0; n < 200; n += IN_FLIGHT) {
				const sent = Array.from({ length: IN_FLIGHT }, (_, more) =>
					client.publish(`order/${qos}`, String(n + more), { qos }),
				);
				await Promise.all(sent);
			}
			for (let n = 0; n < 200; n++) {
				expect(await inbox.take("the next")).toBe(`order/${qos} ${n}`);
			}
		}
		const own = Array.from({ length: 200 }, (_, n) =>
			broker.publish("order/own", String(n), { qos: 2 }),
		);
		await Promise.all(own);
		for (let n = 0; n < 200; n++) expect(await inbox.take("the next")).toBe(`order/own ${n}`);
	});

	test("data of graphs reaches clients at QoS 2, in order, and the server's own handlers", async () => {
		const { broker, url } = await build();
		const client = await connect(url);
		await client.subscribe("odf", 2);
		const { inbox, hear } = recorder();
		await broker.subscribe("odf", hear);
		await Promise.all(
			Array.from({ length: 100 }, (_, n) => broker.publishData("odf", `[${n}]`, 2)),
		);
		for (let n = 0; n < 100; n++) {
			expect(await client.next("odf")).toMatchObject({ text: `[${n}]`, qos: 2 });
			expect(await inbox.take("the next")).toBe(`odf [${n}]`);
		}
	});

	test("what is published to be retained is, at the QoS asked for, until it is published empty", async () => {
		const { broker, url } = await build();
		await broker.publish("kept", "1", { qos: 1, retain: true });
		const first = await connect(url);
		await first.subscribe("kept", 2);
		expect(await first.next("kept")).toMatchObject({ text: "1", qos: 1, retain: true });
		await broker.publish("kept", "", { qos: 1, retain: true });
		const { inbox, hear } = recorder();
		await broker.subscribe("kept", hear);
		await settle(broker, inbox);
	});

	test("publishing as a user names it to handlers, and changes nothing for clients", async () => {
		const { broker, url, userOf } = await build();
		const users = new Inbox<string | null>();
		await broker.subscribe("as/+", ({ user }) => users.add(user));
		const client = await connect(url);
		await client.subscribe("as/+", 2);
		const ccm = broker.as("ccm");
		for (const qos of [0, 1, 2] as const) {
			for (const payload of ["text", Buffer.from("bytes"), ""]) {
				await ccm.publish("as/x", payload, { qos });
				expect(await users.take("the user")).toBe(userOf("ccm"));
				expect(await client.next("as/x")).toMatchObject({ text: String(payload), qos });
			}
		}
		await ccm.as("other").publish("as/x", "1", { qos: 1 });
		expect(await users.take("another user")).toBe(userOf("other"));
		await broker.publish("as/x", "1", { qos: 1 });
		expect(await users.take("no user")).toBeNull();
		const heard = recorder();
		const unsubscribe = await ccm.subscribe("b", heard.hear);
		await broker.publish("b", "1", { qos: 1 });
		expect(await heard.inbox.take("a message")).toBe("b 1");
		await unsubscribe();
		await broker.publish("b", "2", { qos: 1 });
		await settle(broker, heard.inbox);
	});

	test("a handler that throws or rejects is counted, and all others hear", async () => {
		const { broker, url } = await build();
		const { inbox, hear } = recorder();
		const fail = () => {
			throw new Error("a handler's own mistake");
		};
		await broker.subscribe("t", fail);
		await broker.subscribe("t", hear);
		await broker.subscribe("t", async () => fail());
		await broker.subscribe("+", fail);
		const client = await connect(url);
		for (const qos of [0, 1, 2] as const) {
			await client.publish("t", String(qos), { qos });
			expect(await inbox.take("the message")).toBe(`t ${qos}`);
		}
		await until(() => broker.handlerFailures === 9, "all failures to be counted");
	});

	test("an outage is told when it is over, and every handler hears again", async () => {
		const { broker, url, outage } = await build();
		const reconnects = new Inbox<string>();
		broker.onReconnect((lostMs) => {
			expect(lostMs).toBeGreaterThan(0);
			reconnects.add("first");
			throw new Error("a listener's own mistake");
		});
		broker.onReconnect(() => reconnects.add("second"));
		const recorders = [recorder(), recorder()];
		for (const { hear } of recorders) await broker.subscribe("t", hear);
		const gone = recorder();
		await (await broker.subscribe("t", gone.hear))();
		await outage?.();
		if (outage !== undefined) {
			for (const name of ["first", "second"]) expect(await reconnects.take(name)).toBe(name);
		}
		const client = await connect(url);
		await client.publish("t", "again");
		for (const { inbox } of recorders) expect(await inbox.take("a message")).toBe("t again");
		await settle(broker, gone.inbox, ...recorders.map(({ inbox }) => inbox));
		expect(reconnects.waiting).toEqual([]);
	});

	test("filters of requests have several handlers too", async () => {
		const { broker, url } = await build();
		const recorders = [recorder(), recorder()];
		const ends = [];
		for (const { hear } of recorders) ends.push(await broker.subscribe("iottalk/api/req/+", hear));
		const client = await connect(url);
		await until(() => broker.problem === undefined, "requests to be heard");
		await client.publish("iottalk/api/req/gui", "1");
		for (const { inbox } of recorders) {
			expect(await inbox.take("the request")).toBe("iottalk/api/req/gui 1");
		}
		await ends[0]?.();
		await client.publish("iottalk/api/req/gui", "2");
		expect(await recorders[1]?.inbox.take("the next one")).toBe("iottalk/api/req/gui 2");
		await settle(broker, ...recorders.map(({ inbox }) => inbox));
	});

	test("a handler of requests that throws or rejects is counted, and all others hear", async () => {
		const { broker, url } = await build();
		const { inbox, hear } = recorder();
		const fail = () => {
			throw new Error("a handler's own mistake");
		};
		await broker.subscribe("iottalk/api/req/+", fail);
		const ends = [];
		for (let n = 0; n < 2; n++) ends.push(await broker.subscribe("iottalk/api/req/+", hear));
		await broker.subscribe("iottalk/api/req/+", async () => fail());
		const client = await connect(url);
		await until(() => broker.problem === undefined, "requests to be heard");
		await client.publish("iottalk/api/req/gui", "1", { qos: 1 });
		for (let n = 0; n < 2; n++) expect(await inbox.take("both")).toBe("iottalk/api/req/gui 1");
		for (let n = 0; n < 2; n++) await ends[0]?.();
		await client.publish("iottalk/api/req/gui", "2", { qos: 1 });
		expect(await inbox.take("the one that is left")).toBe("iottalk/api/req/gui 2");
		await until(() => broker.handlerFailures === 4, "all failures to be counted");
		await settle(broker, inbox);
	});

	test("the last handler of one filter of requests leaves the others, and a later one hears again", async () => {
		const { broker, url } = await build();
		const [graphs, devices, later] = [recorder(), recorder(), recorder()];
		const endGraphs = await broker.subscribe("iottalk/api/req/+/graph/+", graphs.hear);
		const endDevices = await broker.subscribe("iottalk/api/req/+/device", devices.hear);
		const client = await connect(url);
		const isHeard = () => until(() => broker.problem === undefined, "requests to be heard");
		await isHeard();
		await endGraphs();
		await client.publish("iottalk/api/req/x/graph/1", "unheard");
		await client.publish("iottalk/api/req/x/device", "1");
		expect(await devices.inbox.take("another filter's")).toBe("iottalk/api/req/x/device 1");
		const endLater = await broker.subscribe("iottalk/api/req/+/graph/+", later.hear);
		await client.publish("iottalk/api/req/x/graph/1", "2");
		expect(await later.inbox.take("the next")).toBe("iottalk/api/req/x/graph/1 2");
		await Promise.all([endLater(), endDevices()]);
		await broker.subscribe("iottalk/api/req/+/device", devices.hear);
		await isHeard();
		await client.publish("iottalk/api/req/x/device", "3");
		expect(await devices.inbox.take("after all had ended")).toBe("iottalk/api/req/x/device 3");
		await settle(broker, graphs.inbox, later.inbox, devices.inbox);
	});
});

// Brokers of other people that are not as we would have them, and a server that is away for a while.
import { Database } from "bun:sqlite";
import { afterEach, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TestHome } from "../support/binary.ts";
import { Flow } from "../support/flow.ts";
import { call, type Json, TestGraph } from "../support/gateway.ts";
import { Mosquitto } from "../support/mosquitto.ts";
import { TestClient } from "../support/mqtt.ts";
import { hasProgram } from "../support/programs.ts";
import { StandInBroker } from "../support/stand-in-broker.ts";
import { spawnBinary, startBinary, type Target } from "../support/target.ts";
import { LONG_DEADLINE_MS, until } from "../support/waiting.ts";

let ends: (() => unknown)[] = [];
afterEach(async () => {
	for (const end of ends.reverse()) await end();
	ends = [];
});

function later<T>(thing: T, end: (thing: T) => unknown): T {
	ends.push(() => end(thing));
	return thing;
}

const serverAt = async (ini: Parameters<typeof startBinary>[0]): Promise<Target> =>
	later(await startBinary(ini), (target) => target.dispose());
const count = (text: string, part: string): number => text.split(part).length - 1;
const reasons = async (target: Target): Promise<unknown> =>
	(await call(target, "GET", "/health")).json.reasons;
const untilHealthy = (target: Target) =>
	until(async () => (await call(target, "GET", "/health")).status === 200, "good health");

describe("a broker that grants less", () => {
	for (const maxQos of [0, 1] as const) {
		test(`than QoS 2: the server goes on with QoS ${maxQos} and says so once`, async () => {
			const broker = later(await StandInBroker.start({ maxQos }), (it) => it.stop());
			const target = await serverAt(broker.ini);
			await untilHealthy(target);
			const client = await TestClient.connect(target.mqtt);
			await client.subscribe("iottalk/api/res/gui/graph/g");
			const ask = async (request: Json): Promise<Json> => {
				await client.publish("iottalk/api/req/gui/graph/g", request, { qos: maxQos });
				return client.nextJson("iottalk/api/res/gui/graph/g");
			};
			expect(await ask({ op: "attach" })).toMatchObject({ state: "ok" });
			broker.cutAll();
			await until(() => count(target.log(), "broker connected") === 2, "the second connection");
			await untilHealthy(target);
			const again = await TestClient.connect(target.mqtt);
			await again.subscribe("iottalk/api/res/gui/graph/g");
			await again.publish("iottalk/api/req/gui/graph/g", { op: "start_monitor" }, { qos: maxQos });
			expect(await again.nextJson("iottalk/api/res/gui/graph/g")).toMatchObject({ state: "ok" });
			expect(broker.refused).toEqual([]);
			const said = target
				.log()
				.split("\n")
				.filter((line) => line.includes("does not grant QoS 2"));
			expect(said).toEqual([expect.stringContaining(`"qos":${maxQos}`)]);
			await client.end();
			await again.end();
		});
	}

	test("and refuses what the server needs: /health names the filter, what it can do without is not named", async () => {
		const refuses = (filter: string) => filter === "+/ctrl/i" || filter.startsWith("$");
		const broker = later(await StandInBroker.start({ maxQos: 2, refuses }), (it) => it.stop());
		const target = await serverAt(broker.ini);
		const refusal = ["the broker refuses the subscription to +/ctrl/i"];
		// A start waits five seconds for the broker, and then goes on without.
		await until(async () => Bun.deepEquals(await reasons(target), refusal), "the refusal");
		expect(count(target.log(), "broker refused subscriptions")).toBe(1);
	});
});

test("a broker that breaks the standard is named in /health, and once in the log, until it does not; the server goes on", async () => {
	let isBroken = true;
	const breaks = ({ cmd }: { cmd: string }) =>
		isBroken && cmd === "subscribe" ? PUBLISH_OF_QOS_3 : undefined;
	const broker = later(await StandInBroker.start({ maxQos: 2, breaks }), (it) => it.stop());
	const target = await serverAt(broker.ini);
	const reason = "the peer does not speak MQTT: PUBLISH of QoS 3";
	const problem = [`cannot reach the broker at localhost:${broker.port}: ${reason}`];
	await until(async () => Bun.deepEquals(await reasons(target), problem), "the reason");
	isBroken = false;
	await untilHealthy(target);
	expect(count(target.log(), "breaks the MQTT standard")).toBe(1);
	expect(count(target.log(), "broker connection lost")).toBe(1);
});

/** Messages of an input that may wait in the server, and how many wait for it at the broker: more than are in flight. */
const KEPT = 5;
const WAITED = 60;
/** Messages the server has dropped because more than {@link KEPT} waited, by its metrics. */
async function dropped(target: Target): Promise<number> {
	const { text } = await call(target, "GET", "/metrics");
	return Number(/^iotctl_messages_dropped_total\{reason="queue"\} (\d+)$/m.exec(text)?.[1] ?? 0);
}

const PUBLISH_OF_QOS_3 = [0x36, 5, 0, 1, 0x74, 0, 1];
const ready = hasProgram("mosquitto");
async function mosquittoIn(name: string): Promise<Mosquitto> {
	const folder = mkdtempSync(join(tmpdir(), `iotctl-${name}-`));
	ends.push(() => rmSync(folder, { recursive: true }));
	return later(await Mosquitto.start(folder), (it) => it.stop());
}

describe.if(ready)("a broker with several addresses", () => {
	test("is found at the second one when the first is down, and at the first again", async () => {
		const [first, second] = [await mosquittoIn("first"), await mosquittoIn("second")];
		await first.stop();
		const connect = `127.0.0.1:${first.port}, 127.0.0.1:${second.port}`;
		const told = { host: "broker.example.org", port: 1883 };
		const target = await serverAt({ "core-mqtt": { broker: "external", connect, ...told } });
		await untilHealthy(target);
		const url = { scheme: "mqtt", ...told };
		const { json } = await call(target, "PUT", "/5b4a8b0c-11f0-4c3e-9d4f-000000000001", {
			...{ accept_protos: ["mqtt"], profile: { model: "AI" } },
			...{ idf_list: [["a"]], odf_list: [["b"]] },
		});
		expect(json.url).toMatchObject(url);
		expect(target.log()).toMatch(new RegExp(`broker connection lost.*127.0.0.1:${first.port}`));
		expect(target.log()).toMatch(new RegExp(`broker connected.*127.0.0.1:${second.port}`));
		await second.stop();
		await until(
			async () => JSON.stringify(await reasons(target)).includes("cannot reach"),
			"the outage",
		);
		expect(await reasons(target)).toEqual([`cannot reach the broker at ${connect}`]);
		await first.run();
		await untilHealthy(target);
		const at = { ...target, mqtt: `mqtt://127.0.0.1:${first.port}` };
		const flow = await Flow.build(at, { idfs: [{}], odfs: [{}] });
		await flow.expect(1, [1]);
		await flow.device.client.end();
	});

	test("check looks at each of them", async () => {
		const mosquitto = await mosquittoIn("check");
		const home = later(new TestHome("addresses"), (it) => it.clear());
		const ini = (connect: string) =>
			writeFileSync(
				home.ini,
				`[core]\nuserdir = ${home.folder}/state\nhttp-port = 0\n[core-mqtt]\nbroker = external\nconnect = ${connect}\n`,
			);
		ini(`127.0.0.1:1, 127.0.0.1:${mosquitto.port}`);
		const { exitCode, out } = home.run("check");
		expect(exitCode).toBe(0);
		expect(out).toMatch(/note +broker +mqtt:\/\/127\.0\.0\.1:1 does not answer/);
		expect(out).toMatch(new RegExp(`ok +broker +mqtt://127\\.0\\.0\\.1:${mosquitto.port} answers`));
		ini("127.0.0.1:1, [::1]:1");
		expect(home.run("check").out).toMatch(/FAIL +broker +mqtt:\/\/\[::1\]:1 does not answer/);
		ini("127.0.0.1:99999");
		expect(home.run("check").err).toContain('"127.0.0.1:99999": a port is an integer');
		expect(home.run("start", "csm").err).toContain('contains "127.0.0.1:99999":');
	});
});

test.if(ready)(
	"check takes a refusal for a note where the broker asks the server, which is not running",
	async () => {
		const folder = mkdtempSync(join(tmpdir(), "iotctl-asking-"));
		ends.push(() => rmSync(folder, { recursive: true }));
		const refusing = await Mosquitto.start(folder, "", "allow_anonymous false\n");
		ends.push(() => refusing.stop());
		const home = later(new TestHome("asking"), (it) => it.clear());
		const key = join(folder, "key");
		const check = (more: string) => {
			const mqtt = `broker = external\nhost = 127.0.0.1\nport = ${refusing.port}\n${more}`;
			writeFileSync(
				home.ini,
				`[core]\nuserdir = ${home.folder}/state\nhttp-port = 0\n[core-mqtt]\n${mqtt}`,
			);
			return home.run("check");
		};
		expect(check("").out).toMatch(/FAIL +broker .* refuses the login \(.*\); the server would/);
		writeFileSync(key, "a-key-of-a-broker-that-asks");
		const asked = check(`auth-key-file = ${key}\n`);
		expect(asked.out).toMatch(/note +broker .* refuses the login .*: it may be asking this server/);
		expect(asked.exitCode).toBe(0);
		writeFileSync(key, "short");
		expect(check(`auth-key-file = ${key}\n`).err).toContain("must have at least 24 letters");
	},
);

describe.if(ready)("requests sent while the server is away", () => {
	for (const qos of [1, 2] as const) {
		test(`at QoS ${qos} are carried out once each and in order when it is back, retained ones are not`, async () => {
			const mosquitto = await mosquittoIn("away");
			let target = await startBinary(mosquitto.ini);
			ends.push(() => target.dispose());
			const client = await TestClient.connect(target.mqtt);
			const graph = await TestGraph.open(client, "gui", "g");
			await graph.ok({ op: "attach" });
			const device = "5b4a8b0c-11f0-4c3e-9d4f-000000000002";
			const link = (n: number) => ({ da_id: device, idf: `f${n}` });
			for (let round = 0; round < 2; round++) {
				target = await target.restart(async () => {
					for (let n = 0; n < 50; n++) {
						await client.publish(graph.request, { op: "add_link", ...link(n) }, { qos });
					}
					for (let n = 0; n < 50; n++) {
						await client.publish(graph.request, { op: "rm_link", ...link(n) }, { qos });
					}
					const retained = { qos, retain: true };
					await client.publish(graph.request, { op: "detach" }, retained);
				});
				const replies: Json[] = [];
				for (let n = 0; n < 100; n++) replies.push(await client.nextJson(graph.response));
				const wanted = Array.from({ length: 100 }, (_, n) => ({
					op: n < 50 ? "add_link" : "rm_link",
					idf: `f${n % 50}`,
					state: "ok",
				}));
				expect(replies).toMatchObject(wanted);
				// A live one that is the same as the retained one is another request.
				await graph.ok({ op: "start_monitor" });
				expect(client.inbox.waiting.filter(({ topic }) => topic === graph.response)).toEqual([]);
				expect(count(target.log(), "it is a retained message on the broker")).toBe(1);
			}
			await graph.ok({ op: "detach" });
			await client.end();
		});
	}

	test("wait through a crash, too, and so does data of QoS 1 and 2; presence does not wait", async () => {
		const mosquitto = await mosquittoIn("crash");
		let target = await startBinary(mosquitto.ini);
		ends.push(() => target.dispose());
		const flow = await Flow.build(target, { idfs: [{}], odfs: [{}] });
		await flow.expect(1, [1]);
		const { client } = flow.device;
		target.process?.kill("SIGKILL");
		await target.process?.exited;
		const link = { da_id: flow.device.id, odf: "another" };
		await client.publish(flow.graph.request, { op: "add_link", ...link }, { qos: 1 });
		await client.publish(flow.idfTopics[0] ?? "", "2", { qos: 1 });
		target = await target.restart();
		expect(await client.nextJson(flow.graph.response)).toMatchObject({ ...link, state: "ok" });
		expect(await flow.receive()).toMatchObject({ text: "[2]", qos: 1 });
		await flow.expect(3, [3]);
		await client.end();
	});

	test("data waits through a restart of a broker that keeps its sessions", async () => {
		const folder = mkdtempSync(join(tmpdir(), "iotctl-kept-"));
		ends.push(() => rmSync(folder, { recursive: true }));
		const keeps = `user root\npersistence true\npersistence_location ${folder}/\n`;
		const mosquitto = later(await Mosquitto.start(folder, keeps), (it) => it.stop());
		let target = await startBinary(mosquitto.ini);
		ends.push(() => target.dispose());
		const flow = await Flow.build(target, {
			idfs: [{ code: "def run(x): return x\n" }],
			odfs: [{}],
		});
		await flow.expect(1, [1]);
		const [input = "", output = ""] = [flow.idfTopics[0], flow.odfTopics[0]];
		let client = flow.device.client;
		target = await target.restart(async () => {
			for (let n = 0; n < 50; n++) await client.publish(input, String(n), { qos: n % 2 ? 1 : 2 });
			mosquitto.signal("SIGUSR1");
			await until(() => existsSync(join(folder, "mosquitto.db")), "the sessions to be saved");
			await mosquitto.stop();
			await mosquitto.run();
			client = await TestClient.connect(`mqtt://127.0.0.1:${mosquitto.port}`);
			await client.subscribe(output);
		});
		const got: unknown[] = [];
		for (let n = 0; n < 50; n++)
			got.push(((await client.nextJson(output)) as unknown as number[])[0]);
		expect(got.toSorted((a, b) => Number(a) - Number(b))).toEqual(
			Array.from({ length: 50 }, (_, n) => n),
		);
		await client.end();
	});

	test("of data that waited the oldest beyond queue-per-link are dropped and counted, the rest comes out in order", async () => {
		const mosquitto = await mosquittoIn("waited");
		const ini = { ...mosquitto.ini, esm: { "queue-per-link": KEPT } };
		let target = await startBinary(ini);
		ends.push(() => target.dispose());
		const flow = await Flow.build(target, {
			idfs: [{ code: "import time\ndef run(x):\n  time.sleep(0.02)\n  return x\n" }],
			odfs: [{}],
		});
		await flow.expect(-1, [-1]);
		const [input = ""] = flow.idfTopics;
		const { client } = flow.device;
		const sent = Array.from({ length: WAITED }, (_, n) => n);
		target = await target.restart(async () => {
			for (const n of sent) await client.publish(input, String(n), { qos: 1 });
		});
		const got: number[] = [];
		while (got.at(-1) !== sent.at(-1))
			got.push(JSON.parse((await flow.receive(0, LONG_DEADLINE_MS)).text)[0]);
		expect(got).toEqual(sent.filter((n) => got.includes(n)));
		expect(got.slice(-KEPT)).toEqual(sent.slice(-KEPT));
		expect(await dropped(target)).toBe(WAITED - got.length);
		expect(got.length).toBeLessThan(WAITED);
		// What was dropped is acknowledged, too: nothing comes again.
		target = await target.restart();
		await client.publish(input, String(WAITED), { qos: 1 });
		expect((await flow.receive(0, LONG_DEADLINE_MS)).text).toBe(`[${WAITED}]`);
		expect(await dropped(target)).toBe(0);
		await client.end();
	});

	test("a stream of requests goes on over restarts, each carried out once and in order", async () => {
		const mosquitto = await mosquittoIn("stream");
		let target = await startBinary(mosquitto.ini);
		ends.push(() => target.dispose());
		const client = await TestClient.connect(target.mqtt);
		const graph = await TestGraph.open(client, "gui", "g");
		await graph.ok({ op: "attach" });
		const device = "5b4a8b0c-11f0-4c3e-9d4f-000000000003";
		let sent = 0;
		const send = async () => {
			const qos = sent % 2 === 0 ? 1 : 2;
			const request = { op: "add_link", da_id: device, idf: `f${sent++}` };
			await client.publish(graph.request, request, { qos });
		};
		let isOver = false;
		let answered = 0;
		const stream = (async () => {
			// As many as may be in flight wait while the server is away.
			while (sent < 50) await send();
			for (; answered < sent; answered++) {
				const reply = await client.nextJson(graph.response);
				expect(reply).toMatchObject({ op: "add_link", idf: `f${answered}`, state: "ok" });
				if (!isOver) await send();
			}
		})();
		for (let times = 0; times < 3; times++) target = await target.restart();
		isOver = true;
		await stream;
		await graph.ok({ op: "detach" });
		await client.end();
	});

	test("a second server with a copy of the database is noticed by both, said once, and does not storm", async () => {
		const mosquitto = await mosquittoIn("copy");
		const target = await serverAt(mosquitto.ini);
		await untilHealthy(target);
		const folder = mkdtempSync(join(tmpdir(), "iotctl-copy-"));
		ends.push(() => rmSync(folder, { recursive: true }));
		const out = join(folder, "iottalk.db");
		const database = new Database(join(target.userdir, "iottalk.db"));
		database.run("VACUUM INTO ?", [out]);
		database.close();
		const ini = join(folder, "copy.ini");
		writeFileSync(
			ini,
			`[core]\nuserdir = ${folder}\nhttp-port = 0\n[core-mqtt]\nbroker = external\nport = ${mosquitto.port}\n`,
		);
		const copy = later(await spawnBinary(ini), (it) => it.stop());
		const line = "is another server running with a copy of this database?";
		await until(() => target.log().includes(line) || copy.log().includes(line), "the log's line");
		expect(count(target.log(), line)).toBeLessThanOrEqual(1);
		expect(count(copy.log(), line)).toBeLessThanOrEqual(1);
		await until(
			async () => JSON.stringify(await reasons(target)).includes("another program uses"),
			"the reason in /health",
		);
	});
});

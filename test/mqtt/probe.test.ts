// The server notices that its own messages do not come back, with brokers of both kinds.
import { afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EmbeddedBroker } from "../../src/broker/embedded.ts";
import { createLogger } from "../../src/kit/log.ts";
import { ExternalBroker } from "../../src/mqtt/external.ts";
import type { Broker } from "../../src/mqtt/port.ts";
import { Probe } from "../../src/mqtt/probe.ts";
import { brokerOptions, externalOptions, MemoryDisk, OPEN, openGate } from "../support/embedded.ts";
import { Mosquitto } from "../support/mosquitto.ts";
import { TestClient } from "../support/mqtt.ts";
import { hasProgram } from "../support/programs.ts";
import { Inbox, LONG_DEADLINE_MS } from "../support/waiting.ts";

const lines = new Inbox<string>();
const logged = (text: string) => lines.take(text, (line) => line.includes(text));
const log = createLogger({ level: "debug", format: "json", write: (line) => lines.add(line) });
const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
	for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
	lines.clear();
});

const DEADLINE_MS = 300;
async function probe(broker: Broker, isOurs: boolean): Promise<Probe> {
	const started = new Probe({ deadlineMs: DEADLINE_MS, isOurs }, { broker, log });
	cleanups.push(() => started.stop());
	await started.start();
	return started;
}

/** A mosquitto whose access list can be changed, and a connection of the server to it. */
async function withAcl(acl: string, more = "") {
	const folder = mkdtempSync(join(tmpdir(), "iotctl-probe-"));
	cleanups.push(() => rmSync(folder, { recursive: true }));
	const file = join(folder, "acl");
	writeFileSync(file, acl);
	const mosquitto = await Mosquitto.start(folder, `user root\nacl_file ${file}\n${more}`);
	cleanups.push(() => mosquitto.stop());
	const broker = new ExternalBroker(externalOptions({ port: mosquitto.port }), log);
	cleanups.push(() => broker.stop());
	await broker.start();
	const change = (text: string) => {
		writeFileSync(file, text);
		mosquitto.signal("SIGHUP");
	};
	return { broker, change, url: `mqtt://127.0.0.1:${mosquitto.port}` };
}

const ALL = "topic readwrite #\n";
const DOLLAR = "topic readwrite $iotctl/#\n";

test("with the built-in broker every probe comes back, and readers of # hear none", async () => {
	const broker = new EmbeddedBroker(brokerOptions(), {
		disk: new MemoryDisk(),
		authority: OPEN,
		gate: openGate,
		log,
	});
	cleanups.push(() => broker.stop());
	await broker.start();
	const client = await TestClient.connect(`mqtt://127.0.0.1:${broker.port}`);
	cleanups.push(() => client.end());
	await client.subscribe("#");
	await client.subscribe("+/#");
	await client.subscribe("$iotctl/#");
	const started = await probe(broker, true);
	for (let n = 0; n < 3; n++) {
		await client.inbox.take("a probe", ({ topic }) => topic.startsWith("$iotctl/probe/"));
	}
	expect(started.problem).toBeUndefined();
	expect(client.inbox.waiting).toEqual([]);
});

describe.if(hasProgram("mosquitto"))("with another broker", () => {
	test("messages that do not come back any more are a problem until they do", async () => {
		const { broker, change, url } = await withAcl(ALL + DOLLAR);
		const reader = await TestClient.connect(url);
		cleanups.push(() => reader.end());
		await reader.subscribe("$iotctl/#");
		await reader.subscribe("#");
		const started = await probe(broker, false);
		for (let n = 0; n < 2; n++) {
			await reader.inbox.take("a probe", ({ topic }) => topic.startsWith("$iotctl/probe/"));
		}
		expect(started.problem).toBeUndefined();
		change(ALL);
		await logged("own messages do not come back");
		expect(started.problem).toContain("not come back");
		expect(broker.problem).toBeUndefined();
		change(ALL + DOLLAR);
		await logged("come back from the broker again");
		expect(started.problem).toBeUndefined();
		expect(reader.inbox.waiting.filter(({ topic }) => !topic.startsWith("$"))).toEqual([]);
	});

	test("one that forbids topics with a dollar is watched on a link's kind of topic", async () => {
		const { broker, change, url } = await withAcl(ALL);
		const reader = await TestClient.connect(url);
		cleanups.push(() => reader.end());
		await reader.subscribe("#");
		const started = await probe(broker, false);
		for (let n = 0; n < 2; n++) {
			await reader.inbox.take("a probe", ({ topic }) => topic.startsWith("iottalk/esm/"));
		}
		change("topic readwrite other\n");
		await logged("own messages do not come back");
		expect(started.problem).toBeDefined();
	});

	test("one that begins to close the connection for it is watched on a link's kind of topic", async () => {
		// With this, mosquitto 2.0 ends the connection of a client that publishes where it may not.
		const { broker, change, url } = await withAcl(ALL + DOLLAR, "max_queued_messages 0\n");
		const reader = await TestClient.connect(url);
		cleanups.push(() => reader.end());
		await reader.subscribe("$iotctl/#");
		await reader.subscribe("#");
		// Longer than it takes to connect again.
		const started = new Probe({ deadlineMs: 6 * DEADLINE_MS, isOurs: false }, { broker, log });
		cleanups.push(() => started.stop());
		await started.start();
		await reader.inbox.take("a probe", ({ topic }) => topic.startsWith("$iotctl/probe/"));
		change(ALL);
		for (let n = 0; n < 2; n++) {
			const isMoved = ({ topic }: { topic: string }) => topic.startsWith("iottalk/esm/");
			await reader.inbox.take("a probe", isMoved, LONG_DEADLINE_MS);
		}
		expect(started.problem).toBeUndefined();
	});

	test("one that forbids both is not watched, and says so once", async () => {
		const { broker } = await withAcl("topic readwrite other\n");
		const started = await probe(broker, false);
		await logged("cannot monitor the broker");
		expect(started.problem).toBeUndefined();
	});

	test("an outage is the broker's own problem and not doubled", async () => {
		const folder = mkdtempSync(join(tmpdir(), "iotctl-probe-"));
		cleanups.push(() => rmSync(folder, { recursive: true }));
		const mosquitto = await Mosquitto.start(folder);
		cleanups.push(() => mosquitto.stop());
		const broker = new ExternalBroker(externalOptions({ port: mosquitto.port }), log);
		cleanups.push(() => broker.stop());
		await broker.start();
		const started = await probe(broker, false);
		await mosquitto.stop();
		await logged("cannot reach broker");
		expect(broker.problem).toBeDefined();
		expect(started.problem).toBeUndefined();
		await mosquitto.run();
		const reader = await TestClient.connect(`mqtt://127.0.0.1:${mosquitto.port}`);
		cleanups.push(() => reader.end());
		await reader.subscribe("$iotctl/#");
		await reader.inbox.take("a probe after the outage");
		expect(started.problem).toBeUndefined();
	});
});

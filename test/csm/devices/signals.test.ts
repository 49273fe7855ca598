// Which signals devices are sent, through a broker that is started only after the stored links are back.
import { expect, test } from "bun:test";
import { EmbeddedBroker } from "../../../src/broker/embedded.ts";
import type { LinkKey } from "../../../src/contract/mod.ts";
import { SIGNAL_DEFAULTS, Signals } from "../../../src/csm/devices/signals.ts";
import { createLogger } from "../../../src/kit/mod.ts";
import { brokerOptions, MemoryDisk, OPEN, openGate } from "../../support/embedded.ts";
import { quietLog } from "../../support/log.ts";
import { TestClient } from "../../support/mqtt.ts";

const link = (feature: string): LinkKey => ({ daId: "d", mode: "idf", feature });

test("a device that was online before a start is told what changes, not what it may know", async () => {
	const lines: string[] = [];
	const write = (line: string) => void lines.push(line);
	const log = createLogger({ level: "warn", components: new Map(), format: "text", write });
	const broker = new EmbeddedBroker(brokerOptions(), {
		disk: new MemoryDisk(),
		authority: OPEN,
		gate: openGate,
		log: quietLog,
	});
	const signals = new Signals(SIGNAL_DEFAULTS, broker, log.component("devices"));
	signals.registered("d");
	signals.restored("d");
	signals.restore(link("old"), "t1");
	signals.restore(link("ends"), "t2");
	await broker.start();
	const client = await TestClient.connect(`mqtt://127.0.0.1:${broker.port}`);
	await client.subscribe("d/ctrl/o");
	await signals.detach(link("ends"));
	expect(await client.nextJson("d/ctrl/o")).toMatchObject({ command: "DISCONNECT", idf: "ends" });
	await signals.attach(link("new"), "t3");
	expect(await client.nextJson("d/ctrl/o")).toMatchObject({ command: "CONNECT", idf: "new" });
	signals.online("d");
	const told = [await client.nextJson("d/ctrl/o"), await client.nextJson("d/ctrl/o")];
	expect(told.map(({ idf }) => idf).sort()).toEqual(["new", "old"]);
	// It was another server's to tell, which may have had no time for it.
	signals.repeat((daId) => daId !== "d");
	signals.repeat((daId) => daId === "d");
	const again = [await client.nextJson("d/ctrl/o"), await client.nextJson("d/ctrl/o")];
	expect(again.map(({ idf }) => idf).sort()).toEqual(["new", "old"]);
	expect(lines).toEqual([]);
	signals.stop();
	await client.end();
	await broker.stop();
});

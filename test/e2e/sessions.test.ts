// Persistent sessions of the compiled program: what a crash leaves of them, and what the disk gets of it.
import { Database } from "bun:sqlite";
import { afterEach, describe, expect, test } from "bun:test";
import { statSync } from "node:fs";
import { join } from "node:path";
import { LOCAL_FILE } from "../../src/store/place.ts";
import { TestDevice, TestGraph } from "../support/gateway.ts";
import { TestClient } from "../support/mqtt.ts";
import { TESTS_POSTGRES } from "../support/own-database.ts";
import { isDup, SilentClient } from "../support/silent-client.ts";
import { startBinary, type Target } from "../support/target.ts";
import { until } from "../support/waiting.ts";

let target: Target;
afterEach(() => target.dispose());

/** Longer than changes wait for one another. */
const TRAFFIC_MS = 2500;
/** Longer than the server puts writes off, so that one of them would be seen. */
const QUIET_MS = 1500;

/** Sessions of the built-in broker stay on this machine, wherever the rest is. */
const databaseOf = ({ userdir }: Target) =>
	join(userdir, TESTS_POSTGRES ? LOCAL_FILE : "iottalk.db");

function storedMessages(of: Target): number {
	const db = new Database(databaseOf(of), { readonly: true });
	const { n } = db.query<{ n: number }, []>("SELECT count(*) AS n FROM mqtt_messages").get() ?? {
		n: 0,
	};
	db.close();
	return n;
}

/** The stamp once nothing is written any more: who is online is stored a little after it changed. */
async function settledStamp(target: Target): Promise<string> {
	let stamp = "";
	await until(async () => {
		const former = stamp;
		stamp = stampOf(target);
		await Bun.sleep(QUIET_MS);
		return stamp === former;
	}, "the database to be left alone");
	return stamp;
}

/** Tells when anything was written to the database. */
function stampOf(of: Target): string {
	return ["", "-wal"]
		.map((suffix) => statSync(`${databaseOf(of)}${suffix}`, { bigint: true }))
		.map(({ size, mtimeNs }) => `${size} ${mtimeNs}`)
		.join();
}

describe("persistent sessions", () => {
	test("survive kill -9 with all that came until a second before", async () => {
		target = await startBinary();
		const [before] = await SilentClient.connect(target.mqtt, "victim");
		await before.subscribe("news", 2);
		const publisher = await TestClient.connect(target.mqtt, { reconnectPeriod: 0 });
		await publisher.publish("news", "sent", { qos: 1 });
		const { id } = await before.next(0x30);
		before.vanish();
		for (const text of ["one", "two"]) await publisher.publish("news", text, { qos: 2 });
		await until(() => storedMessages(target) === 3, "three messages on the disk");
		target.process?.kill("SIGKILL");
		await target.process?.exited;
		publisher.vanish();

		target = await target.restart();
		const [after, isPresent] = await SilentClient.connect(target.mqtt, "victim");
		expect(isPresent).toBe(true);
		const found = [await after.next(0x30), await after.next(0x30), await after.next(0x30)];
		expect(found.map(({ text }) => text)).toEqual(["sent", "one", "two"]);
		expect(found[0]?.id).toBe(id);
		expect(found.slice(0, 1).map(isDup)).toEqual([true]);
		for (const packet of found) {
			const isExact = (packet.first & 4) !== 0;
			after.confirm(isExact ? 0x50 : 0x40, packet.id ?? 0);
			if (!isExact) continue;
			await after.next(0x60);
			after.confirm(0x70, packet.id ?? 0);
		}
		await until(() => storedMessages(target) === 0, "the end of the messages on the disk");
		after.vanish();
	});

	test("cost nothing while there are none: data and confirmed messages write 0 bytes", async () => {
		target = await startBinary();
		const device = await TestDevice.register(target);
		const graph = await TestGraph.open(device.client);
		await graph.ok({ op: "attach" });
		await device.say("online");
		await graph.ok({ op: "add_link", da_id: device.id, idf: "in" });
		const input = String((await device.signal()).topic);
		await graph.ok({ op: "add_link", da_id: device.id, odf: "out" });
		const output = String((await device.signal()).topic);
		const reader = await TestClient.connect(target.mqtt);
		await reader.subscribe(output, 2);
		await reader.subscribe("t/#", 2);
		const before = await settledStamp(target);
		const begun = performance.now();
		for (let n = 0; performance.now() - begun < TRAFFIC_MS; n++) {
			const client = await TestClient.connect(target.mqtt);
			for (const qos of [0, 1, 2] as const) await client.publish(`t/${qos}`, String(n), { qos });
			await client.publish(input, [n]);
			await reader.next(output);
			await client.end();
		}
		expect(stampOf(target)).toBe(before);
		await reader.end();
		await device.client.end();
	});
});

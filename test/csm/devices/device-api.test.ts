import { afterEach, beforeEach, expect, test } from "bun:test";
import { DeviceApi } from "../../../src/csm/devices/device-api.ts";
import { failNextFlush } from "../../support/failing-flush.ts";
import { quietLog } from "../../support/log.ts";
import { type Registry, startRegistry } from "../../support/registry.ts";
import { until } from "../../support/waiting.ts";

const MAX_CLIENTS = 1000;

let registry: Registry;
let api: DeviceApi;
/** Replies by client. */
let replies: Map<string, Record<string, unknown>[]>;
beforeEach(async () => {
	// Presence is not stored meanwhile: the flush that fails is that of the change.
	registry = await startRegistry({ saveSeconds: 600 });
	replies = new Map();
	await registry.broker.subscribe("iottalk/api/res/+/device", ({ topic, payload }) => {
		const client = topic.split("/")[3] ?? "";
		const reply = JSON.parse(Buffer.from(payload).toString());
		replies.set(client, [...(replies.get(client) ?? []), reply]);
	});
});
afterEach(async () => {
	await api.stop();
	await registry.dispose();
});

async function startApi(): Promise<void> {
	const { csm: store, devices, broker } = registry;
	api = new DeviceApi({ store, devices, broker, log: quietLog, maxWaiting: 100 });
	await api.start();
}
const ask = (client: string, op: string) =>
	registry.broker.publish(`iottalk/api/req/${client}/device`, JSON.stringify({ op }), { qos: 2 });
const stored = () => registry.csm.rows.deviceApiClients.all();
const answered = (clients: string[], times = 1) =>
	until(() => clients.every((client) => replies.get(client)?.length === times), "the replies");

test("no more clients than the limit, also of those that attach at the same moment", async () => {
	await registry.csm.write(async ({ deviceApiClients }) => {
		for (let n = 1; n < MAX_CLIENTS; n++) await deviceApiClients.add(`client${n}`);
	});
	await startApi();
	const clients = ["a", "b", "c"];
	await Promise.all(clients.map((client) => ask(client, "attach")));
	await answered(clients);
	const states = clients.map((client) => replies.get(client)?.[0]?.state).sort();
	expect(states).toEqual(["error", "error", "ok"]);
	expect(await stored()).toHaveLength(MAX_CLIENTS);
});

test("what the disk does not confirm is in effect anyway", async () => {
	await startApi();
	failNextFlush();
	await ask("a", "attach");
	await answered(["a"]);
	expect(replies.get("a")?.[0]).toMatchObject({ state: "error" });
	expect(await stored()).toEqual(["a"]);
	await registry.register("a0000000-0000-4000-8000-000000000000");
	await answered(["a"], 2);
	expect(replies.get("a")?.[1]).toMatchObject({ op: "anno", type: "register" });
	failNextFlush();
	await ask("a", "detach");
	await answered(["a"], 3);
	expect(replies.get("a")?.[2]).toMatchObject({ state: "error" });
	expect(await stored()).toEqual([]);
	await registry.register("b0000000-0000-4000-8000-000000000000");
	await ask("a", "detach");
	await answered(["a"], 4);
	expect(replies.get("a")?.[3]).toEqual({ op: "detach", state: "ok" });
});

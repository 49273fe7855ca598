import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApiClients } from "../../../src/csm/devices/api-clients.ts";
import type { DeviceNews } from "../../../src/csm/devices/recent-news.ts";
import { type NodeNewsPort, SharedDeviceApi } from "../../../src/csm/devices/shared-device-api.ts";
import { openCsmStore, storedDevice } from "../../support/csm-store.ts";
import { quietLog } from "../../support/log.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { until } from "../../support/waiting.ts";

/** What is told reaches all that listen. */
class Wire implements NodeNewsPort {
	readonly #ears = new Set<(news: string | undefined) => void>();

	async tell(news: string): Promise<void> {
		for (const hear of this.#ears) hear(news);
	}

	listen(hear: (news: string | undefined) => void): () => void {
		this.#ears.add(hear);
		return () => this.#ears.delete(hear);
	}
}

let folder: string;
let made: ReturnType<typeof openCsmStore>;
let wire: Wire;
let clock: ManualClock;
const nodes: SharedDeviceApi[] = [];
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "iotctl-shared-api-"));
	made = openCsmStore(folder);
	wire = new Wire();
	clock = new ManualClock();
});
afterEach(async () => {
	for (const node of nodes.splice(0)) await node.stop();
	await made.store.close();
	rmSync(folder, { recursive: true });
});

/** A node with what its clients were told, such as `a online d1`. */
function start() {
	const told: string[] = [];
	const clients = new ApiClients(made.csm, true);
	let lists = 0;
	const api = new SharedDeviceApi({
		...{ news: wire, clients, store: made.csm, clock, log: quietLog },
		announce: (client, { type, device }) => told.push(`${client} ${type} ${device.id}`),
		sendLists: async () => {
			lists += 1;
		},
	});
	nodes.push(api);
	api.start();
	return { api, clients, told, lists: () => lists };
}
const news = (type: DeviceNews["type"], id: string): DeviceNews => ({
	...{ type, device: storedDevice(id), reason: undefined },
});

test("behind a list every node tells that client again what has happened to its devices lately, and no one else", async () => {
	const [one, other] = [start(), start()];
	await one.clients.add("b");
	await one.api.changed("b");
	await until(() => other.clients.all.has("b"), "the other node to know the first client");
	other.api.happened(news("register", "d1"));
	other.api.happened(news("online", "d1"));
	one.api.happened(news("offline", "d2"));
	await one.clients.add("a");
	await one.api.changed("a");
	const wanted = ["a register d1", "a online d1"];
	await until(() => other.told.length > 0 && one.told.length > 0, "what has happened");
	expect(other.told).toEqual(wanted);
	expect(one.told).toEqual(["a offline d2"]);
	// Once more for one that is known.
	await one.api.changed("a");
	await until(() => other.told.length === 4, "it once more");
	expect(other.told).toEqual([...wanted, ...wanted]);
});

test("a node that was not told of a client finds it, and of one that is gone tells nothing", async () => {
	const node = start();
	node.api.happened(news("online", "d1"));
	await made.csm.write(({ deviceApiClients }) => deviceApiClients.add("a"));
	clock.move(3000);
	await until(() => node.told.length > 0, "the client to be found");
	expect(node.told).toEqual(["a online d1"]);
	await made.csm.write(({ deviceApiClients }) => deviceApiClients.remove("a"));
	clock.move(3000);
	await until(() => node.clients.all.size === 0, "the client to be gone");
	expect(node.told).toEqual(["a online d1"]);
});

test("partitions that are taken over one after the other are one list, and what happened meanwhile comes behind it", async () => {
	const node = start();
	await node.clients.add("a");
	node.api.happened(news("online", "d1"));
	for (let n = 0; n < 4; n++) {
		node.api.takenOver();
		clock.move(1999);
	}
	expect(node.lists()).toBe(0);
	clock.move(1);
	await until(() => node.told.length > 0, "what has happened");
	expect([node.lists(), ...node.told]).toEqual([1, "a online d1"]);
});

test("a list has the devices that can be reached, and says when it has not all", async () => {
	const { api } = start();
	await made.csm.write(async ({ devices }) => {
		await devices.put({ ...storedDevice("d1"), isOnline: true });
		await devices.put({ ...storedDevice("d2"), acceptProtos: ["zmq"] });
		await devices.put(storedDevice("d3"));
	});
	const { devices, isPartial } = await api.list();
	expect(devices.map(({ record, presence }) => [record.id, presence])).toEqual([
		["d1", "online"],
		["d3", "offline"],
	]);
	expect(isPartial).toBe(false);
	const { records, isAll } = await made.csm.rows.devices.some(2, () => {});
	expect([records.length, records[0]?.id, isAll]).toEqual([2, "d1", false]);
});

// What a registration, a device that comes online and a message cost, by how many devices there are.
import { body, call } from "../test/support/gateway.ts";
import { publishFrame, RawClient } from "../test/support/raw-mqtt.ts";
import { within } from "../test/support/waiting.ts";
import { WIDE } from "./growth-broker.ts";
import { type Costs, costOf, costsOf, type Subject } from "./growth-cost.ts";
import { Traffic } from "./growth-traffic.ts";
import { type StoredDevice, type StoredServer, startStored } from "./stored.ts";

const REGISTRATIONS = 2000;
const AT_ONCE = 16;
const ARRIVALS = 500;
const MESSAGES = 20_000;
const WINDOW = 64;
const GIVE_UP_MS = 600_000;

/** Devices that are registered and away. */
export const registered: Subject = {
	name: "registered devices",
	unit: "µs each",
	sizes: [1000, 10_000, 100_000],
	shortSizes: [100, 1000],
	measure: async (size, share) => {
		const server = await startStored({ devices: size }, WIDE);
		const { pid } = server;
		const some = Math.ceil(Math.min(size / 2, ARRIVALS * share));
		const [warm, counted] = [server.devices.slice(0, some), server.devices.slice(some, 2 * some)];
		await comeOnline(server, warm);
		await register(server, Math.ceil((REGISTRATIONS * share) / 4));
		const count = Math.ceil(REGISTRATIONS * share);
		const costs: Costs = {
			registration: await costOf(pid, count, () => register(server, count)),
			"a device comes online": await costOf(pid, some, async () => {
				await comeOnline(server, counted);
			}),
			message: await messageCost(server, share),
		};
		await server.stop();
		return costs;
	},
};

/** Devices that are connected and online. */
export const connected: Subject = {
	name: "connected devices",
	unit: "µs each",
	sizes: [100, 1000, 10_000],
	shortSizes: [10, 100],
	measure: async (size, share) => {
		const server = await startStored({ devices: size + ARRIVALS }, WIDE);
		const some = Math.ceil(ARRIVALS * share);
		const clients = await comeOnline(server, server.devices.slice(0, size));
		const more = server.devices.slice(size, size + some);
		const costs: Costs = {
			"one more comes online": await costOf(server.pid, some, async () => {
				clients.push(...(await comeOnline(server, more)));
			}),
			message: await messageCost(server, share),
		};
		for (const client of clients) client.terminate();
		await server.stop();
		return costs;
	},
};

async function register(server: StoredServer, count: number): Promise<void> {
	const target = { http: `http://127.0.0.1:${server.http}` };
	let left = count;
	const one = async () => {
		while (left-- > 0) {
			const { status } = await call(target, "PUT", `/${crypto.randomUUID()}`, body());
			if (status !== 200) throw new Error(`PUT answered ${status}`);
		}
	};
	await Promise.all(Array.from({ length: AT_ONCE }, one));
}

/** Connects devices as the SDKs do, some at a time. */
async function comeOnline(
	server: StoredServer,
	devices: readonly StoredDevice[],
): Promise<RawClient[]> {
	const clients: RawClient[] = [];
	const waiting = [...devices];
	const one = async () => {
		for (let device = waiting.pop(); device !== undefined; device = waiting.pop()) {
			clients.push(await connect(server, device));
		}
	};
	await Promise.all(Array.from({ length: AT_ONCE }, one));
	return clients;
}

async function connect({ mqtt }: StoredServer, { id, rev }: StoredDevice): Promise<RawClient> {
	const client = await RawClient.connect({ port: mqtt, clientId: id });
	await client.subscribe(`${id}/ctrl/o`, 2);
	const heard = Promise.withResolvers<void>();
	client.onConfirmed = () => heard.resolve();
	client.publish(`${id}/ctrl/i`, JSON.stringify({ state: "online", rev }), 2, true);
	await within(heard.promise, `the answer to ${id}`, GIVE_UP_MS);
	return client;
}

/** Of a message from one client to another. */
async function messageCost(server: StoredServer, share: number): Promise<number> {
	const traffic = await Traffic.open(server.mqtt, [["growth/one"]]);
	const { frame } = publishFrame("growth/one", "42");
	const count = Math.ceil(MESSAGES * share);
	const course = { frame: () => frame, count, window: WINDOW };
	await traffic.run({ ...course, count: Math.ceil(count / 4) });
	const [cost = Number.NaN] = await costsOf([server.pid], count, () => traffic.run(course));
	traffic.close();
	return cost;
}

// What a message costs in the built-in broker, by its subscribers and by wildcards that others have.
import { publishFrame, RawClient } from "../test/support/raw-mqtt.ts";
import { type Costs, costOf, costsOf, type Subject } from "./growth-cost.ts";
import { type Course, Traffic } from "./growth-traffic.ts";
import { startStored } from "./stored.ts";

/** Nothing of this is a limit here. */
export const WIDE = {
	core: { "max-devices": 1_000_000 },
	"core-mqtt": {
		"max-subscriptions": 100_000,
		"max-wildcards": 100_000,
		"max-subscriptions-total": 1_000_000,
		"max-clients": 20_000,
		"max-clients-per-address": 20_000,
		"connects-per-second": 100_000,
	},
};
const DELIVERIES = 40_000;
const MESSAGES = 20_000;
const NEW_FILTERS = 1000;
const WINDOW = 64;

/** One message at a time to all subscribers of a topic, each a client: what one of them costs. */
export const subscribers: Subject = {
	name: "subscribers of one topic",
	unit: "µs a delivery",
	sizes: [1, 10, 100, 1000, 5000],
	shortSizes: [1, 10, 100],
	measure: async (size, share) => {
		const server = await startStored({}, WIDE);
		const filters = Array.from({ length: size }, () => ["growth/all"]);
		const traffic = await Traffic.open(server.mqtt, filters);
		const { frame } = publishFrame("growth/all", "42");
		const count = Math.ceil((DELIVERIES * share) / size);
		const course = { frame: () => frame, count, window: 1 };
		await traffic.run({ ...course, count: Math.ceil(count / 4) }, size);
		const [broker = Number.NaN] = await costsOf([server.pid], count * size, () =>
			traffic.run(course, size),
		);
		traffic.close();
		await server.stop();
		return { broker };
	},
};

/** A message that one of many wildcards fits, to a topic used before or not; and one more wildcard. */
export const wildcards: Subject = {
	name: "wildcards",
	unit: "µs each",
	sizes: [1, 10, 100, 1000, 10_000],
	shortSizes: [1, 100],
	measure: async (size, share) => {
		const server = await startStored({}, WIDE);
		const filters = Array.from({ length: size }, (_, n) => `growth/${n}/+/state`);
		const traffic = await Traffic.open(server.mqtt, [filters]);
		const count = Math.ceil(MESSAGES * share);
		const { frame: known } = publishFrame("growth/0/a/state", "42");
		const knownTopic = { frame: () => known, count, window: WINDOW };
		let made = 0;
		const newTopic = {
			...knownTopic,
			frame: () => publishFrame(`growth/${made % size}/${made++}/state`, "42").frame,
		};
		for (const course of [knownTopic, newTopic]) {
			await traffic.run({ ...course, count: Math.ceil(count / 4) });
		}
		const ofMessage = async (course: Course) =>
			(await costsOf([server.pid], count, () => traffic.run(course)))[0] ?? Number.NaN;
		const costs: Costs = {
			"message to a known topic": await ofMessage(knownTopic),
			"message to a new topic": await ofMessage(newTopic),
			"one more wildcard": await oneMore(server, Math.ceil(NEW_FILTERS * share)),
		};
		traffic.close();
		await server.stop();
		return costs;
	},
};

async function oneMore(
	{ pid, mqtt }: { readonly pid: number; readonly mqtt: number },
	count: number,
): Promise<number> {
	const client = await RawClient.connect({ port: mqtt, clientId: "growth-more" });
	const subscribe = async (name: string) => {
		for (let n = 0; n < count; n++) await client.subscribe(`${name}/${n}/+`);
	};
	await subscribe("warm");
	const cost = await costOf(pid, count, () => subscribe("more"));
	client.terminate();
	return cost;
}

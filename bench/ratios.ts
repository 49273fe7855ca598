// Which measurements are compared with which, and what their ratios were in the last recorded run.
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Ratio → [measured, reference, target]; the first two are `contender | way`. */
export const TARGETS: Readonly<Record<string, readonly [string, string, number]>> = {
	"seed graph, window 256": ["iotctl, seed graph | QoS 0, 256", "mosquitto, raw | QoS 0, 256", 1],
	"seed graph, one at a time": ["iotctl, seed graph | QoS 0, 1", "mosquitto, raw | QoS 0, 1", 0.5],
	"pass-through graph": [
		"iotctl, pass-through graph | QoS 0, 256",
		"mosquitto, raw | QoS 0, 256",
		1.5,
	],
	"raw, QoS 0": ["iotctl, raw | QoS 0, 256", "mosquitto, raw | QoS 0, 256", 2],
	"raw, QoS 1, one at a time": ["iotctl, raw | QoS 1, 1", "mosquitto, raw | QoS 1, 1", 1],
	"raw, QoS 1": ["iotctl, raw | QoS 1, 256", "mosquitto, raw | QoS 1, 256", 1.5],
	"raw, QoS 2": ["iotctl, raw | QoS 2, 256", "mosquitto, raw | QoS 2, 256", 2],
	"100 graphs, of one graph's": [
		"iotctl, 100 seed graphs | QoS 0, 256",
		"iotctl, seed graph | QoS 0, 256",
		0.8,
	],
	...classRoom("raw", "iotctl, raw, 40 + 40 clients", { "1 each": 1, "6 each": 1 }),
	...classRoom("40 seed graphs", "iotctl, 40 seed graphs, 40 + 40 clients", {
		"1 each": 0.6,
		"6 each": 1.2,
	}),
	"watched seed graph, of unwatched": [
		"iotctl, seed graph, watched | QoS 0, 256",
		"iotctl, seed graph | QoS 0, 256",
		0.9,
	],
	"watched seed graph, one at a time, of unwatched": [
		"iotctl, seed graph, watched | QoS 0, 1",
		"iotctl, seed graph | QoS 0, 1",
		0.9,
	],
	"watched pass-through graph, of unwatched": [
		"iotctl, pass-through graph, watched | QoS 0, 256",
		"iotctl, pass-through graph | QoS 0, 256",
		0.9,
	],
	"on mosquitto, of mosquitto alone, one at a time": [
		"iotctl on mosquitto, seed graph | QoS 0, 1",
		"mosquitto, raw | QoS 0, 1",
		0.36,
	],
	"on mosquitto, of mosquitto alone, window 16": [
		"iotctl on mosquitto, seed graph | QoS 0, 16",
		"mosquitto, raw | QoS 0, 16",
		0.28,
	],
	"on mosquitto, of mosquitto alone, window 256": [
		"iotctl on mosquitto, seed graph | QoS 0, 256",
		"mosquitto, raw | QoS 0, 256",
		0.34,
	],
	"on mosquitto, of Node-RED's": [
		"iotctl on mosquitto, seed graph | QoS 0, 256",
		"Node-RED on mosquitto, seed flow | QoS 0, 256",
		4,
	],
	"on mosquitto, of Node-RED's, one at a time": [
		"iotctl on mosquitto, seed graph | QoS 0, 1",
		"Node-RED on mosquitto, seed flow | QoS 0, 1",
		1,
	],
	"on mosquitto, of Node-RED's, window 16": [
		"iotctl on mosquitto, seed graph | QoS 0, 16",
		"Node-RED on mosquitto, seed flow | QoS 0, 16",
		1,
	],
};

/** @param targets By the number of messages in flight for each pair of clients. */
function classRoom(
	name: string,
	contender: string,
	targets: Readonly<Record<string, number>>,
): Record<string, readonly [string, string, number]> {
	const found: Record<string, readonly [string, string, number]> = {};
	for (const qos of [0, 1]) {
		for (const [each, target] of Object.entries(targets)) {
			const way = `QoS ${qos}, ${each}`;
			const reference = `mosquitto, raw, 40 + 40 clients | ${way}`;
			found[`class room, ${name}, ${way}`] = [`${contender} | ${way}`, reference, target];
		}
	}
	return found;
}

/** Ratios of the last recorded run. */
export function recordedRatios(): Readonly<Record<string, number>> {
	return JSON.parse(readFileSync(join(import.meta.dir, "ratios.json"), "utf8"));
}

/** A line for each ratio that has collapsed, below half of the recorded one, or has nothing to be compared with. */
export function problemsOf(
	found: Readonly<Record<string, number>>,
	recorded: Readonly<Record<string, number>>,
): string[] {
	return Object.entries(found).flatMap(([name, ratio]) => {
		const before = recorded[name];
		if (before === undefined)
			return [`not recorded: ${name} is ${ratio}; add it to bench/ratios.json`];
		return ratio < before / 2 ? [`collapsed: ${name} is ${ratio}, was ${before}`] : [];
	});
}

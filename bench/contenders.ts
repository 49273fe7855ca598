// What is compared: servers, and how each of them is loaded.
import type { LoadSettings } from "./load-traffic.ts";
import { nodeRed } from "./node-red.ts";
import {
	type Functions,
	iotctl,
	iotctlEncrypted,
	mosquittoRaw,
	NO_FUNCTIONS,
	SEED,
	type Subject,
} from "./servers.ts";

/** A kind of load. */
export type Way = Omit<LoadSettings, "port" | "pairs" | "seconds" | "warmupSeconds">;

/** So many messages are in flight. */
export const closed = (window: number, qos: 0 | 1 | 2 = 0): Way => ({ payload: "42", qos, window });
/** So many messages are sent a second. */
export const openLoop = (rate: number): Way => ({ payload: "42", qos: 0, rate });

/** A server that is measured. */
export interface Contender {
	readonly start: () => Promise<Subject>;
	readonly ways: Readonly<Record<string, Way>>;
	/** Left out of the short run. */
	readonly longWays?: Readonly<Record<string, Way>>;
	/** All of it is left out of the short run. */
	readonly long?: boolean;
}

/** A class of students: so many connections that publish, as many that listen, a graph or topic for each. */
const CLASS = 40;
/** What CCM asks for of each graph that is being watched. */
const WATCH_MS = 100;
/** @param each Messages in flight for each of them. */
const crowd = (each: number, qos: 0 | 1 | 2): Way => ({
	...closed(each * CLASS, qos),
	publishers: CLASS,
	subscribers: CLASS,
});
const CROWD_WAYS = {
	"QoS 0, 6 each": crowd(6, 0),
	"QoS 0, 1 each": crowd(1, 0),
	"QoS 1, 6 each": crowd(6, 1),
	"QoS 1, 1 each": crowd(1, 1),
};

/** Many, some, one at a time: what is compiled while it runs is so before one message alone is timed. */
const WINDOWS = [256, 16, 1];
const windows = (qos: 0 | 1 | 2): Record<string, Way> =>
	Object.fromEntries(WINDOWS.map((window) => [`QoS ${qos}, ${window}`, closed(window, qos)]));
const confirmed = {
	"QoS 1, 256": closed(256, 1),
	"QoS 1, 1": closed(1, 1),
	"QoS 2, 256": closed(256, 2),
};
/** Takes some hundred microseconds in the built-in engine. */
const HEAVY: Functions = {
	idf: "def run(x): return sum(n * n for n in range(2000)) + int(x)\n",
	join: SEED.join,
};
const PYTHON3 = { esm: { engine: "python3" } };
/** By name. */
export const CONTENDERS: Readonly<Record<string, Contender>> = {
	"mosquitto, raw": {
		start: mosquittoRaw,
		ways: { ...windows(0), ...confirmed },
		longWays: { ...windows(1), ...windows(2) },
	},
	"iotctl, raw": {
		start: () => iotctl("iotctl, raw", "raw"),
		ways: { "QoS 0, 256": closed(256), ...confirmed },
		longWays: { ...windows(0), ...windows(1), ...windows(2) },
	},
	"iotctl, raw, encrypted": {
		start: iotctlEncrypted,
		ways: { "QoS 0, 256": closed(256) },
		long: true,
	},
	"iotctl, seed graph": {
		start: () => iotctl("iotctl, seed graph", SEED),
		ways: { ...windows(0), "10,000/s": openLoop(10_000) },
		longWays: windows(2),
	},
	"iotctl, seed graph, python3": {
		start: () => iotctl("iotctl, seed graph, python3", SEED, 1, false, PYTHON3),
		ways: windows(0),
		long: true,
	},
	"iotctl, heavy function": {
		start: () => iotctl("iotctl, heavy function", HEAVY),
		ways: { "QoS 0, 256": closed(256) },
		long: true,
	},
	"iotctl, heavy function, python3": {
		start: () => iotctl("iotctl, heavy function, python3", HEAVY, 1, false, PYTHON3),
		ways: { "QoS 0, 256": closed(256) },
		long: true,
	},
	"iotctl, pass-through graph": {
		start: () => iotctl("iotctl, pass-through graph", NO_FUNCTIONS),
		ways: { "QoS 0, 256": closed(256) },
	},
	"iotctl, seed graph, watched": {
		start: () => iotctl("iotctl, seed graph, watched", SEED, 1, false, {}, WATCH_MS),
		ways: { "QoS 0, 256": closed(256), "QoS 0, 1": closed(1) },
	},
	"iotctl, pass-through graph, watched": {
		start: () => iotctl("iotctl, pass-through, watched", NO_FUNCTIONS, 1, false, {}, WATCH_MS),
		ways: { "QoS 0, 256": closed(256) },
	},
	"iotctl, 100 seed graphs": {
		start: () => iotctl("iotctl, 100 seed graphs", SEED, 100),
		ways: { "QoS 0, 256": closed(256) },
	},
	"mosquitto, raw, 40 + 40 clients": {
		start: () => mosquittoRaw(CLASS),
		ways: CROWD_WAYS,
		long: true,
	},
	"iotctl, raw, 40 + 40 clients": {
		start: () => iotctl("iotctl, class, raw", "raw", CLASS),
		ways: CROWD_WAYS,
		long: true,
	},
	"iotctl, 40 seed graphs, 40 + 40 clients": {
		start: () => iotctl("iotctl, class", SEED, CLASS),
		ways: CROWD_WAYS,
		long: true,
	},
	"iotctl, 1000 seed graphs": {
		start: () => iotctl("iotctl, 1000 seed graphs", SEED, 1000),
		ways: { "1,000/s": openLoop(1000) },
		long: true,
	},
	"iotctl on mosquitto, seed graph": {
		start: () => iotctl("iotctl on mosquitto", SEED, 1, true),
		ways: windows(0),
		longWays: windows(2),
	},
	"Node-RED on mosquitto, seed flow": {
		start: () => nodeRed(0),
		ways: windows(0),
		long: true,
	},
	"Node-RED on mosquitto, seed flow, QoS 2": {
		start: () => nodeRed(2),
		ways: windows(2),
		long: true,
	},
};

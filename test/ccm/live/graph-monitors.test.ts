import { beforeEach, describe, expect, test } from "bun:test";
import type { MonitorMessage } from "../../../src/ccm/live/graph-monitor.ts";
import { GraphMonitors } from "../../../src/ccm/live/graph-monitors.ts";
import type { Outcome } from "../../../src/csm-client/mod.ts";
import { quietLog } from "../../support/log.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { until } from "../../support/waiting.ts";

const LOST: Outcome = { kind: "lost", reason: "no answer" };
const topic = (monitor_topics: string): Outcome => ({ kind: "done", reply: { monitor_topics } });

let clock: ManualClock;
let asked: string[];
let answer: () => Outcome;
let heard: Map<string, (message: MonitorMessage) => void>;
let monitors: GraphMonitors;
beforeEach(() => {
	clock = new ManualClock();
	asked = [];
	heard = new Map();
	answer = () => topic("m/1");
	monitors = new GraphMonitors({
		ask: async (graph, { op }) => {
			asked.push(`${graph} ${op}`);
			return answer();
		},
		subscribe: async (name, handler) => {
			heard.set(name, handler);
			return async () => void heard.delete(name);
		},
		clock,
		log: quietLog,
	});
});

const START = "7 start_monitor";
const STOP = "7 stop_monitor";
const hears = (...topics: string[]) =>
	until(() => Bun.deepEquals([...heard.keys()], topics), `only ${topics}`);
const asks = (...requests: string[]) =>
	until(() => Bun.deepEquals(asked, requests), "the requests", { seen: () => asked.join() });

describe("the monitoring of a graph", () => {
	test("begins with the first who listens and ends with the last", async () => {
		const first = monitors.watch("7", () => {});
		const second = monitors.watch("7", () => {});
		await hears("m/1");
		first();
		expect(monitors.size).toBe(1);
		second();
		await hears();
		await until(() => monitors.size === 0, "the end");
		expect(asked.filter((one) => one === STOP)).toHaveLength(1);
		expect(asked.at(-1)).toBe(STOP);
	});

	test("goes on for those that hear the topic themselves, and tells them of another one", async () => {
		const told: (string | undefined)[] = [];
		const tells = (...topics: (string | undefined)[]) =>
			until(() => Bun.deepEquals(told, topics), "what is told", { seen: () => told.join() });
		const end = monitors.hold("7", (name) => told.push(name));
		await tells("m/1");
		// The server itself does not listen for them.
		expect([...heard.keys()]).toEqual([]);
		const listening = monitors.watch("7", () => {});
		await hears("m/1");
		listening();
		await hears();
		expect(asked).not.toContain(STOP);
		answer = () => topic("m/2");
		monitors.resync();
		await until(() => told.at(-1) === "m/2", "the other topic");
		answer = () => LOST;
		monitors.resync();
		await until(() => told.at(-1) === undefined, "that there is none");
		end();
		await until(() => monitors.size === 0, "the end");
		expect(asked.at(-1)).toBe(STOP);
	});

	test("gives everyone each record", async () => {
		const seen: number[] = [];
		monitors.watch("7", ({ payload }) => seen.push(payload.length));
		monitors.watch("7", ({ payload }) => seen.push(-payload.length));
		await hears("m/1");
		heard.get("m/1")?.({ payload: new Uint8Array(3) });
		expect(seen).toEqual([3, -3]);
	});

	test("is asked for again while it is not answered, after longer and longer pauses", async () => {
		answer = () => LOST;
		monitors.watch("7", () => {});
		await asks(START);
		clock.move(1000);
		await asks(START, START);
		answer = () => topic("m/1");
		clock.move(2000);
		await hears("m/1");
		clock.move(29_000);
		expect(asked).toEqual([START, START, START]);
	});

	test("follows the graph to another topic when CSM has restarted, or built it again", async () => {
		monitors.watch("7", () => {});
		await hears("m/1");
		answer = () => topic("m/2");
		monitors.resync();
		await hears("m/2");
		answer = () => topic("m/3");
		monitors.changed("7");
		monitors.changed("7");
		clock.move(1000);
		await hears("m/3");
		expect(asked).toEqual([START, START, START]);
	});

	test("is renewed, since another program may have ended it", async () => {
		monitors.watch("7", () => {});
		await hears("m/1");
		clock.move(30_000);
		await asks(START, START);
		await hears("m/1");
	});

	test("that was left on by a killed program is ended, but not what is watched", async () => {
		monitors.watch("7", () => {});
		await hears("m/1");
		await monitors.sweep(["6", "7", "8"]);
		expect(asked).toEqual([START, "6 stop_monitor", "8 stop_monitor"]);
	});

	test("ends when the program stops, which does not wait for long", async () => {
		monitors.watch("7", () => {});
		await hears("m/1");
		await monitors.stop();
		expect(asked).toEqual([START, STOP]);
		expect(heard.size).toBe(0);
		monitors.watch("7", () => {});
		expect(monitors.size).toBe(0);
	});
});

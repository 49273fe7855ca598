import { describe, expect, test } from "bun:test";
import { statusText } from "../../src/cli/status.ts";
import type { ServerView, StatusView } from "../../src/contract/views.ts";

const VIEW: StatusView = {
	version: "1.2.3",
	pid: 7,
	since: 0,
	http: "http://localhost:9992",
	mqtt: "mqtt://localhost:1883",
	ws: "ws://localhost:1884",
	database: "/x/iottalk.db",
	logins: false,
	broker: { kind: "embedded", clients: 3, received: 1, retained: 0, subscriptions: 2 },
	devices: { online: 1, known: 2 },
	v1: null,
	graphs: 4,
	functions: 5,
	messages: {
		received: 100,
		published: 90,
		dropped: {},
		waiting: 0,
		received_per_second: 1.5,
		published_per_second: 1,
	},
	engine: { state: "off", pid: null, restarts: 0 },
	engines: [],
	memory_bytes: 50 * 2 ** 20,
	warnings: [],
};

const SERVER: ServerView = {
	...VIEW,
	servers: ["csm", "ccm"],
	modules: {},
};
const PROJECTS = { known: 3, running: 2, links_open: 0, graphs_queued: 0 };

/** What both servers in one process tell. */
const told = (changes: Partial<StatusView> = {}) => ({
	server: { ...SERVER, ...changes },
	csm: { ...VIEW, ...changes },
	projects: PROJECTS,
});

const row = (changes: Partial<StatusView>, name: string, ini: string | null = null) => {
	const lines = statusText(told(changes), ini).split("\n");
	return lines.filter((line) => line.trim().startsWith(name)).map((line) => line.trim());
};

describe("status for people", () => {
	test("begins with version and process, and has a line for each part", () => {
		const text = statusText(told(), "/etc/x.ini");
		expect(text).toStartWith("IoTtalk 1.2.3 is running (pid 7) since ");
		expect(row({}, "Devices")).toEqual(["Devices    1 online, 2 known"]);
		expect(row({}, "Memory")).toEqual(["Memory     50 MiB"]);
		expect(row({}, "Ini", "/etc/x.ini")).toEqual(["Ini        /etc/x.ini"]);
		expect(row({}, "Ini")).toEqual(["Ini        none (defaults)"]);
	});

	test("says how many clients there are, or that the broker is another program", () => {
		expect(row({}, "MQTT")).toEqual(["MQTT       mqtt://localhost:1883, 3 clients"]);
		const broker = {
			...VIEW.broker,
			kind: "external",
			clients: null,
		} as const;
		expect(row({ broker }, "MQTT")[0]).toEndWith("(external broker)");
	});

	test("names the encrypted port besides, where there is one", () => {
		expect(row({}, "HTTPS")).toEqual([]);
		expect(row({ https: "https://localhost:9993" }, "HTTPS")).toEqual([
			"HTTPS      https://localhost:9993 (the same, for phones)",
		]);
	});

	test("counts one of something in the singular", () => {
		const broker = { ...VIEW.broker, clients: 1 };
		expect(row({ broker }, "MQTT")[0]).toEndWith(", 1 client");
		expect(row({ functions: 1 }, "Graphs")).toEqual(["Graphs     4, with 1 function stored"]);
		const engine = { state: "ready", pid: 9, restarts: 1 } as const;
		expect(row({ engine }, "Engine")).toEqual(["Engine     ready (pid 9), restarted once"]);
	});

	test("counts what was dropped by reason", () => {
		expect(row({}, "Dropped")).toEqual(["Dropped    none"]);
		const messages = { ...VIEW.messages, dropped: { queue: 2, error: 1 } };
		expect(row({ messages }, "Dropped")).toEqual(["Dropped    2 queue, 1 error"]);
	});

	test("tells an engine that is not needed from one that was restarted", () => {
		expect(row({}, "Engine")[0]).toContain("off (no graph has functions)");
		const engine = { state: "ready", pid: 9, restarts: 2 } as const;
		expect(row({ engine }, "Engine")).toEqual(["Engine     ready (pid 9), restarted 2 times"]);
	});

	test("has a line for each of several engines", () => {
		const engine = { pid: 9, functions: 1, messages: 1, busy_seconds: 1 };
		const engines = [
			{ ...engine, number: 1, state: "ready" as const, restarts: 1, graphs: 3 },
			{ ...engine, number: 2, state: "off" as const, restarts: 0, graphs: 0 },
		];
		expect(row({ engines }, "Engine")).toEqual([
			"Engine 1   ready (pid 9), restarted once, 3 graphs",
			"Engine 2   off (no graph has functions)",
		]);
	});

	test("has a line for each warning, on which a terminal does not act", () => {
		const warnings = ["one", "two\u001b[2J\nthree"];
		expect(row({ warnings }, "Warning")).toEqual([
			"Warning    one",
			"Warning    two\\u001b[2J\\nthree",
		]);
	});

	test("counts projects, and links that CSM has not confirmed", () => {
		expect(row({}, "Projects")).toEqual(["Projects   3, 2 of them running"]);
		const projects = { ...PROJECTS, links_open: 4 };
		expect(statusText({ ...told(), projects }, null)).toContain(
			"  Projects   3, 2 of them running, 4 links not confirmed by CSM\n",
		);
	});

	test("of CCM alone has no devices; of CSM alone no projects", () => {
		const ccm = statusText({ server: SERVER, csm: undefined, projects: PROJECTS }, null);
		expect(ccm).toContain("MQTT       mqtt://localhost:1883 (external broker)\n");
		expect(ccm).not.toMatch(/Devices|Graphs|Messages|Engine|live page/);
		const csm = statusText({ server: SERVER, csm: VIEW, projects: undefined }, null);
		expect(csm).not.toContain("Projects");
	});

	test.each([
		[40, "0 min"],
		[3600 + 120, "1 h 2 min"],
		[86_400 * 3 + 3600 * 5, "3 d 5 h"],
	])("%d seconds of running are %p", (seconds, shown) => {
		const text = statusText(told({ since: Date.now() / 1000 - seconds - 0.5 }), null);
		expect(text.split("\n")[0]).toEndWith(`(${shown})`);
	});
});

test("devices of the older protocol have a line of their own where it is spoken", () => {
	const text = statusText(told({ v1: { port: 9999, online: 1, known: 2 } }), null);
	expect(text).toContain("  Of v1      1 online, 2 known, on port 9999\n");
	expect(statusText(told(), null)).not.toContain("Of v1");
});

test("a node of a cluster says which, and which nodes are silent", () => {
	expect(row({ cluster: null }, "Cluster")).toEqual([]);
	const figures = {
		...{ devices: 0, online: 0, graphs: 0, waiting: 0, engines: 0 },
		...{ received_per_second: 0, published_per_second: 0, memory_bytes: 0 },
	};
	const node = (name: string, state: "ok" | "silent", partitions: number[]) => ({
		...{ name, state, partitions, figures: null, url: "", process: "", version: "1.2.3" },
		...{ seen_seconds: 1, broker_seconds: 60 },
	});
	const cluster = (other: "ok" | "silent") => ({
		...{ name: "lab", node: "a", age_seconds: 0, problem: null, sums: figures },
		partitions: { all: 5, without_owner: 0, not_renewed: 0 },
		nodes: [node("a", "ok", [-1, 0, 1]), node("b", other, [2, 3])],
	});
	expect(row({ cluster: cluster("ok") }, "Cluster")).toEqual([
		"Cluster    lab, as node a with 3 of 5 partitions; 2 nodes",
	]);
	expect(row({ cluster: cluster("silent") }, "Cluster")).toEqual([
		"Cluster    lab, as node a with 3 of 5 partitions; 2 nodes, silent: b",
	]);
});

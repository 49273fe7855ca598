import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Value } from "@sinclair/typebox/value";
import { HealthView, ServerView } from "../../src/contract/views.ts";
import { createLogger } from "../../src/kit/log.ts";
import { serverRoutes } from "../../src/status/server-routes.ts";
import { ServerState } from "../../src/status/server-state.ts";
import { ADMIN, startHttp, type TestHttp } from "../support/http-server.ts";
import { basic } from "../support/logins.ts";
import { ManualClock } from "../support/manual-clock.ts";

const problems: string[] = [];
const log = createLogger({ level: "info", components: new Map(), format: "json", write: () => {} });
const clock = new ManualClock();
const state = new ServerState({
	broker: {
		stats: {
			...{ clients: 3, received: null, retained: null, subscriptions: null },
			acknowledgedEarly: null,
		},
		disconnectRevoked: () => {},
		renewCertificate: () => {},
		problem: undefined,
		handlerFailures: 2,
	},
	log,
	problems: () => problems,
	cautions: () => ["open to everyone"],
	isAlive: () => true,
	metrics: () => [{ kind: "gauge", name: "lamps_lit", help: "Lamps.", read: () => 4 }],
	clock,
});

const VIEW: ServerView = {
	version: "1.2.3",
	pid: 7,
	since: 0,
	http: "http://localhost:9992",
	mqtt: "mqtt://localhost:1883",
	ws: "ws://localhost:1884",
	database: "/x/iottalk.db",
	memory_bytes: 1,
	servers: ["lamps"],
	modules: { lamps: { lit: 4 } },
	warnings: [],
};

let server: TestHttp;
beforeAll(async () => {
	state.start();
	server = await startHttp(
		serverRoutes(state, () => VIEW),
		{ logins: true },
	);
});
afterAll(async () => {
	await server.stop();
	state.stop();
});

const LOGIN = { Authorization: basic(ADMIN.name, ADMIN.password) };
const get = (path: string, headers: Record<string, string> = LOGIN) =>
	fetch(server.url + path, { headers });

describe("every server answers", () => {
	test("whether it can do its work, and admins why not", async () => {
		const healthy = await get("/health", {});
		expect([healthy.status, await healthy.json()]).toEqual([
			200,
			{ live: true, ready: true, reasons: [] },
		]);
		problems.push("the disk is full");
		const anonymous = await get("/health", {});
		expect([anonymous.status, await anonymous.json()]).toEqual([
			503,
			{ live: true, ready: false, reasons: [] },
		]);
		const view: unknown = await (await get("/health")).json();
		expect(view).toMatchObject({ reasons: ["the disk is full"] });
		expect(Value.Check(HealthView, view)).toBe(true);
		const wrong = await get("/health", { Authorization: basic("admin", "wrong") });
		expect([wrong.status, await wrong.json()]).toMatchObject([503, { reasons: [] }]);
		expect(state.warnings).toEqual(["the disk is full", "open to everyone"]);
		problems.length = 0;
	});

	test("what it is made of, for admins", async () => {
		const view: unknown = await (await get("/api/server")).json();
		expect([Value.Check(ServerView, view), view]).toEqual([true, VIEW]);
		expect((await get("/api/server", {})).status).toBe(401);
	});

	test("its metrics, those of modules included; without what the broker does not tell", async () => {
		const lines = (await (await get("/metrics")).text()).split("\n");
		expect(lines).toEqual(
			expect.arrayContaining([
				...["iotctl_ready 1", "iotctl_mqtt_clients 3"],
				...["iotctl_handler_failures_total 2", "lamps_lit 4", "process_event_loop_lag_seconds 0"],
			]),
		);
		expect(lines.filter((line) => line.startsWith("iotctl_mqtt_received_total"))).toEqual([]);
		expect(lines.find((line) => line.startsWith("iotctl_info"))).toMatch(/\{version="[^"]+"\} 1/);
	});

	test("the newest lines of its log", async () => {
		log.component("server").info("lamps lit", { count: 4 });
		expect(await (await get("/api/log")).json()).toMatchObject([{ msg: "lamps lit", count: 4 }]);
	});

	test("metrics and log to admins alone", async () => {
		expect((await get("/metrics", {})).status).toBe(401);
		expect((await get("/api/log", {})).status).toBe(401);
	});
});

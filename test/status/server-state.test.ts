import { describe, expect, test } from "bun:test";
import { createLogger } from "../../src/kit/log.ts";
import { ServerState, type ServerStateDeps } from "../../src/status/server-state.ts";
import { ManualClock } from "../support/manual-clock.ts";

const log = createLogger({ level: "info", components: new Map(), format: "json", write: () => {} });

function stateWith(changes: Partial<ServerStateDeps> = {}): ServerState {
	return new ServerState({
		broker: {
			stats: {
				...{ clients: 3, received: null, retained: null, subscriptions: null },
				acknowledgedEarly: null,
			},
			disconnectRevoked: () => {},
			renewCertificate: () => {},
			problem: undefined,
			handlerFailures: 0,
		},
		log,
		problems: () => [],
		cautions: () => [],
		isAlive: () => true,
		metrics: () => [],
		...changes,
	});
}

describe("the state of a server", () => {
	test("warns of problems first, then of what the configuration leaves open", () => {
		const problems = ["the disk is full"];
		const cautions = () => ["open to everyone"];
		const state = stateWith({ problems: () => problems, cautions });
		expect(state.problems).toEqual(["the disk is full"]);
		expect(state.warnings).toEqual(["the disk is full", "open to everyone"]);
		problems.length = 0;
		expect(state.warnings).toEqual(["open to everyone"]);
	});

	test("warns once of what several parts say, such as of a database that is away", () => {
		const away = ["its database cannot be reached"];
		const cautions = () => [...away, ...away, "open to everyone"];
		const state = stateWith({ problems: () => away, cautions });
		expect(state.warnings).toEqual([...away, "open to everyone"]);
	});

	test("is asked each time whether only a restart may help", () => {
		let isAlive = true;
		const state = stateWith({ isAlive: () => isAlive });
		expect(state.isAlive).toBe(true);
		isAlive = false;
		expect(state.isAlive).toBe(false);
	});

	test("has the newest lines of the log, oldest first", () => {
		const component = log.component("server");
		component.info("lamps lit", { count: 4 });
		component.info("lamps out");
		expect(stateWith().log().slice(-2)).toMatchObject([
			{ msg: "lamps lit", count: 4 },
			{ msg: "lamps out" },
		]);
	});

	test("has metrics of every server and of its modules, the lag since its start among them", async () => {
		const clock = new ManualClock();
		let lamps = 1;
		const state = stateWith({
			clock,
			problems: () => ["the disk is full"],
			metrics: () => [{ kind: "gauge", name: "lamps_lit", help: "Lamps.", read: () => lamps }],
		});
		state.start();
		clock.skip(1500);
		clock.move(0);
		const { contentType, text } = await state.metrics();
		expect(contentType).toContain("text/plain");
		expect(text).toContain("\nlamps_lit 1\n");
		expect(text).toContain("\niotctl_ready 0\n");
		expect(text).toContain("\niotctl_mqtt_clients 3\n");
		expect(text).toContain("\nprocess_event_loop_lag_seconds 1\n");
		lamps = 2;
		expect((await state.metrics()).text).toContain("\nlamps_lit 2\n");
		state.stop();
		expect(clock.planned).toBe(0);
	});
});

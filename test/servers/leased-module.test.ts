// A module that runs on one node at a time: how it comes and goes with its lease.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CallPasser } from "../../src/http/call-passer.ts";
import { PassedCalls } from "../../src/http/passed-calls.ts";
import { plainReply } from "../../src/http/replies.ts";
import { route } from "../../src/http/route.ts";
import { systemClock } from "../../src/kit/clock.ts";
import { ExternalBroker } from "../../src/mqtt/external.ts";
import { LeasedModule } from "../../src/servers/leased-module.ts";
import type { BuiltModule, Core } from "../../src/servers/module.ts";
import { Store } from "../../src/store/store.ts";
import { externalOptions } from "../support/embedded.ts";
import { startHttp } from "../support/http-server.ts";
import { quietLog, recordedLog } from "../support/log.ts";
import { Mosquitto } from "../support/mosquitto.ts";
import { hasProgram } from "../support/programs.ts";
import { Inbox, until } from "../support/waiting.ts";

const LEASE = { partition: -2, token: 5 };
const NEXT = { partition: -2, token: 6 };

describe.skipIf(!hasProgram("mosquitto"))("a module under a lease", () => {
	let folder: string;
	let mosquitto: Mosquitto;
	let store: Store;
	const said = new Inbox<string>();
	/** Names of parts whose start fails once. */
	const failing = new Set<string>();
	let built = 0;
	beforeEach(async () => {
		folder = mkdtempSync(join(tmpdir(), "iotctl-leased-"));
		mosquitto = await Mosquitto.start(folder);
		store = new Store({ userdir: folder, url: ":memory:" }, quietLog, []);
		said.clear();
		failing.clear();
		built = 0;
	});
	afterEach(async () => {
		await store.close();
		await mosquitto.stop();
		rmSync(folder, { recursive: true });
	});

	/** Counts how often it was made, and notes what is done with it. */
	const build = (core: Core): BuiltModule => {
		const made = built++;
		const note = (what: string) => said.add(`${what} ${made}`);
		const shared = { summary: "a test", replies: {}, who: "anyone" } as const;
		return {
			parts: [
				{
					name: "work",
					start: async () => {
						if (failing.delete("work")) throw new Error("the database is away");
						await core.broker.subscribe("heard", () => note("heard"));
						note("start");
					},
					opened: async () => {
						await core.broker.publish("told", String(made), { qos: 1 });
						note("opened");
					},
					finish: () => void note("finish"),
					stop: () => void note("stop"),
				},
			],
			routes: [
				route({
					...{ ...shared, method: "GET", path: "/x" },
					run: async () => plainReply(`by ${made}`, "text/plain"),
				}),
				route({
					...{ ...shared, method: "GET", path: "/page" },
					run: async () => plainReply(`page of ${made}`, "text/plain"),
				}),
			],
			problems: () => [`problem of ${made}`],
			metrics: () => [{ kind: "gauge", name: "made", help: "", read: () => made }],
		};
	};

	const make = () => {
		const { log, lines } = recordedLog("ccm");
		// Nothing else of a core is used here.
		const core = { store } as unknown as Core;
		const leased = new LeasedModule(
			{ finishMs: 1000, everywhere: new Set(["GET /page"]) },
			{
				...{ build, core, clock: systemClock, log },
				under: (lease) => ({
					store,
					broker: new ExternalBroker(
						{
							...externalOptions({ port: mosquitto.port, dataQos: undefined }),
							single: { clientId: "the-one", mayReturn: async () => lease.token === 6 },
						},
						quietLog,
					),
				}),
				passer: (isHere) =>
					new CallPasser(
						{ what: "the work", lookMs: 1000, maxBodyBytes: 1000, bodyTimeoutMs: 1000 },
						{
							...{ isHere, owner: async () => undefined, clock: systemClock, log },
							calls: new PassedCalls({ secret: () => "s", now: () => 1 }),
						},
					),
			},
		);
		return { leased, module: leased.module, lines };
	};
	const metric = ({ metrics }: BuiltModule) =>
		metrics().map((one) => ("read" in one ? one.read() : undefined));

	test("is started with the lease, behind the broker, and stopped before that is given away", async () => {
		const { leased, module } = make();
		expect(module.problems()).toEqual([]);
		leased.gained(LEASE);
		expect(module.problems()).toEqual(["projects are being taken over"]);
		await said.take("the end of the start", (line) => line === "opened 1");
		await until(() => module.problems()[0] === "problem of 1", "it to answer");
		expect(metric(module)).toEqual([1]);
		await leased.release(LEASE);
		expect(said.waiting).toEqual(["start 1", "finish 1", "stop 1"]);
		expect(module.problems()).toEqual([]);
		expect(metric(module)).toEqual([0]);
	});

	test("answers its routes while it runs; what every node has is answered by each", async () => {
		const { leased, module } = make();
		const http = await startHttp(module.routes);
		const text = async (path: string) => {
			const answer = await fetch(http.url + path);
			return `${answer.status} ${(await answer.text()).slice(0, 60)}`;
		};
		expect(await text("/page")).toBe("200 page of 0");
		expect(await text("/x")).toStartWith("503");
		leased.gained(LEASE);
		await until(async () => (await text("/x")) === "200 by 1", "it to answer");
		expect(await text("/page")).toBe("200 page of 0");
		await leased.release(LEASE);
		expect(await text("/x")).toStartWith("503");
		await http.stop();
	});

	test("is built again for each lease, one after the other", async () => {
		const { leased } = make();
		leased.gained(LEASE);
		leased.lost(LEASE);
		leased.gained(NEXT);
		await said.take("the end of the start", (line) => line.startsWith("opened"));
		const order = said.waiting.filter((line) => !line.startsWith("heard"));
		// The first one may have been lost before it began.
		expect(order.at(-1)).toStartWith("start");
		await leased.release(NEXT);
		// One that is over already is told nothing.
		await leased.release(LEASE);
		leased.lost(LEASE);
		expect(said.waiting.filter((line) => line.startsWith("stop")).length).toBeGreaterThan(0);
	});

	test("that was lost sends nothing more, and is stopped", async () => {
		const { leased } = make();
		leased.gained(LEASE);
		await said.take("the end of the start", (line) => line === "opened 1");
		leased.lost(LEASE);
		await said.take("its end", (line) => line === "stop 1");
	});

	test("whose start fails is built and started again", async () => {
		const { leased, lines } = make();
		failing.add("work");
		leased.gained(LEASE);
		await said.take("the end of the start", (line) => line === "opened 2");
		expect(lines.join("")).toContain("cannot begin with projects yet");
		await leased.release(LEASE);
	});
});

// The APIs of two nodes of a cluster, each of which has some of the devices, graphs and clients.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { TestCluster } from "../support/cluster-target.ts";
import { postgresForAll } from "../support/databases.ts";
import { body, call, type Json, TestDevice, TestGraph } from "../support/gateway.ts";
import { TestClient } from "../support/mqtt.ts";
import { hasPostgres } from "../support/postgres-server.ts";
import { hasProgram } from "../support/programs.ts";
import { startBinary, type Target } from "../support/target.ts";
import { TEST_MS } from "../support/waiting.ts";

const LEASE_SECONDS = 4;
const MAX_DEVICES = 16;
const MAX_GRAPHS = 6;

describe.skipIf(!hasPostgres() || !hasProgram("mosquitto"))("two nodes", () => {
	const postgres = postgresForAll();
	let cluster: TestCluster;
	let a: Target;
	let b: Target;
	const clients: TestClient[] = [];
	beforeAll(async () => {
		cluster = await TestCluster.make(postgres.server, startBinary, LEASE_SECONDS);
		const limits = { core: { "max-devices": MAX_DEVICES }, esm: { "max-graphs": MAX_GRAPHS } };
		[a, b] = await Promise.all([cluster.add("a", limits), cluster.add("b", limits)]);
		await cluster.settled("a", "b");
	}, TEST_MS);
	afterAll(async () => {
		for (const client of clients.splice(0)) await client.end();
		await cluster.dispose();
	}, TEST_MS);

	/** A name that belongs to a node. */
	const nameOf = async (node: string, keyOf = (name: string) => name) => {
		for (;;) {
			const name = randomUUID();
			if ((await cluster.ownerOf(keyOf(name))) === node) return name;
		}
	};
	/** A client of the device API, of a node. */
	const apiClient = async (node: string) => {
		const name = await nameOf(node);
		const mqtt = await TestClient.connect(a.mqtt);
		clients.push(mqtt);
		const [req, res] = [`iottalk/api/req/${name}/device`, `iottalk/api/res/${name}/device`];
		await mqtt.subscribe(res);
		const take = async (what: string, fits: (message: Json) => boolean) => {
			const { text } = await mqtt.inbox.take(
				what,
				({ topic, text }) => topic === res && fits(JSON.parse(text)),
			);
			return JSON.parse(text) as Json;
		};
		return {
			ask: async (op: string) => {
				await mqtt.publish(req, { op });
				return take(`a reply to ${op}`, (message) => message.op === op);
			},
			/** What comes of a device until it is as told. */
			until: (type: string, id: string) =>
				take(`${type} of ${id}`, (message) => {
					const da = message.da as Json | string | undefined;
					return message.type === type && (typeof da === "string" ? da : da?.id) === id;
				}),
			/** A list that comes unasked, from now on. */
			nextList: () => {
				mqtt.inbox.clear();
				return take("a list", (message) => message.op === "attach");
			},
			waiting: () => mqtt.inbox.waiting.map(({ text }) => JSON.parse(text) as Json),
		};
	};

	test(
		"the device API lists and announces the devices of both, to the clients of both, and replies once",
		async () => {
			const ids = [await nameOf("a"), await nameOf("b")];
			const api = [await apiClient("a"), await apiClient("b")];
			const there = await Promise.all(ids.map((id) => TestDevice.register(b, {}, id)));
			for (const device of there) await device.say("online");
			for (const one of api) {
				const { state, da_list, partial } = await one.ask("attach");
				expect([state, partial]).toEqual(["ok", undefined]);
				const list = da_list as Record<string, Json>;
				for (const { id, rev } of there) {
					expect(list[id]).toMatchObject({ id, rev, name: "BetaCat" });
					// As it is in the list, or else is told behind it.
					if (list[id]?.state !== "online") await one.until("online", id);
				}
			}
			const fresh = [await nameOf("a"), await nameOf("b")];
			const later = await Promise.all(fresh.map((id) => TestDevice.register(a, {}, id)));
			for (const one of api) {
				for (const { id, rev } of later) {
					expect(await one.until("register", id)).toMatchObject({ da: { id, rev } });
				}
			}
			for (const device of later) await device.say("online");
			for (const one of api) for (const id of fresh) await one.until("online", id);
			for (const { id, rev } of there) await call(a, "DELETE", `/${id}`, { rev });
			for (const one of api) for (const id of ids) await one.until("deregister", id);
			for (const one of api) {
				expect(await one.ask("detach")).toEqual({ op: "detach", state: "ok" });
				// Lists are sent unasked after a takeover only.
				expect(one.waiting().filter(({ op }) => op !== "anno" && op !== "attach")).toEqual([]);
			}
			for (const { id, rev } of later) await call(a, "DELETE", `/${id}`, { rev });
			for (const device of [...there, ...later]) await device.client.end();
		},
		TEST_MS,
	);

	test(
		"detach of all graphs of a client reaches those of both, and is answered when all are gone, also with one that stands still",
		async () => {
			const mqtt = await TestClient.connect(a.mqtt);
			clients.push(mqtt);
			const attach = async (name: string, node: string) => {
				const id = await nameOf(node, (one) => `${name}/${one}`);
				const graph = await TestGraph.open(mqtt, name, id);
				await graph.ok({ op: "attach" });
				return graph;
			};
			const detachAll = async (name: string) => {
				const [req, res] = [`iottalk/api/req/${name}/graph`, `iottalk/api/res/${name}/graph`];
				await mqtt.subscribe(res);
				await mqtt.publish(req, { op: "detach" });
				expect(await mqtt.nextJson(res)).toEqual({ op: "detach", state: "ok" });
			};
			const [one, two] = [randomUUID(), randomUUID()];
			const gone = [await attach(one, "a"), await attach(one, "b")];
			const kept = [await attach(two, "a"), await attach(two, "b")];
			await detachAll(one);
			for (const graph of gone) {
				expect(await graph.call({ op: "get_graph" })).toMatchObject({ state: "error" });
			}
			for (const graph of kept) expect((await graph.ok({ op: "get_graph" })).state).toBe("ok");
			const watcher = await apiClient("a");
			await watcher.ask("attach");
			const list = watcher.nextList();
			b.process?.kill("SIGSTOP");
			await detachAll(two);
			// Of what was in the memory of the other, clients may have been told.
			expect((await list).da_list).toBeObject();
			b.process?.kill("SIGCONT");
			for (const { request, response } of kept) {
				await mqtt.publish(request, { op: "stop_monitor" });
				// What came before may be answered twice, where the router has died.
				const { text } = await mqtt.inbox.take(
					"a reply to stop_monitor",
					(message) => message.topic === response && message.text.includes("stop_monitor"),
				);
				expect(JSON.parse(text)).toMatchObject({ state: "error" });
			}
			await cluster.settled("a", "b");
		},
		TEST_MS,
	);

	test(
		"names that the server gives are unique, and limits are those of both together",
		async () => {
			const made: { id: string; rev: unknown }[] = [];
			const register = async (changes: Json) => {
				const id = await nameOf(made.length % 2 === 0 ? "a" : "b");
				const { status, json } = await call(
					made.length % 4 < 2 ? a : b,
					"PUT",
					`/${id}`,
					body(changes),
				);
				if (status === 200) made.push({ id, rev: json.rev });
				return { status, json };
			};
			const model = randomUUID();
			const given = await Promise.all(
				Array.from({ length: 8 }, () => register({ name: null, profile: { model } })),
			);
			const names = given.map(({ json }) => json.name).toSorted();
			expect(names).toEqual(Array.from({ length: 8 }, (_, n) => `0${n}.${model}`));
			while (made.length < MAX_DEVICES) expect((await register({})).status).toBe(200);
			for (let n = 0; n < 2; n++) {
				const { json } = await register({});
				expect(json.reason).toContain(`too many devices: ${MAX_DEVICES} are registered already`);
			}
			for (const { id, rev } of made) await call(a, "DELETE", `/${id}`, { rev });
			const mqtt = await TestClient.connect(a.mqtt);
			clients.push(mqtt);
			const client = randomUUID();
			const states: unknown[] = [];
			for (let n = 0; n < MAX_GRAPHS + 2; n++) {
				const id = await nameOf(n % 2 === 0 ? "a" : "b", (one) => `${client}/${one}`);
				const graph = await TestGraph.open(mqtt, client, id);
				states.push((await graph.call({ op: "attach" })).state);
			}
			expect(states).toEqual([...Array(MAX_GRAPHS).fill("ok"), "error", "error"]);
			const [req, res] = [`iottalk/api/req/${client}/graph`, `iottalk/api/res/${client}/graph`];
			await mqtt.subscribe(res);
			await mqtt.publish(req, { op: "detach" });
			expect((await mqtt.nextJson(res)).state).toBe("ok");
		},
		TEST_MS,
	);
});

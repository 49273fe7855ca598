// Logins at two nodes of a cluster, on a mosquitto and a PostgreSQL: each answers as a server that is alone does, whichever
// node a device belongs to.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { partitionOf } from "../../src/cluster/partition-of.ts";
import type { GraphView } from "../../src/contract/views.ts";
import {
	ask,
	type Cast,
	decided,
	FILTERS,
	FORMS,
	IMPOSTORS,
	keyFile,
	linkBoth,
	PRINCIPALS,
	TEACHER,
	TOPICS,
	type Use,
} from "../support/broker-questions.ts";
import { PARTITIONS, TestCluster } from "../support/cluster-target.ts";
import { postgresForAll } from "../support/databases.ts";
import { body, TestGraph } from "../support/gateway.ts";
import { HttpDevice } from "../support/http-device.ts";
import {
	ADMIN,
	addAdmin,
	basic,
	connectAs,
	makeToken,
	register,
	send,
	type,
} from "../support/logins.ts";
import type { TestClient } from "../support/mqtt.ts";
import { hasPostgres } from "../support/postgres-server.ts";
import { hasProgram } from "../support/programs.ts";
import { startBinary, type Target } from "../support/target.ts";
import { TEST_MS, until } from "../support/waiting.ts";

const asks = FORMS["mosquitto-go-auth"] ?? (() => Promise.reject(new Error("no such broker")));
const AUTHORIZATION = basic(ADMIN.username, ADMIN.password);

/** Servers with the same people, devices and links. */
interface World {
	/** One, or the nodes of a cluster. */
	readonly targets: readonly Target[];
	readonly cast: Cast;
	/** Registration tokens: of `mine`, and of `theirs`. */
	readonly tokens: readonly [own: string, other: string];
	readonly boss: TestClient;
	readonly graph: TestGraph;
}

/** @param ids Of the two devices. */
async function makeWorld(
	targets: readonly [Target, ...Target[]],
	ids: readonly [string, string],
): Promise<World> {
	const [target] = targets;
	addAdmin(target);
	type(target, ["user", "add", TEACHER.username, "--role", "teacher"], `${TEACHER.password}\n`);
	const password = type(target, ["user", "secret", "ccm"]).split("\n")[0] ?? "";
	const tokens = [makeToken(target, "own"), makeToken(target, "other")] as const;
	const mine = await register(target, tokens[0], ids[0]);
	const theirs = await register(target, tokens[1], ids[1]);
	const boss = await connectAs(target, ADMIN);
	const graph = await TestGraph.open(boss, "gui", "g");
	await linkBoth(graph, ids);
	const topics = Object.fromEntries(
		(await linksAt(targets)).map(({ da_id, mode, topic }) => [
			`${da_id === mine.id ? "mine" : "theirs"} ${mode}`,
			topic,
		]),
	);
	const cast = { mine, theirs, service: { username: "ccm", password }, topics };
	return { targets, cast, tokens, boss, graph };
}

/** What each server of a world says, which has to be the same. */
async function said<T>(
	world: World,
	question: (target: Target, world: World) => Promise<T>,
): Promise<T | undefined> {
	const answers = await Promise.all(world.targets.map((target) => question(target, world)));
	for (const answer of answers) expect<unknown>(answer).toEqual(answers[0]);
	return answers[0];
}

async function linksAt(targets: readonly Target[]) {
	const headers = { authorization: AUTHORIZATION };
	const answers = targets.map((target) => fetch(`${target.http}/api/graphs`, { headers }));
	const views = (await Promise.all(answers)).map(
		async (answer) => (await answer.json()) as GraphView[],
	);
	return (await Promise.all(views))
		.flat()
		.flatMap(({ idfs, odfs }) => [
			...idfs.map(({ da_id, topic }) => ({ da_id, topic, mode: "idf" })),
			...odfs.map(({ da_id, topic }) => ({ da_id, topic, mode: "odf" })),
		]);
}

describe.skipIf(!hasPostgres() || !hasProgram("mosquitto"))("logins at any of two nodes", () => {
	const postgres = postgresForAll();
	const file = keyFile();
	const ini = { core: { auth: "on" }, "core-mqtt": { "auth-key-file": file.path } };
	let cluster: TestCluster;
	let alone: Target;
	let a: Target;
	let b: Target;
	/** Devices of both nodes. */
	let nodes: World;
	let one: World;
	beforeAll(async () => {
		cluster = await TestCluster.make(postgres.server, startBinary, 2);
		[a, b, alone] = await Promise.all([
			cluster.add("a", ini),
			cluster.add("b", ini),
			startBinary(ini),
		]);
		await cluster.settled("a", "b");
		[nodes, one] = await Promise.all([
			makeWorld([a, b], [await idOf("a"), await idOf("b")]),
			makeWorld([alone], [randomUUID(), randomUUID()]),
		]);
	}, TEST_MS);
	afterAll(async () => {
		await nodes?.boss.end();
		await one?.boss.end();
		await cluster?.dispose();
		await alone?.dispose();
		file.remove();
	}, TEST_MS);

	/** An id of a device that a node has. */
	async function idOf(node: string): Promise<string> {
		const owners = await cluster.owners();
		for (;;) {
			const id = randomUUID();
			if (owners.get(partitionOf(id, PARTITIONS)) === node) return id;
		}
	}

	/** Each node answers as a server that is alone does. */
	async function expectSame<T>(
		question: (target: Target, world: World) => Promise<T>,
	): Promise<void> {
		expect(await said(nodes, question)).toEqual(await said(one, question));
	}

	let addresses = 0;

	test(
		"a broker lets in whom it would with one server",
		async () => {
			for (const [who, login] of Object.entries({ ...PRINCIPALS, ...IMPOSTORS })) {
				// One that has failed too often has to wait.
				addresses += 1;
				const peerhost = `192.0.2.${addresses}`;
				await expectSame(async (target, { cast }) => {
					const { username, password } = login(cast);
					const told = await ask(target, "/mqtt/auth", { username, password, peerhost });
					return [who, decided(told, "status")];
				});
			}
		},
		TEST_MS,
	);

	test.each(Object.keys(PRINCIPALS))(
		"%s may use the topics that it may use with one server",
		async (who) => {
			const questions = Object.entries({ ...TOPICS, ...FILTERS }).flatMap(([name, topicFor]) => {
				const uses: Use[] = name in TOPICS ? ["publish", "subscribe", "read"] : ["subscribe"];
				return uses.map((use) => ({ name, topicFor, use }));
			});
			await expectSame(async (target, { cast }) => {
				const username = PRINCIPALS[who]?.(cast).username ?? "";
				return await Promise.all(
					questions.map(async ({ name, topicFor, use }) => [
						...[name, use],
						await asks(target, username, use, topicFor(cast)),
					]),
				);
			});
		},
		TEST_MS,
	);

	const ROLES: Record<string, (world: World) => string | undefined> = {
		nobody: () => undefined,
		"another's token": ({ tokens: [, other] }) => `Bearer ${other}`,
		"own token": ({ tokens: [own] }) => `Bearer ${own}`,
		"own token as a password": ({ tokens: [own] }) => basic("token", own),
		"another device": ({ cast: { theirs } }) => basic(theirs.username, theirs.password),
		"the device": ({ cast: { mine } }) => basic(mine.username, mine.password),
		admin: () => AUTHORIZATION,
		// What is wrong comes last: an administrator would have to wait behind it.
		"the device with another password": ({ cast: { mine } }) => basic(mine.username, "wrong"),
		"wrong password": () => basic("boss", "wrong"),
	};

	test(
		"HTTP lets do with devices what one server does",
		async () => {
			for (const [role, login] of Object.entries(ROLES)) {
				await expectSame(async (target, world) => {
					const { mine, theirs } = world.cast;
					const authorization = login(world);
					const statuses: unknown[] = [role];
					for (const [method, id, payload] of [
						...["GET", "OPTIONS", "PATCH"].map((one) => [one, mine.id, undefined] as const),
						...[["GET", theirs.id, undefined] as const, ["GET", randomUUID(), undefined] as const],
						["POST", mine.id, { name: "changed" }] as const,
						["DELETE", mine.id, { rev: "wrong" }] as const,
						["PUT", role === "own token" ? theirs.id : randomUUID(), body()] as const,
					]) {
						// Each of them takes a while to be found wrong.
						if (role === "wrong password" && statuses.length > 2) break;
						const { status } = await send(target, method, `/${id}`, { authorization, payload });
						// Too many wrong passwords are refused without being looked at.
						statuses.push([method, status === 429 ? 401 : status]);
					}
					return statuses;
				});
			}
		},
		TEST_MS,
	);

	test(
		"a right ends on all nodes with its link, and a password with its registration",
		async () => {
			const [own] = nodes.tokens;
			const device = await register(a, own, await idOf("b"));
			const add = (op: string) => nodes.graph.ok({ op, da_id: device.id, odf: "odf" });
			await add("add_link");
			const topic = (await linksAt([a, b])).find(({ da_id }) => da_id === device.id)?.topic ?? "";
			const may = () =>
				Promise.all([a, b].map((node) => asks(node, device.id, "subscribe", topic)));
			// The device's own node is told of a link.
			await until(async () => !(await may()).includes(false), "the right to come");
			await add("rm_link");
			await until(async () => !(await may()).includes(true), "the right to end");
			const again = await register(a, own, device.id);
			const isIn = (password: string) =>
				Promise.all(
					[a, b].map(async (node) => {
						addresses += 1;
						const peerhost = `192.0.2.${addresses}`;
						const question = { username: device.id, password, peerhost };
						return decided(await ask(node, "/mqtt/auth", question), "status");
					}),
				);
			expect(await isIn(device.password)).toEqual([false, false]);
			expect(await isIn(again.password)).toEqual([true, true]);
		},
		TEST_MS,
	);

	test(
		"a page that was let in at one node is let in at the other, until it logs out at either",
		async () => {
			const form = { name: ADMIN.username, password: ADMIN.password };
			const ask = (node: Target, path: string, secret: string, method = "GET") =>
				// Nodes have the same port where they are not on one machine.
				fetch(`${node.http}${path}`, {
					...{ method, redirect: "manual" },
					headers: { cookie: `iottalk-${new URL(node.http).port}=${secret}` },
				});
			for (const [one, other] of [
				[a, b],
				[b, a],
			] as const) {
				const body = new URLSearchParams(form);
				const login = await fetch(`${one.http}/login`, {
					method: "POST",
					body,
					redirect: "manual",
				});
				const [, secret = ""] = /=([^;]+);/.exec(login.headers.get("set-cookie") ?? "") ?? [];
				for (const node of [one, other]) {
					expect((await ask(node, "/api/status", secret)).status).toBe(200);
				}
				expect((await ask(other, "/logout", secret, "POST")).status).toBe(303);
				for (const node of [other, one]) {
					expect((await ask(node, "/api/status", secret)).status).toBe(401);
				}
			}
		},
		TEST_MS,
	);

	/** A device over HTTP, of a node, which has registered at another one. */
	async function phone(node: string): Promise<HttpDevice> {
		const headers = { authorization: `Bearer ${nodes.tokens[0]}` };
		return await HttpDevice.register(a.http, { id: await idOf(node), headers });
	}

	test(
		"a device over HTTP sends, listens and asks at any of them",
		async () => {
			const device = await phone("b");
			expect([device.up, device.down]).toEqual([
				`${a.http}/da/${device.id}/up`,
				`${a.http}/da/${device.id}/down`,
			]);
			// Apart: what it sends is not what it gets.
			for (const [name, link] of [
				["up", { idf: "Color-I1" }],
				["down", { odf: "Color-O" }],
			] as const) {
				const graph = await TestGraph.open(nodes.boss, "gui", name);
				await graph.ok({ op: "attach" });
				await graph.ok({ op: "add_link", da_id: device.id, ...link });
			}
			const links = await linksAt([a, b]);
			const topicOf = (mode: string) =>
				links.find((link) => link.da_id === device.id && link.mode === mode)?.topic ?? "";
			await nodes.boss.subscribe(topicOf("idf"));
			for (const node of [a, b]) {
				const here = device.at(node.http);
				await until(
					async () => (await here.poll()).json.connected?.toString().length === 16,
					"both links",
				);
				const stream = await here.listen();
				expect(await stream.next("state")).toMatchObject({ rev: device.rev });
				expect((await here.send([["Color-I1", [1, 2, 3]]])).status).toBe(204);
				expect((await nodes.boss.next(topicOf("idf"))).text).toBe("[1,2,3]");
				const { next } = (await here.poll()).json;
				const waiting = here.poll(`?after=${next}&wait=25`);
				await nodes.boss.publish(topicOf("odf"), [7, 8, 9], { qos: 1 });
				expect(await stream.next("data")).toEqual(["Color-O", [7, 8, 9]]);
				expect((await waiting).json.data).toEqual({ "Color-O": [7, 8, 9] });
				stream.leave();
				// As with one server.
				const wrong = { authorization: basic(device.id, "wrong") };
				expect((await here.send([], wrong)).status).toBe(401);
				expect((await here.send("x".repeat(65_537))).status).toBe(413);
				expect((await here.send("x".repeat(65_537), wrong)).status).toBe(401);
				expect((await here.poll("?wait=26")).status).toBe(400);
			}
		},
		TEST_MS,
	);

	test(
		"a device over HTTP that waits at one node while its own gives it away hears what comes at the next one",
		async () => {
			const device = await phone("b");
			await nodes.graph.ok({ op: "add_link", da_id: device.id, odf: "Color-O" });
			const topic = (await linksAt([a, b])).find(({ da_id }) => da_id === device.id)?.topic;
			await until(async () => String((await device.poll()).json.connected) === "Color-O", "a link");
			const { next } = (await device.poll()).json;
			const waiting = device.poll(`?after=${next}&wait=25`);
			const stream = await device.listen();
			await stream.next("state");
			await cluster.drain("b", true);
			await cluster.settled("a");
			// What it knew is another node's numbering.
			expect((await waiting).status).toBe(200);
			await stream.end();
			expect(stream.inbox.waiting.map(({ event }) => event)).not.toContain("removed");
			const again = await device.listen();
			await again.next("state");
			await until(async () => String((await device.poll()).json.connected) === "Color-O", "a link");
			await nodes.boss.publish(topic ?? "", [1], { qos: 1 });
			expect(await again.next("data")).toEqual(["Color-O", [1]]);
			again.leave();
			await cluster.drain("b", false);
			await cluster.settled("a", "b");
		},
		TEST_MS,
	);
});

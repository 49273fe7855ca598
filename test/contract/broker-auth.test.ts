// What a broker is told that asks over HTTP who may log in and use which topics (csm.md §8.1): the same as the built-in
// broker does with a client of that name.
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { GraphView } from "../../src/contract/views.ts";
import {
	ask,
	type Cast,
	decided,
	FILTERS,
	FORMS,
	IMPOSTORS,
	KEY,
	type Known,
	keyFile,
	linkBoth,
	NOBODY,
	PRINCIPALS,
	TEACHER,
	TOPICS,
	type Use,
} from "../support/broker-questions.ts";
import { TestGraph } from "../support/gateway.ts";
import {
	ADMIN,
	addAdmin,
	addSecondAdmin,
	basic,
	connectAs,
	forgive,
	type Login,
	makeToken,
	register,
	send,
	type,
} from "../support/logins.ts";
import type { TestClient } from "../support/mqtt.ts";
import { startTarget, startWithCcm, type Target } from "../support/target.ts";
import { describeEmbedded } from "../support/variants.ts";
import { until } from "../support/waiting.ts";

/** A client of the built-in broker with a login; undefined: it is not let in. */
const clientOf = (target: Target, login: Known): Promise<TestClient | undefined> =>
	connectAs(target, login).catch(() => undefined);

// The other broker of these tests asks no one.
describeEmbedded("§8.1 a broker that asks", () => {
	const file = keyFile();
	let target: Target;
	let mine: Login;
	let theirs: Login;
	let service: Known;
	let boss: TestClient;
	const topics: Record<string, string> = {};
	beforeAll(async () => {
		target = await startTarget({
			core: { auth: "on" },
			"core-mqtt": { "auth-key-file": file.path },
		});
		addAdmin(target);
		addSecondAdmin(target);
		type(target, ["user", "add", TEACHER.username, "--role", "teacher"], `${TEACHER.password}\n`);
		const secret = type(target, ["user", "secret", "ccm"]).split("\n")[0] ?? "";
		service = { username: "ccm", password: secret };
		const token = makeToken(target, "own");
		mine = await register(target, token);
		theirs = await register(target, token);
		boss = await connectAs(target, ADMIN);
		const graph = await TestGraph.open(boss, "gui", "g");
		await linkBoth(graph, [mine.id, theirs.id]);
		for (const [who, { id }] of Object.entries({ mine, theirs })) {
			topics[`${who} idf`] = await topicOf("idfs", id);
			topics[`${who} odf`] = await topicOf("odfs", id);
		}
		await boss.subscribe("#");
		await boss.subscribe("$own/#");
	});
	afterAll(async () => {
		await boss.end();
		await target.dispose();
		file.remove();
	});

	async function topicOf(links: "idfs" | "odfs", id: string): Promise<string> {
		const authorization = basic(ADMIN.username, ADMIN.password);
		const answer = await fetch(`${target.http}/api/graphs`, { headers: { authorization } });
		const all = ((await answer.json()) as GraphView[]).flatMap((graph) => graph[links]);
		return all.find(({ da_id }) => da_id === id)?.topic ?? "";
	}

	/** Whether the built-in broker passes on what a client publishes. */
	async function publishes(client: TestClient, topic: string): Promise<boolean> {
		boss.inbox.clear();
		await client.publish(topic, "[1]", { qos: 1 });
		await boss.publish("fence", "up", { qos: 1 });
		await boss.next("fence");
		return boss.inbox.waiting.some((message) => message.topic === topic);
	}

	const guests: Record<string, () => Known> = {
		"a registration token": () => ({ username: "token", password: makeToken(target, "mqtt") }),
	};

	let addresses = 0;
	const cast = (): Cast => ({ mine, theirs, service, topics });
	const login = (who: string) =>
		({ ...PRINCIPALS, ...IMPOSTORS, ...guests })[who]?.(cast()) ?? NOBODY;

	test.each(Object.keys({ ...PRINCIPALS, ...IMPOSTORS, ...guests }))(
		"%s is let in or not",
		async (who) => {
			const { username, password } = login(who);
			await forgive(target);
			const client = await clientOf(target, { username, password });
			const clientid = "c";
			// One that has failed too often has to wait.
			addresses += 1;
			const peerhost = `192.0.2.${addresses}`;
			const json = await ask(target, "/mqtt/auth", { username, password, clientid, peerhost });
			const all = { username, password, vhost: "/", client_id: clientid, peerhost };
			const form = new URLSearchParams(all);
			const text = await ask(target, `/mqtt/auth?key=${KEY}`, form, {});
			const isIn = client !== undefined;
			expect([decided(json, "status"), decided(text, "status")]).toEqual([isIn, isIn]);
			expect(json.text).toBe(JSON.stringify({ result: isIn ? "allow" : "deny" }));
			expect(text.text).toBe(isIn ? "allow" : "deny");
			await client?.end();
		},
	);

	test.each(Object.keys(PRINCIPALS))("%s publishes to a topic or not", async (who) => {
		await forgive(target);
		const client = await clientOf(target, login(who));
		for (const [name, topicFor] of Object.entries(TOPICS)) {
			const topic = topicFor(cast());
			const isHeard = client !== undefined && (await publishes(client, topic));
			for (const [form, asks] of Object.entries(FORMS)) {
				const isAllowed = await asks(target, login(who).username, "publish", topic);
				expect([name, form, isAllowed]).toEqual([name, form, isHeard]);
			}
		}
		await client?.end();
	});

	test.each(Object.keys(PRINCIPALS))("%s hears a topic, and a filter, or not", async (who) => {
		await forgive(target);
		const client = await clientOf(target, login(who));
		for (const [name, filterFor] of Object.entries({ ...TOPICS, ...FILTERS })) {
			const filter = filterFor(cast());
			const isGranted = client !== undefined && (await client.maySubscribe(filter));
			for (const [form, asks] of Object.entries(FORMS)) {
				const uses: readonly Use[] = name in TOPICS ? ["subscribe", "read"] : ["subscribe"];
				for (const use of uses) {
					const isAllowed = await asks(target, login(who).username, use, filter);
					expect([name, form, use, isAllowed]).toEqual([name, form, use, isGranted]);
				}
			}
		}
		await client?.end();
	});

	test("a device that is gone has no rights any more, one with a new link has those of it", async () => {
		const device = await register(target, makeToken(target, "short"));
		const uplink = { username: device.id, topic: `${device.id}/ctrl/i`, acc: 2 };
		expect(decided(await ask(target, "/mqtt/acl", uplink), "status")).toBe(true);
		const graph = await TestGraph.open(boss, "gui", "g");
		await graph.ok({ op: "add_link", da_id: device.id, odf: "odf" });
		const linked = { username: device.id, topic: await topicOf("odfs", device.id), acc: 4 };
		expect(decided(await ask(target, "/mqtt/acl", linked), "status")).toBe(true);
		await graph.ok({ op: "rm_link", da_id: device.id, odf: "odf" });
		expect(decided(await ask(target, "/mqtt/acl", linked), "status")).toBe(false);
		const { status } = await send(target, "DELETE", `/${device.id}`, {
			payload: { rev: device.rev },
		});
		expect(status).toBe(200);
		expect(decided(await ask(target, "/mqtt/acl", uplink), "status")).toBe(false);
	});

	test("in RabbitMQ a client has its own queues and the exchange of MQTT, and nothing else", async () => {
		const allowed = async (fields: Readonly<Record<string, string>>) => {
			const form = new URLSearchParams({ username: mine.id, vhost: "/", tags: "", ...fields });
			return decided(await ask(target, `/mqtt/acl?key=${KEY}`, form, {}), "body");
		};
		const queue = { resource: "queue", client_id: "c" };
		for (const permission of ["configure", "write", "read"]) {
			for (const qos of [0, 1]) {
				const name = `mqtt-subscription-cqos${qos}`;
				expect(await allowed({ ...queue, permission, name })).toBe(true);
				expect(await allowed({ resource: "queue", permission, name })).toBe(false);
			}
			for (const name of ["mqtt-subscription-dqos1", "anything"]) {
				expect(await allowed({ ...queue, permission, name })).toBe(false);
			}
			const exchange = { resource: "exchange", client_id: "c", permission };
			expect(await allowed({ ...exchange, name: "amq.topic" })).toBe(permission !== "configure");
			expect(await allowed({ ...exchange, name: "amq.direct" })).toBe(false);
			expect(await allowed({ ...exchange, name: "" })).toBe(false);
		}
		const topic = { resource: "topic", name: "amq.topic", permission: "write" };
		expect(await allowed({ ...topic, routing_key: `${mine.id}.ctrl.i` })).toBe(true);
		expect(await allowed({ ...topic, name: "other", routing_key: `${mine.id}.ctrl.i` })).toBe(
			false,
		);
		expect(await allowed(topic)).toBe(false);
		expect(await allowed({})).toBe(true);
		expect(await allowed({ username: TEACHER.username })).toBe(false);
		expect(await allowed({ username: NOBODY.username })).toBe(false);
	});

	test("what is none of the three questions is a 400 that says why, and is logged once", async () => {
		const bad: readonly [object | URLSearchParams, string][] = [
			[{}, "one of the fields acc, action, resource and vhost is required"],
			[
				{ topic: "t", acc: 16 },
				"Field 'acc' should be 1 (read), 2 (publish), 3 (both), 4 (subscribe) or 8 (unsubscribe)",
			],
			[
				{ acc: 1 },
				"Field 'topic' is required and should be a text: the topic, or the filter to subscribe to",
			],
			[{ topic: "t", action: "read" }, "Field 'action' should be publish or subscribe"],
			[
				{ topic: 7, action: "publish" },
				"Field 'topic' should be a text: the topic, or the filter to subscribe to",
			],
			[[], "json body should be an object"],
			[
				new URLSearchParams({ resource: "queue", name: "q" }),
				"Field 'permission' is required and should be configure, write, read",
			],
		];
		for (const [question, reason] of bad) {
			for (let n = 0; n < 2; n++) {
				const { status, text } = await ask(
					target,
					"/mqtt/acl",
					question as Record<string, unknown>,
				);
				expect([status, JSON.parse(text)]).toEqual([400, { state: "error", reason }]);
			}
			expect(target.log().split(reason)).toHaveLength(2);
		}
		const { status, text } = await ask(target, "/mqtt/auth", { username: ["a"] });
		expect([status, text]).toEqual([
			400,
			expect.stringContaining("Field 'username' should be a text"),
		]);
		expect((await ask(target, "/mqtt/acl", { topic: "x".repeat(17_000), acc: 1 })).status).toBe(
			413,
		);
	});

	test("JSON that is none and other content types are refused, and other methods are not there", async () => {
		const sent = async (method: string, type: string, body?: string) => {
			const headers = { authorization: `Bearer ${KEY}`, "content-type": type };
			const answer = await fetch(`${target.http}/mqtt/acl`, {
				method,
				headers,
				...(body && { body }),
			});
			return answer.status;
		};
		expect(await sent("POST", "application/json", '{"acc"')).toBe(400);
		expect(await sent("POST", "text/plain", "acc=1")).toBe(400);
		expect(await sent("GET", "application/json")).toBe(404);
		expect(await sent("PUT", "application/json", "{}")).toBe(404);
	});

	test("answers are counted", async () => {
		const authorization = basic(ADMIN.username, ADMIN.password);
		const count = async (answer: string) => {
			const { text } = await fetchText(`${target.http}/metrics`, { authorization });
			const line = `iotctl_broker_answers_total{answer="${answer}"}`;
			return Number(
				text
					.split("\n")
					.find((one) => one.startsWith(line))
					?.split(" ")[1],
			);
		};
		const before = await Promise.all(["topic allowed", "topic denied", "login denied"].map(count));
		await ask(target, "/mqtt/acl", { username: ADMIN.username, topic: "t", acc: 1 });
		await ask(target, "/mqtt/acl", { username: "x", topic: "t", acc: 1 });
		await ask(target, "/mqtt/auth", { username: mine.username, password: "x" });
		const after = await Promise.all(["topic allowed", "topic denied", "login denied"].map(count));
		expect(after).toEqual(before.map((n) => n + 1));
	});
});

async function fetchText(url: string, headers: Readonly<Record<string, string>> = {}) {
	const response = await fetch(url, { headers });
	return { status: response.status, text: await response.text() };
}

describeEmbedded("§8.1 a broker without the key", () => {
	const file = keyFile();
	afterAll(() => file.remove());
	const WITH_KEY = { core: { auth: "on" }, "core-mqtt": { "auth-key-file": file.path } };

	test("is refused, then slowed down, while the right key still counts; no log has a key", async () => {
		const target = await startTarget(WITH_KEY);
		try {
			const wrong = "a-wrong-key-of-the-same-length-x";
			const statuses: number[] = [];
			for (let n = 0; n < 8; n++) {
				const { status } = await ask(target, `/mqtt/acl?key=${wrong}`, { acc: 1 }, {});
				statuses.push(status);
			}
			expect(statuses.slice(0, 5)).toEqual([401, 401, 401, 401, 401]);
			expect(statuses.at(-1)).toBe(429);
			const none = await ask(target, "/mqtt/auth", {}, {});
			expect([none.status, none.text]).toEqual([
				429,
				expect.stringMatching(/too many wrong keys: wait \d+ s/),
			]);
			const right = await ask(target, `/mqtt/acl?key=${KEY}`, { topic: "t", acc: 1 }, {});
			expect(right.status).toBe(403);
			await until(
				() => target.log().includes("a broker asks without the right key"),
				"a line of the log",
			);
			for (const key of [wrong, KEY]) expect(target.log()).not.toContain(key);
		} finally {
			await target.dispose();
		}
	});

	test("without a key in the ini there is nothing to ask", async () => {
		const target = await startTarget({ core: { auth: "on" } });
		try {
			for (const path of ["/mqtt/auth", "/mqtt/acl", `/mqtt/acl?key=${KEY}`, "/mqtt/auth?key="]) {
				const { status, text } = await ask(target, path, { topic: "t", acc: 1 });
				expect([path, status, text]).toEqual([path, 404, expect.stringContaining("unknown path")]);
			}
		} finally {
			await target.dispose();
		}
	});

	test("while logins are off all are let in, and may do all but publish to the broker's own", async () => {
		const target = await startTarget({ ...WITH_KEY, core: { auth: "off" } });
		try {
			for (const username of ["", "x"]) {
				expect((await ask(target, "/mqtt/auth", { username })).status).toBe(200);
				expect((await ask(target, "/mqtt/acl", { username, topic: "#", acc: 4 })).status).toBe(200);
				expect((await ask(target, "/mqtt/acl", { username, topic: "$a", acc: 2 })).status).toBe(
					403,
				);
			}
		} finally {
			await target.dispose();
		}
	});

	test("a page of a person has its own two topics", async () => {
		const target = await startWithCcm(WITH_KEY);
		try {
			addAdmin(target);
			const session = await fetch(`${target.http}/api/v0/account/login`, {
				method: "POST",
				headers: { "content-type": "application/json" },
				body: JSON.stringify(ADMIN),
			});
			const [cookie = ""] = (session.headers.get("set-cookie") ?? "").split(";");
			const page = JSON.parse(
				(await fetchText(`${target.http}/mqtt_url`, { cookie })).text,
			) as Known;
			const client = await connectAs(target, page);
			expect((await ask(target, "/mqtt/auth", { ...page })).status).toBe(200);
			const { username } = page;
			const topics = [`iottalk/api/gui/req/${username}`, `iottalk/api/gui/res/${username}`];
			for (const topic of [...topics, "iottalk/api/gui/res/+", "iottalk/api/gui/req/other", "#"]) {
				const isGranted = await client.maySubscribe(topic);
				expect([topic, isGranted]).toEqual([topic, topic === topics[1]]);
				for (const asks of Object.values(FORMS)) {
					expect([topic, await asks(target, username, "subscribe", topic)]).toEqual([
						topic,
						isGranted,
					]);
					const mayPublish = await asks(target, username, "publish", topic);
					expect([topic, mayPublish]).toEqual([topic, topic === topics[0]]);
				}
			}
			await client.end();
			const { status } = await fetch(`${target.http}/api/v0/account/logout`, {
				method: "GET",
				headers: { cookie },
			});
			expect(status).toBe(200);
			const gone = await ask(target, "/mqtt/acl", { username, topic: topics[1], acc: 4 });
			expect(gone.status).toBe(403);
		} finally {
			await target.dispose();
		}
	});
});

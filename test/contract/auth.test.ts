// Who may do what: every role against every HTTP route and every shape of topic (csm.md §8).
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import type { GraphView } from "../../src/contract/views.ts";
import { body, type Json, TestGraph } from "../support/gateway.ts";
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
import { startTarget, storedText, type Target } from "../support/target.ts";
import { describeEmbedded } from "../support/variants.ts";
import { until, within } from "../support/waiting.ts";

/** Why a connection was refused. `rejects` would keep a WebSocket of this process from being served. */
function refusalOf(connection: Promise<TestClient>): Promise<string | undefined> {
	return connection.then(() => undefined, String);
}

// Another broker's logins are its own matter.
describeEmbedded("§8 with authentication on", () => {
	let target: Target;
	let own: string;
	let other: string;
	let mine: Login;
	let theirs: Login;
	let boss: TestClient;
	const topics: Record<string, string> = {};
	beforeAll(async () => {
		target = await startTarget({ core: { auth: "on" } });
		addAdmin(target);
		addSecondAdmin(target);
		own = makeToken(target, "own");
		other = makeToken(target, "other");
		mine = await register(target, own);
		theirs = await register(target, other);
		boss = await connectAs(target, ADMIN);
		const graph = await TestGraph.open(boss, "gui", "g");
		await graph.ok({ op: "attach" });
		for (const [who, { id }] of Object.entries({ mine, theirs })) {
			for (const mode of ["idf", "odf"]) {
				await graph.ok({ op: "add_link", da_id: id, [mode]: mode });
			}
			topics[`${who} idf`] = await topicOf("idfs", id);
			topics[`${who} odf`] = await topicOf("odfs", id);
		}
	});
	afterAll(async () => {
		await boss.end();
		await target.dispose();
	});

	/** The topic of a device's link in graph `g`. */
	async function topicOf(links: "idfs" | "odfs", id: string): Promise<string> {
		const authorization = basic(ADMIN.username, ADMIN.password);
		const answer = await fetch(`${target.http}/api/graphs`, { headers: { authorization } });
		const list = (await answer.json()) as GraphView[];
		const all = list.flatMap((graph) => graph[links]);
		return all.find(({ da_id }) => da_id === id)?.topic ?? "";
	}

	const ROLES: Record<string, () => string | undefined> = {
		nobody: () => undefined,
		"wrong password": () => basic("boss", "wrong"),
		"another's token": () => `Bearer ${other}`,
		"own token": () => `Bearer ${own}`,
		"own token as a password": () => basic("token", own),
		"another device": () => basic(theirs.username, theirs.password),
		"the device": () => basic(mine.username, mine.password),
		admin: () => basic(ADMIN.username, ADMIN.password),
	};
	const STRANGERS = ["nobody", "wrong password"];
	const OWNERS = ["own token", "own token as a password", "the device", "admin"];

	/** What a role gets: 200 if it may, else 401 for who has not shown anything valid, 403 for the others. */
	const expected = (role: string, allowed: readonly string[]) =>
		allowed.includes(role) ? 200 : STRANGERS.includes(role) ? 401 : 403;

	let wrongPasswords = 0;

	/** One request in a role; too many wrong passwords are refused without being looked at, which is as good. */
	async function as(
		role: string,
		method: string,
		path: string,
		payload?: unknown,
	): Promise<number> {
		const { status } = await send(target, method, path, {
			authorization: ROLES[role]?.(),
			payload,
		});
		if (role === "wrong password") wrongPasswords += 1;
		return role === "wrong password" && status === 429 ? 401 : status;
	}

	afterEach(async () => {
		if (wrongPasswords > 0) await forgive(target);
		wrongPasswords = 0;
	});

	describe("over HTTP", () => {
		const ADMIN_PATHS = [
			"/",
			"/openapi",
			"/metrics",
			"/api/status",
			"/api/devices",
			"/api/graphs",
			"/api/functions",
			"/api/functions/x",
			"/api/log",
			"/api/openapi",
		];

		test.each(Object.keys(ROLES))("%s", async (role) => {
			for (const path of ADMIN_PATHS) {
				const wanted = expected(role, ["admin"]);
				const found = await as(role, "GET", path);
				expect([path, found]).toEqual([path, path.endsWith("/x") && wanted === 200 ? 404 : wanted]);
			}
			expect(await as(role, "POST", "/api/engine/restart")).toBe(expected(role, ["admin"]));
			expect(await as(role, "OPTIONS", `/${mine.id}`)).toBe(204);
			expect(await as(role, "GET", `/${mine.id}`)).toBe(expected(role, OWNERS));
			expect(await as(role, "POST", `/${mine.id}`, { name: "changed" })).toBe(
				expected(role, OWNERS),
			);
			const wrong = expected(role, OWNERS);
			expect(await as(role, "DELETE", `/${mine.id}`, { rev: "wrong" })).toBe(
				wrong === 200 ? 400 : wrong,
			);
			expect(await as(role, "GET", "/health")).toBe(200);
		});

		test("registration: a token is enough for a new id, not for another client's", async () => {
			for (const role of Object.keys(ROLES)) {
				const fresh = ["own token", "own token as a password", "another's token", "admin"];
				expect([role, await as(role, "PUT", `/${randomUUID()}`, body())]).toEqual([
					role,
					expected(role, fresh),
				]);
			}
			const victim = await register(target, own);
			for (const role of ["nobody", "wrong password", "another's token", "another device"]) {
				expect([role, await as(role, "PUT", `/${victim.id}`, body())]).toEqual([
					role,
					expected(role, []),
				]);
			}
			expect((await register(target, own, victim.id)).password).not.toBe(victim.password);
		});

		test("a token in the query or in the path does as well", async () => {
			const first = `/${randomUUID()}?token=${own}`;
			expect((await send(target, "PUT", first, { payload: body() })).status).toBe(200);
			expect((await send(target, "GET", first)).status).toBe(200);
			const second = `/token/${own}/${randomUUID()}`;
			const { status, json } = await send(target, "PUT", second, { payload: body() });
			expect([status, typeof json.password]).toEqual([200, "string"]);
			expect((await send(target, "DELETE", second, { payload: { rev: json.rev } })).status).toBe(
				200,
			);
		});

		test("a page of another origin may send a token in a header", async () => {
			const { headers } = await send(target, "OPTIONS", `/${randomUUID()}`);
			expect(headers.get("access-control-allow-headers")).toContain("Authorization");
			expect(headers.get("access-control-allow-credentials")).toBeNull();
		});

		test("the rev is enough to deregister, as SDKs do", async () => {
			const gone = await register(target, own);
			expect(
				(await send(target, "DELETE", `/${gone.id}`, { payload: { rev: gone.rev } })).status,
			).toBe(200);
		});

		test("tricks with JSON reach nothing", async () => {
			const victim = await register(target, other);
			const id = randomUUID();
			for (const trick of [
				`{"id":"${victim.id}"`,
				'{"__proto__":{"kind":"admin"}',
				'{"constructor":{"prototype":{"isOn":false}}',
				'{"token":"other","secret_hash":"x","secretHash":null',
				'{"username":"boss","password":"x"',
				`{"da_id":"${victim.id}","rev":"${victim.rev}"`,
			]) {
				const text = `${trick},${JSON.stringify(body()).slice(1)}`;
				const answer = await fetch(`${target.http}/${id}`, {
					method: "PUT",
					headers: { "Content-Type": "application/json", authorization: `Bearer ${own}` },
					body: text,
				});
				const json = (await answer.json()) as Json;
				expect([trick, json.id]).toEqual([trick, id]);
			}
			const authorization = basic(victim.username, victim.password);
			const { status, json } = await send(target, "GET", `/${victim.id}`, { authorization });
			expect([status, json.rev]).toEqual([200, victim.rev]);
			expect(await as("nobody", "GET", "/api/status")).toBe(401);
			expect(({} as Json).kind).toBeUndefined();
		});

		test("tricks with paths and headers reach nothing", async () => {
			for (const path of [
				"//api/status",
				"/api/status/",
				"/API/STATUS",
				"/api%2fstatus",
				"/./api/status",
				"/api/../metrics",
				"/health/../api/status",
			]) {
				expect([path, [401, 404].includes((await send(target, "GET", path)).status)]).toEqual([
					path,
					true,
				]);
			}
			for (const authorization of [
				"Basic",
				"Basic !!!",
				"Bearer",
				"Bearer ",
				"Digest x",
				basic("", ""),
				basic("boss", ""),
				basic("local", ""),
				`Basic ${"x".repeat(7000)}`,
				"Bearer null",
			]) {
				expect([
					authorization.slice(0, 20),
					[401, 429].includes((await send(target, "GET", "/api/status", { authorization })).status),
				]).toEqual([authorization.slice(0, 20), true]);
				await forgive(target);
			}
			const { headers } = await send(target, "GET", "/api/status");
			// No dialogue of the browser's own: it would send what it got with every request.
			expect(headers.get("www-authenticate")).toBe('Bearer realm="IoTtalk"');
		});
	});

	describe.each([
		["TCP", "mqtt"],
		["WebSocket", "ws"],
	] as const)("over MQTT by %s", (_listener, scheme) => {
		const listener = () => ({ ...target, mqtt: target[scheme] });
		const TOPICS: Record<string, (role: string) => string> = {
			"own uplink": () => `${mine.id}/ctrl/i`,
			"own downlink": () => `${mine.id}/ctrl/o`,
			"own IDF": () => topics["mine idf"] ?? "",
			"own ODF": () => topics["mine odf"] ?? "",
			"another's uplink": () => `${theirs.id}/ctrl/i`,
			"another's downlink": () => `${theirs.id}/ctrl/o`,
			"another's IDF": () => topics["theirs idf"] ?? "",
			"another's ODF": () => topics["theirs odf"] ?? "",
			"graph API": () => "iottalk/api/req/gui/graph/g2",
			"device API": () => "iottalk/api/req/gui/device",
			replies: () => "iottalk/api/res/gui/graph/g2",
			monitor: () => "iottalk/monitor/x",
			"anything else": () => "some/topic",
			"upper case": () => `${mine.id.toUpperCase()}/ctrl/i`,
		};
		const FILTERS: Record<string, () => string> = {
			everything: () => "#",
			"all uplinks": () => "+/ctrl/i",
			"own wildcard": () => `${mine.id}/#`,
			"all data": () => "iottalk/esm/#",
			"shared subscription": () => `$share/g/${topics["mine odf"]}`,
			"the broker's own": () => "$SYS/#",
		};

		test("a device publishes to its uplink and IDFs, hears its downlink and ODFs, and nothing else", async () => {
			const device = await connectAs(listener(), mine);
			await boss.subscribe("#");
			for (const [name, topicOf] of Object.entries(TOPICS)) {
				const topic = topicOf("device");
				for (const qos of [0, 1, 2] as const) {
					for (const retain of [false, true]) {
						await device.publish(topic, "[1]", { qos, retain });
						await boss.publish("fence", name, { qos: 2 });
						await boss.next("fence");
						const heard = boss.inbox.waiting.some((message) => message.topic === topic);
						boss.inbox.clear();
						const allowed = ["own uplink", "own IDF"].includes(name);
						expect([name, qos, retain, heard]).toEqual([name, qos, retain, allowed]);
					}
				}
				expect([name, await device.maySubscribe(topic)]).toEqual([
					name,
					["own downlink", "own ODF"].includes(name),
				]);
			}
			for (const [name, filterOf] of Object.entries(FILTERS)) {
				expect([name, await device.maySubscribe(filterOf())]).toEqual([name, false]);
			}
			expect(device.raw.connected).toBe(true);
			await boss.unsubscribe("#");
			for (const topic of [`${mine.id}/ctrl/i`, topics["mine idf"] ?? ""])
				await boss.publish(topic, "", { retain: true });
			await device.end();
		});

		test("an admin may use all of them", async () => {
			for (const topicOf of Object.values(TOPICS))
				expect(await boss.maySubscribe(topicOf("admin"))).toBe(true);
			for (const [name, filterOf] of Object.entries(FILTERS))
				expect([name, await boss.maySubscribe(filterOf())]).toEqual([name, true]);
		});

		test.each([
			["without a login", {}],
			["with a wrong password", { username: "boss", password: "wrong password" }],
			["with a device's id and no password", () => ({ username: mine.username, password: "" })],
			["with another's password", () => ({ username: mine.username, password: theirs.password })],
			["as local", { username: "local", password: "guess" }],
			["with a token", () => ({ username: "token", password: own })],
		])("no one gets in %s", async (_, login) => {
			const shown = typeof login === "function" ? login() : login;
			const { username = "", password = "" } = shown as Partial<Login>;
			expect(await refusalOf(connectAs(listener(), { username, password }))).toBeDefined();
			wrongPasswords += 1;
		});

		test("a will is bound to the same rights", async () => {
			await boss.subscribe("#");
			for (const [topic, allowed] of [
				[`${mine.id}/ctrl/i`, true],
				[`${theirs.id}/ctrl/i`, false],
				["iottalk/api/req/gui/graph/evil", false],
			] as const) {
				const device = await connectAs(listener(), mine, {
					will: { topic, payload: Buffer.from('"will"'), qos: 1, retain: false },
				});
				device.vanish();
				if (allowed) expect((await boss.next(topic)).text).toBe('"will"');
				else {
					// The next device's allowed will comes after the forbidden one was dealt with.
					const fence = await connectAs(listener(), mine, {
						will: {
							topic: `${mine.id}/ctrl/i`,
							payload: Buffer.from('"fence"'),
							qos: 1,
							retain: false,
						},
					});
					fence.vanish();
					await boss.next(`${mine.id}/ctrl/i`);
					expect(boss.inbox.waiting.filter((message) => message.topic === topic)).toEqual([]);
				}
			}
			await boss.unsubscribe("#");
			boss.inbox.clear();
		});

		test("a device cannot disconnect another, nor take over its session, by its client id", async () => {
			const first = await connectAs(listener(), mine, { clientId: "shared", clean: false });
			await first.subscribe(topics["mine odf"] ?? "");
			const takeOver = () =>
				refusalOf(connectAs(listener(), theirs, { clientId: "shared", clean: false }));
			const throwOut = () => refusalOf(connectAs(listener(), theirs, { clientId: "shared" }));
			expect(await throwOut()).toMatch(/rejected/i);
			expect(first.raw.connected).toBe(true);
			await first.end();
			expect(await takeOver()).toMatch(/rejected/i);
			const again = await connectAs(listener(), mine, { clientId: "shared", clean: true });
			await again.end();
			const free = await connectAs(listener(), theirs, { clientId: "shared" });
			await free.end();
		});
	});

	describe("over MQTT", () => {
		const odfTopicOf = (id: string) => topicOf("odfs", id);

		test.each([
			["QoS 0", 0, true],
			["QoS 2", 2, true],
			["QoS 2 in a session", 2, false],
		] as const)("a subscription ends with its link (%s)", async (_, qos, clean) => {
			const login = await register(target, own);
			const downlink = `${login.id}/ctrl/o`;
			const graph = await TestGraph.open(boss, "gui", "g");
			await graph.ok({ op: "add_link", da_id: login.id, odf: "odf" });
			const topic = await odfTopicOf(login.id);
			const device = await connectAs(target, login, { clean, clientId: `ends ${qos} ${clean}` });
			await device.subscribe(topic, qos);
			await device.subscribe(downlink);
			await boss.publish(topic, "before", { qos });
			expect((await device.next(topic)).text).toBe("before");
			await graph.ok({ op: "rm_link", da_id: login.id, odf: "odf" });
			await boss.publish(topic, "after", { qos });
			await boss.publish(downlink, "fence");
			expect((await device.next(downlink)).text).toBe("fence");
			expect(device.inbox.waiting).toEqual([]);
			// What it had asked for does not come back with a new link either, whose topic may be another one.
			await graph.ok({ op: "add_link", da_id: login.id, odf: "odf" });
			const again = await odfTopicOf(login.id);
			await device.subscribe(again, qos);
			await boss.publish(again, "again", { qos });
			expect((await device.next(again)).text).toBe("again");
			await device.end();
		});

		test("the session of a device that is away keeps no topic of a link that is gone", async () => {
			const login = await register(target, own);
			const graph = await TestGraph.open(boss, "gui", "g");
			await graph.ok({ op: "add_link", da_id: login.id, odf: "odf" });
			const topic = await odfTopicOf(login.id);
			const options = { clean: false, clientId: "away" };
			const device = await connectAs(target, login, options);
			await device.subscribe(topic);
			await device.subscribe(`${login.id}/ctrl/o`);
			await device.end();
			await graph.ok({ op: "rm_link", da_id: login.id, odf: "odf" });
			await boss.publish(topic, "after");
			await boss.publish(`${login.id}/ctrl/o`, "fence");
			const back = await connectAs(target, login, options);
			expect((await back.next(`${login.id}/ctrl/o`)).text).toBe("fence");
			expect(back.inbox.waiting).toEqual([]);
			await back.end();
		});

		test("rights follow links at once, and a login ends with its device", async () => {
			const login = await register(target, own);
			const graph = await TestGraph.open(boss, "gui", "g");
			await graph.ok({ op: "add_link", da_id: login.id, idf: "idf" });
			const topic = await topicOf("idfs", login.id);
			const device = await connectAs(target, login);
			// Its own: what others of these tests subscribed to may still come to the shared one.
			const listener = await connectAs(target, ADMIN);
			await listener.subscribe("iottalk/esm/#");
			await graph.ok({ op: "rm_link", da_id: login.id, idf: "idf" });
			await device.publish(topic, "[1]");
			await boss.publish("iottalk/esm/fence", "");
			await listener.next("iottalk/esm/fence");
			expect(listener.inbox.waiting).toEqual([]);
			await listener.end();
			expect(device.raw.connected).toBe(true);
			const closed = new Promise<void>((resolve) => device.raw.once("close", () => resolve()));
			await register(target, own, login.id);
			await within(closed, "the old login's end");
			await expect(connectAs(target, login)).rejects.toThrow();
		});

		test("a changed password and a removed admin end connections", async () => {
			type(target, ["user", "add", "second"], "another good password\n");
			const login = { username: "second", password: "another good password" };
			const client = await connectAs(target, login);
			const closed = new Promise<void>((resolve) => client.raw.once("close", () => resolve()));
			type(target, ["user", "passwd", "second"], "a third good password\n");
			await within(closed, "the old password's end");
			const again = await connectAs(target, { ...login, password: "a third good password" });
			const gone = new Promise<void>((resolve) => again.raw.once("close", () => resolve()));
			type(target, ["user", "del", "second"]);
			await within(gone, "the removed admin's end");
			expect(type(target, ["user", "list"])).not.toMatch(/^second /m);
		});
	});

	test("a token with the name of a revoked one owns nothing of it", async () => {
		const old = makeToken(target, "again");
		const { id } = await register(target, old);
		type(target, ["token", "revoke", "again"]);
		const authorization = `Bearer ${makeToken(target, "again")}`;
		// A server on PostgreSQL hears of what commands change a moment later.
		const isHeard = async () =>
			(await send(target, "GET", `/${id}`, { authorization })).status === 403;
		await until(isHeard, "the new token");
		for (const [method, payload] of [
			["GET"],
			["PUT", body()],
			["POST", { name: "taken" }],
			["DELETE", { rev: "?" }],
		] as const) {
			const { status } = await send(target, method, `/${id}`, { authorization, payload });
			expect([method, status]).toEqual([method, 403]);
		}
		expect(
			(await send(target, "PUT", `/${randomUUID()}`, { authorization, payload: body() })).status,
		).toBe(200);
	});

	test("callers without a login cannot take the room for large bodies", async () => {
		const stalled: { status: Promise<number> }[] = [];
		const stall = (method: string, path: string, type: string) => {
			const text = new ReadableStream({
				start(stream) {
					stream.enqueue(Buffer.from("{"));
				},
			});
			const headers = { "Content-Type": type };
			const answer = fetch(target.http + path, { method, headers, body: text });
			stalled.push({ status: answer.then(({ status }) => status) });
		};
		for (let count = 0; count < 70; count++) {
			stall("POST", "/login", "application/x-www-form-urlencoded");
			stall("DELETE", `/${randomUUID()}`, "application/json");
		}
		const text = Array.from({ length: 30_000 }, () => "x").join("");
		const large = {
			authorization: `Bearer ${own}`,
			payload: body({ profile: { model: "M", text } }),
		};
		for (let count = 0; count < 5; count++) {
			expect((await send(target, "PUT", `/${randomUUID()}`, large)).status).toBe(200);
		}
		// None was turned away either: small ones need no room.
		expect(new Set(await Promise.all(stalled.map(({ status }) => status)))).toEqual(new Set([408]));
		const payload = { rev: text };
		expect((await send(target, "DELETE", `/${randomUUID()}`, { payload })).status).toBe(413);
	});

	test("an expired or revoked token registers no device", async () => {
		const spare = makeToken(target, "spare");
		await register(target, spare);
		type(target, ["token", "revoke", "spare"]);
		// Behind so many refusals it may be told to wait instead; a server on PostgreSQL hears of it a moment later.
		const refused = () =>
			register(target, spare).then(
				() => false,
				(error: unknown) => /401|429/.test(String(error)),
			);
		await until(refused, "the revoked token's end");
		expect(type(target, ["token", "list"])).not.toContain("spare");
	});

	test("guessing is slowed down, per address, and right logins are let in again", async () => {
		const seen: number[] = [];
		for (let n = 0; n < 8; n++) {
			seen.push(
				(await send(target, "GET", "/api/status", { authorization: basic("boss", `guess ${n}`) }))
					.status,
			);
		}
		expect(seen.slice(0, 5)).toEqual([401, 401, 401, 401, 401]);
		expect(seen.at(-1)).toBe(429);
		await forgive(target);
		expect(await as("admin", "GET", "/api/status")).toBe(200);
	});

	test("guessed tokens and device logins are slowed down too, and keep out no client that knows its own", async () => {
		// Unlike passwords they are forgiven by nothing but time: on a server of its own.
		const guessed = await startTarget({ core: { auth: "on" } });
		addAdmin(guessed);
		const token = makeToken(guessed, "own");
		const put = (token: string) =>
			send(guessed, "PUT", `/${randomUUID()}?token=${token}`, { payload: body() });
		const device = await register(guessed, token);
		const inPath = await send(guessed, "PUT", `/token/wrong/${randomUUID()}`, { payload: body() });
		const seen = [inPath.status];
		for (let n = 0; n < 4; n++) {
			const authorization = basic(device.id, `guess ${n}`);
			seen.push((await send(guessed, "GET", `/${device.id}`, { authorization })).status);
			seen.push((await put(`guess-${n}`)).status);
		}
		expect(seen).toEqual([401, 401, 401, 401, 401, 401, 429, 429, 429]);
		const { headers } = await put("guess");
		expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
		expect((await put(token)).status).toBe(200);
		const authorization = basic(device.username, device.password);
		expect((await send(guessed, "GET", `/${device.id}`, { authorization })).status).toBe(200);
		const admin = basic(ADMIN.username, ADMIN.password);
		expect((await send(guessed, "GET", "/api/status", { authorization: admin })).status).toBe(200);
		await (await connectAs(guessed, device)).end();
		await guessed.dispose();
	});

	test("devices without a login keep out no other client either", async () => {
		for (let n = 0; n < 12; n++) {
			expect(await refusalOf(connectAs(target, { username: "", password: "" }))).toMatch(
				/user ?name/i,
			);
		}
		expect(await as("admin", "GET", "/api/status")).toBe(200);
	});

	test("no secret is in the log, the status, the metrics or the database", async () => {
		const authorization = ROLES.admin?.();
		const shown = await Promise.all(
			["/api/status", "/api/devices", "/api/log", "/metrics"].map(async (path) =>
				(
					await fetch(`${target.http}${path}`, { headers: { authorization: authorization ?? "" } })
				).text(),
			),
		);
		const database = await Bun.file(`${target.userdir}/iottalk.db-wal`)
			.text()
			.catch(() => "");
		const all = [...shown, target.log(), database, await storedText(target)].join("\n");
		for (const secret of [ADMIN.password, own, other, mine.password, theirs.password]) {
			expect(all.includes(secret)).toBe(false);
		}
	});
});

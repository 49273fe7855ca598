// WebSockets of web pages while logins are off: browsers open them for any page.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { networkInterfaces } from "node:os";
import { type Json, TestGraph } from "../support/gateway.ts";
import { TestClient } from "../support/mqtt.ts";
import { needs } from "../support/programs.ts";
import { ask } from "../support/raw-http.ts";
import { startTarget, type Target, TESTS_EXTERNAL } from "../support/target.ts";
import { describeEmbedded } from "../support/variants.ts";
import { until, within } from "../support/waiting.ts";
import { EVIL, from, requestsTo, startWithNames } from "../support/web-pages.ts";

let target: Target;
beforeAll(async () => {
	target = await startWithNames();
});
afterAll(() => target.dispose());

const { send, put } = requestsTo(() => target);

describeEmbedded("§8 WebSocket", () => {
	const connect = (login: Json, headers: Record<string, string>, options = {}) => {
		const { username, password } = login;
		const names = { username: String(username), password: String(password) };
		return TestClient.connect(target.ws, {
			...(username === undefined ? {} : names),
			reconnectPeriod: 0,
			wsOptions: { headers },
			...options,
		});
	};
	/** What opening one is answered, as HTTP. */
	const opening = async (headers: Record<string, string>) => {
		const url = target.ws.replace(/^ws/, "http");
		const response = await fetch(url, {
			headers: {
				...{ Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Version": "13" },
				"Sec-WebSocket-Key": "AQIDBAUGBwgJCgsMDQ4PEA==",
				...headers,
			},
		});
		return { status: response.status, text: await response.text() };
	};

	test("a page of another origin gets in only with a device's login", async () => {
		const { json } = await put(randomUUID(), from(EVIL));
		for (const login of [{}, { username: "anyone", password: "x" }, { ...json, password: "x" }]) {
			const outcome = connect(login, { Origin: EVIL }).then(
				() => "in",
				() => "refused",
			);
			expect(await outcome).toBe("refused");
		}
		const client = await connect(json, { Origin: EVIL });
		await client.end();
	});

	test("it then has the rights of that device and no others", async () => {
		const program = await TestClient.connect(target.mqtt);
		const id = randomUUID();
		const { json } = await put(id, from(EVIL));
		const page = await connect(json, { Origin: EVIL });
		for (const filter of [
			"#",
			"+/ctrl/i",
			"iottalk/api/res/#",
			`${randomUUID()}/ctrl/o`,
			"$SYS/#",
		]) {
			const outcome = page.raw.subscribeAsync(filter).then(
				() => "granted",
				() => "refused",
			);
			expect(await outcome).toBe("refused");
		}
		await page.subscribe(`${id}/ctrl/o`);
		await program.subscribe("iottalk/api/res/evil/graph/1");
		await program.subscribe(`${id}/ctrl/i`);
		await page.publish("iottalk/api/req/evil/graph/1", { op: "attach" });
		await page.publish(`${id}/ctrl/i`, { state: "online", rev: json.rev });
		await program.nextJson(`${id}/ctrl/i`);
		expect(program.inbox.waiting).toEqual([]);
		await page.end();
		await program.end();
	});

	test("it hears an ODF no longer than its link lasts", async () => {
		const program = await TestClient.connect(target.mqtt);
		const id = randomUUID();
		const { json } = await put(id, from(EVIL));
		const graph = await TestGraph.open(program, "gui", "page link");
		await graph.ok({ op: "attach" });
		await graph.ok({ op: "add_link", da_id: id, odf: "meow" });
		const { text } = await send({ path: "/api/graphs" });
		const topic = /"topic": ?"([^"]+)"/.exec(text.slice(text.indexOf(id)))?.[1] ?? "";
		const page = await connect(json, { Origin: EVIL });
		await page.subscribe(topic);
		await page.subscribe(`${id}/ctrl/o`);
		await program.publish(topic, "before");
		expect((await page.next(topic)).text).toBe("before");
		await graph.ok({ op: "rm_link", da_id: id, odf: "meow" });
		await program.publish(topic, "after");
		await program.publish(`${id}/ctrl/o`, "fence");
		await page.next(`${id}/ctrl/o`);
		expect(page.inbox.waiting).toEqual([]);
		await page.end();
		await program.end();
	});

	test("it neither disconnects a program with the same client id nor keeps it out", async () => {
		const { json } = await put(randomUUID(), from(EVIL));
		const options = { clientId: "gui" };
		const program = await TestClient.connect(target.mqtt, options);
		const page = await connect(json, { Origin: EVIL }, options);
		await program.publish("still/there", "yes");
		await program.end();
		const second = await TestClient.connect(target.mqtt, options);
		await page.subscribe(`${json.id}/ctrl/o`);
		await second.publish("still/there", "yes");
		await second.end();
		await page.end();
	});

	test("it leaves no session behind that could take the place of a program's", async () => {
		const { json } = await put(randomUUID(), from(EVIL));
		const options = { clean: false, clientId: "stays" };
		const first = await connect(json, { Origin: EVIL }, options);
		await first.subscribe(`${json.id}/ctrl/o`);
		await first.end();
		const sessions: (boolean | undefined)[] = [];
		const second = await connect(json, { Origin: EVIL }, { ...options, reconnectPeriod: 10 });
		second.raw.on("connect", ({ sessionPresent }) => sessions.push(sessionPresent));
		second.raw.stream.destroy();
		await until(() => sessions.length > 0, "the connection to come back");
		expect(sessions).toEqual([false]);
		await second.end();
	});

	test("a login that was replaced ends the page's connection", async () => {
		const id = randomUUID();
		const { json } = await put(id, from(EVIL));
		const page = await connect(json, { Origin: EVIL });
		const { promise, resolve } = Promise.withResolvers<void>();
		page.raw.once("close", () => resolve());
		await put(id);
		await within(promise, "the end of the page's connection");
		page.raw.end(true);
	});

	test("programs, and pages of this machine, need no login", async () => {
		for (const headers of [
			{},
			{ Origin: "http://localhost:3000" },
			{ Origin: "http://gateway.lan" },
		]) {
			const client = await connect({}, headers);
			await client.subscribe("#");
			await client.end();
		}
	});

	test("a foreign host name is refused with the reason, and logged", async () => {
		const { status, text } = await opening({ Host: "gateway.fritz.box:1884" });
		expect(status).toBe(403);
		expect(text).toContain("allowed-origins");
		const own = await opening({ Host: "gateway.fritz.box:1884", Origin: "http://localhost" });
		expect(own.status).toBe(403);
		expect((await opening({ Host: "a b" })).status).toBe(403);
		expect(target.log()).toContain("WebSocket refused");
	});
});

/** An address of this machine that others reach it by. */
const outside = Object.values(networkInterfaces())
	.flatMap((addresses) => addresses ?? [])
	.find(({ family, internal }) => family === "IPv4" && !internal)?.address;

test.if(needs(outside !== undefined, "the machine has no address but loopback"))(
	"a page from the address a request arrived at is trusted",
	async () => {
		const own = await startTarget({ core: { bind: "0.0.0.0", auth: "off" } });
		const there = { ...own, http: own.http.replace("127.0.0.1", outside ?? "") };
		const origin = from(`http://${outside}:8000`);
		try {
			const [near, far] = [
				await ask(own, { path: "/metrics", headers: origin }),
				await ask(there, { path: "/metrics", headers: origin }),
			];
			expect([near.status, far.status]).toEqual([403, 200]);
			if (TESTS_EXTERNAL) return;
			const options = {
				reconnectPeriod: 0,
				wsOptions: { headers: { Origin: `http://${outside}:8000` } },
			};
			const client = await TestClient.connect(own.ws.replace("127.0.0.1", outside ?? ""), options);
			await client.end();
			const fromNear = TestClient.connect(own.ws, options).then(
				() => "in",
				() => "refused",
			);
			expect(await fromNear).toBe("refused");
		} finally {
			await own.dispose();
		}
	},
);

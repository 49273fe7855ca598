// Web pages in a browser that can reach a server without logins: what they can do, seen in Chromium.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Server } from "bun";
import type { MqttClient } from "mqtt";
import type { Browser, Page } from "puppeteer-core";
import { launchChromium } from "../support/chromium.ts";
import { body, call, TestDevice, TestGraph } from "../support/gateway.ts";
import { hasProgram } from "../support/programs.ts";
import { startBinary, type Target } from "../support/target.ts";

declare const mqtt: { connect(url: string, options: object): MqttClient };

const LIBRARY = join(import.meta.dir, "../../node_modules/mqtt/dist/mqtt.min.js");
/** Sites of the tests are all on this machine. */
const FLAGS = ["--host-resolver-rules=MAP *.test 127.0.0.1"];
const PAGE = '<!doctype html><meta charset="utf-8"><script src="mqtt.js"></script><body>A page';

interface Registered {
	readonly id: string;
	readonly rev: string;
	readonly username?: string;
	readonly password?: string;
	readonly url: { readonly host: string; readonly ws_port: number };
}

/** Registers from inside a page; what the answer was. */
function registerIn(page: Page, http: string, id: string, authorization?: string) {
	return page.evaluate(
		async (address, registration, shown) => {
			const response = await fetch(address, {
				method: "PUT",
				headers: { "Content-Type": "application/json", ...(shown && { Authorization: shown }) },
				body: registration,
			});
			return { status: response.status, json: (await response.json()) as Registered };
		},
		`${http}/${id}`,
		JSON.stringify(body({ accept_protos: "mqtt" })),
		authorization,
	);
}

/** Lives as the JavaScript SDK's devices do: online, answers signals, sends 7, tells what came back. */
function liveIn(page: Page, device: Registered): Promise<unknown> {
	return page.evaluate(async ({ id, rev, username, password, url }) => {
		const { promise, resolve, reject } = Promise.withResolvers<unknown>();
		const [uplink, downlink] = [`${id}/ctrl/i`, `${id}/ctrl/o`];
		const presence = (state: string) => JSON.stringify({ state, rev });
		const will = { topic: uplink, payload: presence("offline"), qos: 0, retain: true };
		const options = { keepalive: 30, reconnectPeriod: 0, username, password, will };
		const client = mqtt.connect(`ws://${url.host}:${url.ws_port}/`, options);
		client.on("error", reject);
		client.on("close", () => reject(new Error("closed")));
		client.on("connect", () =>
			client.subscribe(downlink, { qos: 2 }, () =>
				client.publish(uplink, presence("online"), { qos: 2, retain: true }),
			),
		);
		const topics: { idf?: string; odf?: string } = {};
		client.on("message", (topic, payload) => {
			const message = JSON.parse(payload.toString());
			if (topic !== downlink) return resolve(message);
			const mode = "idf" in message ? "idf" : "odf";
			topics[mode] = message.topic;
			client.publish(uplink, JSON.stringify({ msg_id: message.msg_id, state: "ok" }), { qos: 2 });
			const { idf, odf } = topics;
			if (idf === undefined || odf === undefined) return;
			client.subscribe(odf, { qos: 2 }, () => client.publish(idf, "[7]", { qos: 1 }));
		});
		const data = await promise;
		client.removeAllListeners("close");
		await client.endAsync();
		return data;
	}, device);
}

/** How a request inside a page ends: the answer's status, or that the browser keeps it to itself. */
function fetchIn(page: Page, url: string, options: RequestInit = {}): Promise<number | string> {
	return page.evaluate(
		(address, init) =>
			fetch(address, init).then(
				(response) => (response.type === "opaque" ? "opaque" : response.status),
				() => "kept by the browser",
			),
		url,
		options,
	);
}

/** Opens a WebSocket inside a page and says CONNECT without a login; the first bytes that come, or that it is over. */
function connectIn(page: Page, url: string): Promise<number[] | string> {
	return page.evaluate((address) => {
		const { promise, resolve } = Promise.withResolvers<number[] | string>();
		const socket = new WebSocket(address, "mqtt");
		socket.binaryType = "arraybuffer";
		const connect = [0x10, 13, 0, 4, 77, 81, 84, 84, 4, 2, 0, 60, 0, 1, 120];
		socket.onopen = () => socket.send(new Uint8Array(connect));
		socket.onmessage = ({ data }) => resolve([...new Uint8Array(data as ArrayBuffer)]);
		socket.onclose = () => resolve("closed");
		return promise;
	}, url);
}

describe.if(hasProgram("chromium"))("§2.1 a web page while logins are off", () => {
	let target: Target;
	let sites: Server<unknown>;
	let folder: string;
	let browser: Browser;
	let victim: TestDevice;
	beforeAll(async () => {
		target = await startBinary();
		victim = await TestDevice.register(target);
		folder = mkdtempSync(join(tmpdir(), "iotctl-pages-"));
		writeFileSync(join(folder, "page.html"), PAGE);
		copyFileSync(LIBRARY, join(folder, "mqtt.js"));
		sites = Bun.serve({
			port: 0,
			hostname: "127.0.0.1",
			routes: {
				"/": new Response(PAGE, { headers: { "Content-Type": "text/html" } }),
				"/mqtt.js": new Response(Bun.file(LIBRARY)),
			},
		});
		browser = await launchChromium({ flags: FLAGS });
	});
	afterAll(async () => {
		await browser.close();
		await sites.stop(true);
		await victim.client.end();
		await target.dispose();
		rmSync(folder, { recursive: true, force: true });
	});

	async function open(url: string): Promise<Page> {
		const page = await browser.newPage();
		await page.goto(url);
		return page;
	}

	const site = (name: string) => `http://${name}.test:${sites.port}/`;

	/** Registers in a page, links the device to a graph that passes data on, and lets it live. */
	async function live(page: Page, id: string): Promise<Registered> {
		const { status, json } = await registerIn(page, target.http, id);
		expect(status).toBe(200);
		const graph = await TestGraph.open(victim.client, "gui", id);
		await graph.ok({ op: "attach" });
		await graph.ok({ op: "add_link", da_id: id, idf: "meow" });
		await graph.ok({ op: "add_link", da_id: id, odf: "meow" });
		expect(await liveIn(page, json)).toEqual([7]);
		return json;
	}

	test("of another origin works with the SDK: registers, talks, comes back after a reload, deregisters", async () => {
		const page = await open(site("class"));
		const id = randomUUID();
		await live(page, id);
		await page.reload();
		const { status, json } = await registerIn(page, target.http, id);
		expect(status).toBe(200);
		expect(await liveIn(page, json)).toEqual([7]);
		const remove = {
			method: "DELETE",
			headers: { "Content-Type": "application/json" },
			body: JSON.stringify({ rev: json.rev }),
		};
		expect(await fetchIn(page, `${target.http}/${id}`, remove)).toBe(200);
		expect((await call(target, "GET", `/${id}`)).status).toBe(404);
		await page.close();
	});

	test("of this machine needs no login, whatever its port", async () => {
		const page = await open(`http://localhost:${sites.port}/`);
		const { username } = await live(page, randomUUID());
		expect(username).toBeUndefined();
		await page.close();
	});

	test("without an origin, a file, works too, and needs its password to register again", async () => {
		const page = await open(`file://${folder}/page.html`);
		const id = randomUUID();
		const { username, password } = await live(page, id);
		expect((await registerIn(page, target.http, id)).status).toBe(403);
		const shown = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
		const { status, json } = await registerIn(page, target.http, id, shown);
		expect(status).toBe(200);
		expect(await liveIn(page, json)).toEqual([7]);
		await page.close();
	});

	/** Everything that would let a page see or change what is not its own. */
	async function attack(page: Page, http: string, ws: string): Promise<void> {
		const paths = ["/", "/metrics", "/api/devices", "/api/log", "/api/functions"];
		for (const path of paths) {
			expect(await fetchIn(page, http + path)).toBeOneOf([403, "kept by the browser"]);
		}
		const type = { "Content-Type": "application/json" };
		const requests: RequestInit[] = [
			{ method: "PUT", headers: type, body: JSON.stringify(body({ name: "stolen" })) },
			{ method: "POST", headers: type, body: JSON.stringify({ name: "stolen" }) },
			{ method: "DELETE", headers: type, body: JSON.stringify({ rev: randomUUID() }) },
			// Without asking beforehand, as forms do.
			{ method: "POST", mode: "no-cors", body: JSON.stringify({ name: "stolen" }) },
		];
		for (const request of requests) {
			const outcome = await fetchIn(page, `${http}/${victim.id}`, request);
			expect(outcome).toBeOneOf([403, "opaque"]);
		}
		// CONNACK 4: bad user name or password.
		expect(await connectIn(page, ws)).toEqual([0x20, 2, 0, 4]);
		const { json } = await call(target, "GET", `/${victim.id}`);
		expect([json.rev, json.name]).toEqual([victim.rev, "BetaCat"]);
	}

	test("that is hostile reads nothing and controls nothing", async () => {
		const page = await open(site("evil"));
		await attack(page, target.http, target.ws);
		const localhost = (url: string) => url.replace("127.0.0.1", "localhost");
		await attack(page, localhost(target.http), localhost(target.ws));
		expect(await fetchIn(page, `${target.http}/${victim.id}`)).toBe(403);
		expect(await fetchIn(page, `${target.http}/health`)).toBe(403);
		// Its own device gives it no way to others.
		const { json } = await registerIn(page, target.http, randomUUID());
		const heard = await page.evaluate(async ({ username, password, url }) => {
			const client = mqtt.connect(`ws://${url.host}:${url.ws_port}/`, { username, password });
			await new Promise((resolve) => client.once("connect", resolve));
			const outcomes = ["#", "+/ctrl/i", "iottalk/api/res/+/graph/+"].map((filter) =>
				client.subscribeAsync(filter).then(
					() => "granted",
					() => "refused",
				),
			);
			const all = await Promise.all(outcomes);
			await client.endAsync();
			return all;
		}, json);
		expect(heard).toEqual(["refused", "refused", "refused"]);
		await page.close();
	});

	test("that has become this server by DNS rebinding is shown nothing and controls nothing", async () => {
		const { port } = new URL(target.http);
		const rebound = `http://rebind.test:${port}`;
		// The browser takes this answer for the hostile site's: what runs in it has that origin.
		const page = await open(`${rebound}/`);
		expect(await page.evaluate(() => document.body.innerText)).toContain("allowed-origins");
		await attack(page, rebound, `ws://rebind.test:${new URL(target.ws).port}`);
		const seen = await page.evaluate(
			(url) => fetch(url).then((response) => response.json() as Promise<object>),
			`${rebound}/${victim.id}`,
		);
		expect(Object.keys(seen)).not.toContain("rev");
		await page.close();
	});
});

// Nodes of a cluster that pass requests on to the one of them that answers.
import { afterEach, describe, expect, test } from "bun:test";
import { createServer, type Server } from "node:net";
import { LOCAL_ACCOUNT } from "../../src/auth/outcome.ts";
import { CallPasser } from "../../src/http/call-passer.ts";
import { EventReaders, eventText } from "../../src/http/event-readers.ts";
import { askNode } from "../../src/http/node-request.ts";
import { PassedCalls } from "../../src/http/passed-calls.ts";
import { json, Reply } from "../../src/http/replies.ts";
import { type Route, type RouteContext, route } from "../../src/http/route.ts";
import { systemClock } from "../../src/kit/clock.ts";
import { startHttp, TEACHER, type TestHttp } from "../support/http-server.ts";
import { quietLog } from "../support/log.ts";
import { basic } from "../support/logins.ts";
import { DEADLINE_MS, until, within } from "../support/waiting.ts";

const LOOK_MS = 20;
/** Streams, more than the runtime's `fetch` sends requests at once. */
const MANY = 300;
const UNCHANGED = new Response(null, { status: 304, headers: { etag: "x" } });
const AS_TEACHER = { authorization: basic(TEACHER.name, TEACHER.password) };
const calls = () => new PassedCalls({ secret: () => "of all nodes", now: () => Date.now() / 1000 });

/** The url of the node that answers; undefined: none. */
let owner: string | undefined;
const nodes: TestHttp[] = [];
const others: Server[] = [];
/** How often such a one has answered. */
let said = 0;
afterEach(async () => {
	for (const node of nodes.splice(0)) await node.stop();
	for (const other of others.splice(0)) other.close();
	owner = undefined;
	said = 0;
});

interface Node extends TestHttp {
	/** Of the node's streams. */
	readonly readers: EventReaders;
	/** Names of what it answered. */
	readonly answered: string[];
}

/** What each node answers itself. */
const OWN: readonly Route[] = [
	route({
		who: "owner",
		...{ summary: "of a device, passed on by its node", replies: {}, path: "/owned" },
		method: "GET",
		run: async ({ visitor }) => json(200, { visitor }),
	}),
	route({
		who: "account",
		...{ summary: "not passed on", replies: {}, path: "/own" },
		method: "GET",
		run: async ({ account }) => json(200, { account: account() ?? null }),
	}),
];

async function node(name: string): Promise<Node> {
	const answered: string[] = [];
	const readers = new EventReaders({ max: 100, of: "events" });
	let url = "";
	const passer = new CallPasser(
		{
			...{ what: "the project manager", lookMs: LOOK_MS },
			...{ maxBodyBytes: 1000, bodyTimeoutMs: 5000 },
		},
		{
			isHere: () => owner === url,
			owner: async () => (owner === undefined ? undefined : { name: "owner", url: owner }),
			...{ calls: calls(), clock: systemClock, log: quietLog },
		},
	);
	const shared = {
		who: "account",
		...{ summary: "a test", replies: {} },
		passOn: (context: RouteContext) => passer.pass(context),
	} as const;
	const refuse = (status: number, reason: string, fields = {}) =>
		new Reply(status, `<p>${reason}</p>`, { "content-type": "text/html", ...fields });
	const routes: Route[] = [
		route({
			...shared,
			...{ method: "GET", path: "/page", refuse },
			passOn: (context: RouteContext) => passer.pass(context, refuse),
			run: async () => new Reply(200, "<p>page</p>", { "content-type": "text/html" }),
		}),
		route({
			...shared,
			...{ method: "POST", path: "/things/{thing}" },
			run: async (context) => {
				const { call, params, account } = context;
				answered.push(String(params.thing));
				return json(201, {
					...{ by: name, thing: params.thing, account: account() ?? null },
					text: await context.body.text(1000),
					...{ base: call.base, from: call.remoteAddress, port: call.listener.port },
					authorization: call.headers.get("authorization"),
					tag: call.headers.get("x-tag"),
				});
			},
		}),
		route({
			...shared,
			...{ method: "GET", path: "/things" },
			run: async () =>
				new Reply(200, name, { "content-type": "text/plain", "set-cookie": "one=1; Path=/" }),
		}),
		route({
			...shared,
			...{ method: "GET", path: "/none", run: async () => UNCHANGED.clone() },
		}),
		route({
			...shared,
			...{ method: "GET", path: "/events" },
			run: async ({ stillMay }) =>
				readers.open({ first: () => eventText("first", JSON.stringify(name)), stillMay }),
		}),
		...OWN,
	];
	const started = await startHttp(routes, { logins: true, passed: calls() });
	url = started.url;
	nodes.push(started);
	return { ...started, answered, readers };
}

/** Something that takes connections and answers nothing; `isCut`: it closes them behind what was sent. */
async function silent(isCut: boolean): Promise<string> {
	const server = createServer((socket) => {
		socket.on("error", () => {});
		socket.on("data", () => void (isCut && socket.destroy()));
	});
	others.push(server);
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
	const address = server.address();
	return `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
}

/** Something that answers so, and leaves the connection open. */
async function saying(text: string): Promise<string> {
	const server = createServer((socket) => {
		socket.on("error", () => {});
		socket.on("data", () => {
			socket.write(text);
			said += 1;
		});
	});
	others.push(server);
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
	const address = server.address();
	return `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
}

const get = (at: Node, path: string, init: RequestInit = {}) =>
	fetch(at.url + path, { ...init, headers: { ...AS_TEACHER, ...init.headers } });

describe("a request at a node that does not answer it", () => {
	test("is answered by the one that does, as if it had come there, for who was let in", async () => {
		const [a, b] = [await node("a"), await node("b")];
		owner = a.url;
		const answer = await get(b, "/things/3?x=1", {
			...{ method: "POST", body: "some text" },
			headers: { "x-tag": "7" },
		});
		expect(answer.status).toBe(201);
		const port = Number(new URL(b.url).port);
		expect(await answer.json()).toEqual({
			...{ by: "a", thing: "3", account: { id: 2, name: "teacher", role: "teacher" } },
			...{ text: "some text", base: b.url, from: "127.0.0.1", port },
			...{ authorization: null, tag: "7" },
		});
		const list = await get(b, "/things");
		expect([await list.text(), list.headers.get("set-cookie")]).toEqual(["a", "one=1; Path=/"]);
		const unchanged = await get(b, "/none");
		expect([unchanged.status, unchanged.headers.get("etag")]).toEqual([304, "x"]);
	});

	test("is refused there when it may not be let in, and asked nothing again", async () => {
		const [a, b] = [await node("a"), await node("b")];
		owner = a.url;
		const wrong = await fetch(`${b.url}/things`, {
			headers: { authorization: basic(TEACHER.name, "wrong") },
		});
		expect(wrong.status).toBe(401);
		const stranger = await fetch(`${b.url}/things/1`, { method: "POST", body: "x" });
		// Without an account it is for the route to refuse.
		expect(await stranger.json()).toMatchObject({ by: "a", account: null });
		const long = await get(b, "/things/1", { method: "POST", body: "x".repeat(1001) });
		expect(long.status).toBe(413);
	});

	test("what a client says of who was let in counts for nothing, also on routes that are not passed on", async () => {
		const a = await node("a");
		owner = a.url;
		const host = { name: "x", key: "x", isAddress: false };
		const call = {
			...{ request: new Request("http://localhost/own"), remoteAddress: "192.0.2.1" },
			from: { host, isOwnHost: true, foreignOrigin: undefined },
			...{ listener: { isEncrypted: false, port: 1 }, base: "http://x", prefix: "" },
		};
		const account = { id: 1, name: "admin", role: "admin" } as const;
		const said = (who: typeof account | typeof LOCAL_ACCOUNT, path: string) =>
			calls().say(call as never, who, path) ?? "";
		const ask = async (path: string, shown: string) => {
			const answer = await fetch(a.url + path, { headers: { "x-iotctl-let-in": shown } });
			return (await answer.json()) as object;
		};
		for (const shown of [said(account, "/own"), said(LOCAL_ACCOUNT, "/own"), "e30.x"]) {
			expect(await ask("/own", shown)).toEqual({ account: null });
		}
		// But the command line of a node may do at others what it may do at its own.
		expect(await ask("/owned", said(LOCAL_ACCOUNT, "/owned"))).toMatchObject({
			visitor: { kind: "admin", name: "local" },
		});
		for (const shown of [said(account, "/owned"), said(LOCAL_ACCOUNT, "/x"), "e30.x"]) {
			expect(await ask("/owned", shown)).toEqual({ visitor: { kind: "anonymous" } });
		}
	});
});

describe("a node that answers", () => {
	test("that is there no more is followed by the next one", async () => {
		const [a, b, c] = [await node("a"), await node("b"), await node("c")];
		owner = a.url;
		await a.stop();
		const waiting = get(b, "/things/1", { method: "POST", body: "x" });
		await Bun.sleep(50);
		owner = c.url;
		expect(await (await waiting).json()).toMatchObject({ by: "c", text: "x" });
		expect(c.answered).toEqual(["1"]);
	});

	test("is none for a while: 503 with the reason, and when to come again", async () => {
		const b = await node("b");
		const answer = await get(b, "/things");
		expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "5"]);
		expect(await answer.json()).toEqual({
			state: "error",
			reason: "no node of the cluster has the project manager at the moment: try again",
		});
		const page = await get(b, "/page");
		expect([page.status, page.headers.get("retry-after")]).toEqual([503, "5"]);
		expect(await page.text()).toMatch(/^<p>no node of the cluster has the project manager .*<.p>$/);
	});

	test("that froze is waited for until another has taken over", async () => {
		const [b, c] = [await node("b"), await node("c")];
		owner = await silent(false);
		const waiting = get(b, "/things");
		await Bun.sleep(2 * LOOK_MS);
		owner = c.url;
		expect(await (await waiting).text()).toBe("c");
	});

	test("that froze in the middle of its answer has not given one", async () => {
		const b = await node("b");
		owner = await saying("HTTP/1.0 200 OK\r\ncontent-length: 1000\r\n\r\n[1,2");
		const waiting = get(b, "/things");
		await until(() => said === 1, "the node to be asked");
		await Bun.sleep(2 * LOOK_MS);
		owner = (await node("c")).url;
		const answer = await waiting;
		expect(answer.status).toBe(502);
		expect(((await answer.json()) as { reason: string }).reason).toContain("broke off");
	});

	test("that broke off is not asked a second time for what changes something", async () => {
		const [b, c] = [await node("b"), await node("c")];
		owner = await silent(true);
		const answer = await get(b, "/things/1", { method: "POST", body: "x" });
		expect(answer.status).toBe(502);
		expect((await answer.json()) as object).toMatchObject({
			reason: expect.stringContaining("; look whether it was done"),
		});
		expect(c.answered).toEqual([]);
	});
});

describe("a stream", () => {
	test("is handed on as it comes, and ends when another node answers", async () => {
		const [a, b] = [await node("a"), await node("b")];
		owner = a.url;
		const reader = (await get(b, "/events")).body?.getReader();
		const next = async () => new TextDecoder().decode((await reader?.read())?.value);
		expect(await within(next(), "the first event")).toBe('event: first\ndata: "a"\n\n');
		a.readers.send(eventText("more", "1"));
		expect(await within(next(), "the next event")).toBe("event: more\ndata: 1\n\n");
		owner = (await node("c")).url;
		expect(await within(next(), "the end")).toBe("");
		await until(() => a.readers.size === 0, "the node to hear of the end");
	});

	test("is one of 300 that are open, and requests are answered beside them", async () => {
		const [a, b] = [await node("a"), await node("b")];
		owner = a.url;
		const leaving = new AbortController();
		// The password is known then.
		expect(await (await get(b, "/things")).text()).toBe("a");
		// What sends no more than 256 would wait for itself here.
		const open = async () => {
			const answer = await askNode(b.url, {
				...{ method: "GET", path: "/events", content: undefined, signal: leaving.signal },
				headers: new Headers({ ...AS_TEACHER, host: new URL(b.url).host }),
				silenceMs: DEADLINE_MS,
			});
			expect(answer.status).toBe(200);
		};
		await within(Promise.all(Array.from({ length: MANY }, open)), "all streams");
		await until(() => a.readers.size === MANY, "all streams at their node");
		expect(await (await get(b, "/things")).text()).toBe("a");
		leaving.abort();
		await until(() => a.readers.size === 0, "the node to hear of the end of all");
	});

	test("ends when its node ends it", async () => {
		const [a, b] = [await node("a"), await node("b")];
		owner = a.url;
		const reader = (await get(b, "/events")).body?.getReader();
		await within(Promise.resolve(reader?.read()), "the first event");
		a.readers.stop();
		expect((await within(Promise.resolve(reader?.read()), "the end"))?.done).toBe(true);
	});
});

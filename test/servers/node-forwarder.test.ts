// Requests for devices of other nodes, passed on from one real HTTP server to another.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { connect } from "node:net";
import { AccessError } from "../../src/http/access.ts";
import { moved, ownerRoutes, passedRoutes } from "../../src/http/owner-routes.ts";
import { json } from "../../src/http/replies.ts";
import { type Route, type RouteContext, route, routeReading } from "../../src/http/route.ts";
import { type Clock, systemClock } from "../../src/kit/clock.ts";
import { StorageError } from "../../src/kit/errors.ts";
import { NodeForwarder } from "../../src/servers/node-forwarder.ts";
import { DEVICE, startHttp, type TestHttp } from "../support/http-server.ts";
import { recordedLog } from "../support/log.ts";
import { until, within } from "../support/waiting.ts";

const MAX = 64 << 10;
/** Ten seconds of patience are one. */
const QUICK: Clock = {
	now: () => systemClock.now() * 10,
	after: (ms, call) => systemClock.after(ms / 10, call),
};
const basic = `Basic ${btoa(`${DEVICE.id}:${DEVICE.password}`)}`;

/** What a device's node was asked. */
interface Asked {
	readonly method: string;
	readonly path: string;
	readonly host: string | null;
	readonly authorization: string | null;
	readonly origin: string | null;
	readonly body: string;
}

class Owner {
	readonly asked: Asked[] = [];
	/** Streams that are open. */
	readers = 0;
	/** Answers instead of the device. */
	instead: (() => Response | Promise<Response>) | undefined;
	http: TestHttp | undefined;

	get url(): string {
		return this.http?.url ?? "";
	}

	async start(): Promise<void> {
		const base = { path: "/da/{id}", summary: "", who: "device", replies: {} } as const;
		const admit = ({ visitor }: RouteContext) => {
			if (visitor.kind !== "device") throw new AccessError(401, "no device");
		};
		this.http = await startHttp([
			route({ ...base, method: "POST", admit, run: (context) => this.#sent(context) }),
			route({ ...base, method: "GET", admit, run: (context) => this.#waits(context) }),
			routeReading((body) => body, {
				...{ ...base, path: "/{id}", who: "any-page", hosts: "any", method: "PUT" },
				body: {} as never,
				run: async ({ call }, body) => {
					this.#note(call, JSON.stringify(body));
					return (await this.instead?.()) ?? json(200, { up: `${call.base}/da/x`, name: "n" });
				},
			}),
		]);
	}

	async #sent({ call, body }: RouteContext): Promise<Response> {
		this.#note(call, await body.text(MAX));
		return (await this.instead?.()) ?? new Response(null, { status: 204 });
	}

	async #waits({ call }: RouteContext): Promise<Response> {
		this.#note(call, "");
		const other = await this.instead?.();
		if (other !== undefined) return other;
		if (call.headers.get("accept") !== "text/event-stream") return json(200, { next: 1 });
		this.readers += 1;
		const stream = new ReadableStream<Uint8Array>({
			start: (events) => events.enqueue(new TextEncoder().encode("event: state\n\n")),
			cancel: () => {
				this.readers -= 1;
			},
		});
		return new Response(stream, { headers: { "content-type": "text/event-stream" } });
	}

	#note({ request, headers }: RouteContext["call"], body: string): void {
		const { pathname, search } = new URL(request.url);
		const [host, authorization, origin] = ["host", "authorization", "origin"].map((name) =>
			headers.get(name),
		);
		this.asked.push({
			...{ method: request.method, path: pathname + search, body },
			...{ host: host ?? null, authorization: authorization ?? null, origin: origin ?? null },
		});
	}
}

describe("a request for a device of another node", () => {
	let owner: Owner;
	let near: TestHttp;
	let forwarder: NodeForwarder;
	/** Nodes that the database names, one after the other; the last one stays. */
	let owners: (Owner | undefined | Error)[];
	let questions = 0;
	let log: readonly string[];
	beforeEach(async () => {
		owner = new Owner();
		await owner.start();
		owners = [owner];
		questions = 0;
		const recorded = recordedLog("devices");
		log = recorded.lines;
		forwarder = new NodeForwarder({
			isOurs: () => false,
			partitionOf: () => 3,
			ownerOf: async () => {
				questions += 1;
				const found = owners.length > 1 ? owners.shift() : owners[0];
				if (found instanceof Error) throw found;
				return found && { name: "b", url: found.url };
			},
			bodyTimeoutMs: 10_000,
			clock: QUICK,
			log: recorded.log,
		});
		const unused = () => Promise.reject(new Error("not this node's"));
		const base = { path: "/da/{id}", summary: "", who: "device", replies: {} } as const;
		const own: Route[] = ["GET", "POST"].map((method) =>
			route({ ...base, method: method as "GET", run: unused }),
		);
		const put = routeReading((body) => body, {
			...{ ...base, path: "/{id}", who: "any-page", hosts: "any", method: "PUT" },
			...{ body: {} as never, run: unused },
		});
		near = await startHttp([...passedRoutes(own, forwarder), ...ownerRoutes([put], forwarder)]);
	});
	afterEach(async () => {
		forwarder.stop();
		await near.stop();
		await owner.http?.stop();
	});

	const send = (options: RequestInit = {}, query = "") =>
		fetch(`${near.url}/da/${DEVICE.id}${query}`, {
			headers: { authorization: basic },
			...options,
		});
	const post = (body: BodyInit, headers: Record<string, string> = { authorization: basic }) =>
		send({ method: "POST", body, headers });

	test("is answered as its node answers it, which is asked under the client's own name for it", async () => {
		expect((await post('["a",1.0]')).status).toBe(204);
		const poll = await send({}, "?after=1&wait=0");
		expect([poll.status, await poll.json()]).toEqual([200, { next: 1 }]);
		const { host } = new URL(near.url);
		const same = { host, authorization: basic, origin: null };
		expect(owner.asked).toEqual([
			{ ...same, method: "POST", path: `/da/${DEVICE.id}`, body: '["a",1.0]' },
			{ ...same, method: "GET", path: `/da/${DEVICE.id}?after=1&wait=0`, body: "" },
		]);
		expect(questions).toBeLessThan(3);
		const put = await fetch(`${near.url}/${DEVICE.id}`, {
			method: "PUT",
			headers: { "content-type": "application/json" },
			body: '{"a":1}',
		});
		expect(await put.json()).toEqual({ up: `${near.url}/da/x`, name: "n" });
	});

	test("is refused as its node refuses it", async () => {
		expect((await send({ headers: {} })).status).toBe(401);
		const wrong = `Basic ${btoa(`${DEVICE.id}:wrong`)}`;
		expect((await post("[]", { authorization: wrong })).status).toBe(401);
		const zipped = { authorization: basic, "content-encoding": "gzip" };
		expect((await post("x", zipped)).status).toBe(415);
		expect(owner.asked).toEqual([]);
	});

	test("shows the cookie of its page as a password, unless a page of another origin sends it", async () => {
		const cookie = `iottalk-da=${DEVICE.password}; iottalk-1=secret`;
		expect((await send({ headers: { cookie } })).status).toBe(200);
		expect(owner.asked[0]?.authorization).toBe(basic);
		const origin = "http://elsewhere.example";
		expect((await send({ headers: { cookie, origin } })).status).toBe(401);
		expect((await send({ headers: { authorization: basic, origin } })).status).toBe(200);
		expect(owner.asked[1]?.origin).toBe(origin);
		const own = { authorization: basic, origin: near.url };
		expect((await send({ headers: own })).status).toBe(200);
		expect(owner.asked[2]?.origin).toBeNull();
	});

	test("has a body of 64 KiB at most: what is announced longer, its node refuses", async () => {
		expect((await post("x".repeat(MAX))).status).toBe(204);
		expect(owner.asked[0]?.body).toHaveLength(MAX);
		const long = await post("x".repeat(MAX + 1));
		expect([long.status, (await long.json()).reason]).toEqual([
			413,
			`body too long: at most ${MAX} bytes are accepted`,
		]);
		expect((await post("x".repeat(MAX + 1), {})).status).toBe(401);
		// No one without a password has its body read.
		const endless = new ReadableStream<Uint8Array>({
			start: (body) => body.enqueue(new Uint8Array(1)),
		});
		expect((await within(post(endless, {}), "a refusal")).status).toBe(401);
		const pieces = new ReadableStream<Uint8Array>({
			start: (body) => {
				body.enqueue(new Uint8Array(MAX + 1));
				body.close();
			},
		});
		const unannounced = await post(pieces);
		expect([unannounced.status, (await unannounced.json()).reason]).toEqual([
			413,
			`body too long: at most ${MAX} bytes are accepted`,
		]);
	});

	test("is waited for at the next node when the device has moved", async () => {
		const next = new Owner();
		await next.start();
		owner.instead = () => moved(DEVICE.id);
		try {
			for (const ask of [() => send(), () => post("[]")]) {
				next.asked.length = 0;
				owners = [owner, owner, undefined, new StorageError("away"), next];
				expect((await ask()).status).toBeLessThan(300);
				expect(next.asked).toHaveLength(1);
			}
		} finally {
			await next.http?.stop();
		}
	});

	test("is answered with 503 when no node has it for ten seconds", async () => {
		owners = [undefined];
		const answers = await Promise.all([send(), send(), post("[]")]);
		for (const answer of answers) {
			expect([answer.status, (await answer.json()).reason]).toEqual([
				503,
				"no node of the cluster has the device at the moment: try again",
			]);
			expect(answer.headers.get("retry-after")).toBe("1");
		}
		// All that wait ask together.
		expect(questions).toBeLessThan(120);
		expect(log.join("")).toContain("cannot pass a request on");
	});

	test("whose answer is lost comes again, unless it has sent values", async () => {
		let lost = 0;
		owner.instead = () => {
			lost += 1;
			return lost % 2 === 1
				? new Response(new ReadableStream({ start: (answer) => answer.error(new Error("gone")) }))
				: new Response(null, { status: 204 });
		};
		expect((await send()).status).toBe(204);
		expect(owner.asked).toHaveLength(2);
		const sent = await post("[]");
		expect(sent.status).toBe(503);
		expect(owner.asked).toHaveLength(3);
	});

	test("that was passed on already goes no further", async () => {
		const headers = { authorization: basic, "x-iotctl-passed-on": "1" };
		const answer = await send({ headers });
		expect([answer.status, answer.headers.has("x-iotctl-elsewhere")]).toEqual([503, true]);
		expect(questions).toBe(0);
	});

	test("for events goes on until the client leaves, or this node stops", async () => {
		const { hostname, port } = new URL(near.url);
		const socket = connect({ host: hostname, port: Number(port) });
		let text = "";
		socket.on("data", (piece) => {
			text += piece;
		});
		socket.write(
			`GET /da/${DEVICE.id} HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: ${basic}\r\nAccept: text/event-stream\r\n\r\n`,
		);
		await until(() => text.includes("event: state"), "an event");
		expect(owner.readers).toBe(1);
		socket.resetAndDestroy();
		await until(() => owner.readers === 0, "the stream to end");
		const headers = { authorization: basic, accept: "text/event-stream" };
		const stream = await send({ headers });
		const whole = stream.text();
		await until(() => owner.readers === 1, "another stream");
		forwarder.stop();
		expect(await within(whole, "its end")).toBe("event: state\n\n");
		await until(() => owner.readers === 0, "the stream to end");
		expect((await send()).status).toBe(503);
	});

	test("that waits ends with its client, and when this node stops", async () => {
		const left: (() => void)[] = [];
		owner.instead = () => new Promise<Response>((resolve) => left.push(() => resolve(moved("x"))));
		const { hostname, port } = new URL(near.url);
		const socket = connect({ host: hostname, port: Number(port) });
		socket.write(
			`GET /da/${DEVICE.id} HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: ${basic}\r\n\r\n`,
		);
		await until(() => left.length === 1, "the device to wait");
		socket.resetAndDestroy();
		const waiting = send();
		await until(() => left.length === 2, "another one to wait");
		forwarder.stop();
		const { status } = await within(waiting, "an answer");
		expect(status).toBe(503);
		for (const end of left) end();
		expect(owner.asked).toHaveLength(2);
	});
});

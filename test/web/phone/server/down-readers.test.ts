import { afterEach, describe, expect, test } from "bun:test";
import type { Server } from "bun";
import {
	type DownEnd,
	type DownRequest,
	readPolls,
	readStream,
	secondsIn,
} from "../../../../src/web/phone/server/down-readers.ts";
import { ManualClock } from "../../../support/manual-clock.ts";
import { Inbox, until, within } from "../../../support/waiting.ts";

let server: Server<undefined> | undefined;
afterEach(() => server?.stop(true));

/** Begins to read from a server of the test. */
function begin(
	read: (request: DownRequest) => Promise<DownEnd>,
	answer: (request: Request) => Response | Promise<Response>,
) {
	server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: answer });
	const events = new Inbox<[string, unknown]>();
	const clock = new ManualClock();
	const stop = new AbortController();
	let signs = 0;
	const end = read({
		...{ url: `${server.url}x/down`, headers: { authorization: "Basic eDp5" } },
		...{ clock, signal: stop.signal },
		onEvent: (name, data) => events.add([name, data]),
		onSign: () => {
			signs++;
		},
	});
	return { events, clock, stop, end: within(end, "the end of reading"), signs: () => signs };
}

/** A stream the test writes to. */
function pipe() {
	const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
	const writer = writable.getWriter();
	return {
		response: () => new Response(readable, { headers: { "content-type": "text/event-stream" } }),
		write: (text: string) => writer.write(new TextEncoder().encode(text)),
		close: () => writer.close(),
	};
}

describe("a stream", () => {
	test("brings events as they come, cut anywhere, with the device's login", async () => {
		const { response, write, close } = pipe();
		const shown: (string | null)[] = [];
		const { events, end, signs } = begin(readStream, ({ headers }) => {
			shown.push(headers.get("authorization"), headers.get("accept"));
			return response();
		});
		await write('event: state\ndata: {"connected":["A-O"]}\n\nevent: da');
		expect(await events.take("state")).toEqual(["state", { connected: ["A-O"] }]);
		await write('ta\ndata: ["A-O",["溫"]]\n\n: still here\n\nevent: connect\ndata: nonsense\n\n');
		expect(await events.take("data")).toEqual(["data", ["A-O", ["溫"]]]);
		expect(await events.take("connect")).toEqual(["connect", undefined]);
		await close();
		expect(await end).toEqual({ kind: "lost" });
		expect(shown).toEqual(["Basic eDp5", "text/event-stream"]);
		expect(signs()).toBeGreaterThan(1);
	});

	test("that is silent for longer than heartbeats are apart is lost", async () => {
		const { response, write } = pipe();
		const { events, clock, end } = begin(readStream, response);
		await write("event: state\ndata: {}\n\n");
		await events.take("state");
		clock.move(39_000);
		await write(": beat\n\nevent: connect\ndata: 1\n\n");
		await events.take("connect");
		clock.move(39_000);
		clock.move(2_000);
		expect(await end).toEqual({ kind: "lost" });
		expect(clock.planned).toBe(0);
	});

	test("ends when it is told to", async () => {
		const { response, write } = pipe();
		const { events, stop, end } = begin(readStream, response);
		await write("event: state\ndata: {}\n\n");
		await events.take("state");
		stop.abort();
		expect(await end).toEqual({ kind: "lost" });
	});

	test.each([401, 403, 404, 410])("that is refused with %d says so", async (status) => {
		const { end } = begin(readStream, () => new Response("", { status }));
		expect(await end).toEqual({ kind: "refused", status });
	});

	test("of a server that has no time says when to come back", async () => {
		const { end } = begin(
			readStream,
			() => new Response("", { status: 503, headers: { "retry-after": "7" } }),
		);
		expect(await end).toEqual({ kind: "lost", retryAfterS: 7 });
	});

	test("of a server that is not there is lost", async () => {
		const read = begin(readStream, () => new Response(""));
		await read.end;
		const { url } = server as Server<undefined>;
		await server?.stop(true);
		const request = { headers: {}, clock: new ManualClock(), signal: new AbortController().signal };
		const quiet = { onEvent: () => {}, onSign: () => {} };
		const end = readStream({ url: `${url}x/down`, ...request, ...quiet });
		expect(await within(end, "the end")).toEqual({ kind: "lost" });
	});
});

describe("asking again and again", () => {
	test("brings the same events, each value once", async () => {
		const asked: string[] = [];
		const { events, end } = begin(readPolls, ({ url }) => {
			asked.push(new URL(url).search);
			if (asked.length > 2) return new Response("", { status: 404 });
			const next = asked.length;
			return Response.json({ name: "n", connected: ["A-O"], data: { "A-O": [next] }, next });
		});
		expect(await end).toEqual({ kind: "refused", status: 404 });
		expect(events.waiting).toEqual([
			["state", { name: "n", connected: ["A-O"] }],
			["data", ["A-O", [1]]],
			["state", { name: "n", connected: ["A-O"] }],
			["data", ["A-O", [2]]],
		]);
		expect(asked).toEqual(["?wait=25", "?wait=25&after=1", "?wait=25&after=2"]);
	});

	test("ends when it is told to", async () => {
		let asked = 0;
		const never = new Promise<Response>(() => {});
		const { stop, end } = begin(readPolls, () => {
			asked++;
			return never;
		});
		await until(() => asked === 1, "the request");
		stop.abort();
		expect(await end).toEqual({ kind: "lost" });
	});
});

test.each([
	["7", 7],
	["9999", 60],
	["-1", 0],
	["Wed, 21 Oct 2026 07:28:00 GMT", 0],
	[null, 0],
])("Retry-After %p is %p s", (text, seconds) => {
	expect(secondsIn({ get: () => text })).toBe(seconds);
});

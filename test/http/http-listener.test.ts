import { describe, expect, test } from "bun:test";
import { connect } from "node:net";
import { MAX_UNANSWERED } from "../../src/http/exchanges.ts";
import { HttpListener } from "../../src/http/http-listener.ts";
import { answersIn } from "../support/raw-http.ts";
import { until, within } from "../support/waiting.ts";

test("a stop is over as soon as the last stream of events has ended", async () => {
	const stream = new TransformStream<Uint8Array, Uint8Array>();
	const events = stream.writable.getWriter();
	const listener = new HttpListener(
		{ bind: "127.0.0.1", tls: undefined },
		0,
		async () => new Response(stream.readable, { headers: { "content-type": "text/event-stream" } }),
	);
	const response = await fetch(`http://127.0.0.1:${listener.port}/`);
	const reader = response.body?.getReader();
	void events.write(new TextEncoder().encode("data: 1\n\n"));
	expect(new TextDecoder().decode((await reader?.read())?.value)).toBe("data: 1\n\n");
	const stopped = listener.stop();
	void events.write(new TextEncoder().encode("data: 2\n\n"));
	void events.close();
	// An idle connection would be closed after half a minute.
	await within(stopped, "the listener to stop", 10_000);
	expect(new TextDecoder().decode((await reader?.read())?.value)).toBe("data: 2\n\n");
	expect((await reader?.read())?.done).toBe(true);
});

test("a stream of events is not silent while it sends: it goes on beyond the time of an idle connection", async () => {
	const stream = new TransformStream<Uint8Array, Uint8Array>();
	const events = stream.writable.getWriter();
	const listener = new HttpListener(
		{ bind: "127.0.0.1", tls: undefined, idleTimeoutMs: 400 },
		0,
		async () => new Response(stream.readable, { headers: { "content-type": "text/event-stream" } }),
	);
	const response = await fetch(`http://127.0.0.1:${listener.port}/`);
	const reader = response.body?.getReader();
	const begun = performance.now();
	while (performance.now() - begun < 2000) {
		void events.write(new TextEncoder().encode(":\n\n")).catch(() => {});
		const piece = await within(reader?.read() ?? Promise.reject(), "the next comment");
		expect(piece.done).toBe(false);
		// Comments are rare; how rare makes no difference.
		await Bun.sleep(20);
	}
	void events.close();
	await listener.stop(true);
});

test("a stream that is not read is cut after the time of an idle connection", async () => {
	let isCancelled = false;
	const stream = new ReadableStream<Uint8Array>({
		pull: (controller) => controller.enqueue(new Uint8Array(1 << 20)),
		cancel: () => {
			isCancelled = true;
		},
	});
	const listener = new HttpListener(
		{ bind: "127.0.0.1", tls: undefined, idleTimeoutMs: 400 },
		0,
		async () => new Response(stream, { headers: { "content-type": "text/event-stream" } }),
	);
	const socket = connect(listener.port ?? 0, "127.0.0.1");
	socket.on("error", () => {});
	socket.pause();
	socket.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
	await until(() => isCancelled, "the end of the stream");
	socket.destroy();
	await listener.stop(true);
});

describe("requests behind one that is still being worked on", () => {
	const head = (...lines: string[]) => `${lines.join("\r\n")}\r\n\r\n`;
	const PUT = `${head("PUT /1 HTTP/1.1", "Host: x", "Content-Length: 2")}{}`;
	const CHUNKED = head("PUT /2 HTTP/1.1", "Host: x", "Transfer-Encoding: chunked");
	const ways: [string, string, number[]][] = [
		["none", "", [200]],
		["one without a Host", head("GET /2 HTTP/1.1"), [200, 200]],
		["a chunk without a length", `${CHUNKED}ZZ\r\n`, [200, 500]],
		["a bad chunk behind a good one", `${CHUNKED}2\r\nab\r\nZZ\r\n`, [200, 500]],
		["a bad trailer", `${CHUNKED}2\r\n{}\r\n0\r\nbad\x01\r\n\r\n`, [200, 500]],
		["a good one and a bad chunk", `${PUT}${CHUNKED}ZZ\r\n`, [200, 200, 500]],
		["two good ones and garbage", `${PUT}${PUT}\x01\x02 garbage\r\n\r\n`, [200, 200, 200, 400]],
		["a tunnel", head("CONNECT a:1 HTTP/1.1", "Host: a"), [200, 501]],
		["a tunnel without a Host", head("CONNECT a:1 HTTP/1.1"), [200, 501]],
		["a good one and a tunnel", PUT + head("CONNECT a:1 HTTP/1.1", "Host: a"), [200, 200, 501]],
		["two lengths", head("PUT / HTTP/1.1", "Host: x", "Content-Length: x"), [200, 400]],
		["HTTP/2", head("PRI * HTTP/2.0", "", "SM"), [200, 400]],
		["a long head", head("GET / HTTP/1.1", "Host: x", `X: ${"x".repeat(40_000)}`), [200, 400]],
		["an unknown expectation", head("GET / HTTP/1.1", "Host: x", "Expect: y"), [200, 417]],
		["a protocol to change to", head("GET / HTTP/1.1", "Host: x", "Upgrade: y"), [200, 200]],
	];
	test.each(ways)("%s: each is answered, in order", async (_, behind, statuses) => {
		for (const pauseMs of [0, 1, 3]) {
			const gate = Promise.withResolvers<void>();
			const listener = new HttpListener(
				{ bind: "127.0.0.1", tls: undefined },
				0,
				async ({ body }) => {
					try {
						for await (const _piece of body);
					} catch {
						return new Response("cut short", { status: 500 });
					}
					await gate.promise;
					return new Response("{}");
				},
			);
			const socket = connect(listener.port ?? 0, "127.0.0.1");
			const ended = new Promise((resolve) => socket.on("end", resolve));
			let text = "";
			socket.on("data", (piece) => {
				text += piece.toString("latin1");
			});
			socket.on("error", () => {});
			socket.setNoDelay(true);
			const pieces = pauseMs === 0 ? [PUT + behind] : [PUT, behind];
			for (const piece of pieces) {
				socket.write(Buffer.from(piece, "latin1"));
				// So that the server meets the pieces one by one; what is tested holds for any pause.
				await Bun.sleep(pauseMs + 20);
			}
			expect(text).toBe("");
			gate.resolve();
			await until(() => answersIn(text).length >= statuses.length, "the answers", {
				seen: () => text,
			});
			expect(answersIn(text).map(({ status }) => status)).toEqual(statuses);
			if ((statuses.at(-1) ?? 0) >= 400 && statuses.at(-1) !== 417) await within(ended, "the end");
			socket.destroy();
			await listener.stop(true);
		}
	});
});

describe("requests that a client sends behind each other", () => {
	const request = (method: string, path: string) =>
		`${method} ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n`;

	test.each([
		["those that only look are carried out at once", ["GET", "HEAD", "GET"], ["/0", "/1", "/2"]],
		["what looks waits for what changes something", ["PUT", "GET", "GET"], ["/0"]],
		["what changes something waits for all ahead of it", ["GET", "GET", "PUT"], ["/0", "/1"]],
		["changes come one after another", ["PUT", "DELETE", "POST"], ["/0"]],
	])("%s", async (_, methods, begunAtOnce) => {
		const begun: string[] = [];
		const gate = Promise.withResolvers<void>();
		const listener = new HttpListener(
			{ bind: "127.0.0.1", tls: undefined },
			0,
			async ({ target }) => {
				begun.push(target);
				await gate.promise;
				return new Response(target, { headers: { "content-length": String(target.length) } });
			},
		);
		const socket = connect(listener.port ?? 0, "127.0.0.1");
		let text = "";
		socket.on("data", (piece) => {
			text += piece.toString("latin1");
		});
		socket.write(methods.map((method, n) => request(method, `/${n}`)).join(""));
		await until(() => begun.length >= begunAtOnce.length, "the first of them");
		// Another connection is served meanwhile; whatever else began would have done so by then.
		const other = connect(listener.port ?? 0, "127.0.0.1");
		other.write(request("PUT", "/other"));
		await until(() => begun.includes("/other"), "the request of another connection");
		expect(begun.filter((path) => path !== "/other")).toEqual(begunAtOnce);
		gate.resolve();
		await until(() => text.includes("HTTP/1.1 200", text.indexOf("/1") + 1), "the last answer");
		await until(() => begun.length === methods.length + 1, "all of them to be carried out");
		expect(begun.filter((path) => path !== "/other")).toEqual(["/0", "/1", "/2"]);
		socket.destroy();
		other.destroy();
		await listener.stop(true);
	});

	/** A listener that carries each request out for a moment. */
	const busy = (begun: string[]) =>
		new HttpListener({ bind: "127.0.0.1", tls: undefined }, 0, async ({ target, body }) => {
			begun.push(target);
			for await (const _piece of body);
			await Bun.sleep(100);
			return new Response("{}");
		});
	const changes = ["/0", "/1", "/2", "/3"].map((path) => request("POST", path)).join("");

	test("are not begun any more when their client has left", async () => {
		const begun: string[] = [];
		const listener = busy(begun);
		const socket = connect(listener.port ?? 0, "127.0.0.1");
		socket.on("error", () => {});
		socket.write(changes);
		await until(() => begun.length > 0, "the first of them");
		socket.resetAndDestroy();
		// It waits for what has begun.
		await within(listener.stop(), "the listener to stop");
		expect(begun).toEqual(["/0"]);
	});

	test("are not begun any more when a stop has said that the connection ends", async () => {
		const begun: string[] = [];
		const listener = busy(begun);
		const socket = connect(listener.port ?? 0, "127.0.0.1");
		let text = "";
		socket.on("data", (piece) => {
			text += piece.toString("latin1");
		});
		const closed = new Promise((resolve) => socket.once("close", resolve));
		socket.write(changes);
		await until(() => begun.length > 0, "the first of them");
		await within(listener.stop(), "the listener to stop");
		await within(closed, "the end of the connection");
		expect(answersIn(text).map(({ status }) => status)).toEqual([200]);
		expect(text.toLowerCase()).toContain("connection: close");
		expect(begun).toEqual(["/0"]);
	});

	test("wait without a warning of the runtime, however many there are", async () => {
		const warnings: string[] = [];
		const note = ({ message }: Error) => void warnings.push(message);
		process.on("warning", note);
		const begun: string[] = [];
		const listener = busy(begun);
		const socket = connect(listener.port ?? 0, "127.0.0.1");
		socket.resume();
		socket.write(request("POST", "/change") + request("GET", "/look").repeat(30));
		await until(() => begun.length === 31, "all of them");
		process.off("warning", note);
		expect(warnings).toEqual([]);
		socket.destroy();
		await listener.stop(true);
	});

	test("are a hundred at most, or the connection is closed: one packet holds thousands", async () => {
		let begun = 0;
		const listener = new HttpListener({ bind: "127.0.0.1", tls: undefined }, 0, async () => {
			begun++;
			await Bun.sleep(1);
			return new Response("{}");
		});
		const socket = connect(listener.port ?? 0, "127.0.0.1");
		const closed = new Promise((resolve) => socket.once("close", resolve));
		socket.on("error", () => {});
		socket.resume();
		socket.write(request("GET", "/").repeat(5_000));
		await within(closed, "the end of the connection");
		expect(begun).toBeLessThanOrEqual(MAX_UNANSWERED + 1);
		await listener.stop(true);
	});
});

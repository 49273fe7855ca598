import { expect, test } from "bun:test";
import { connect } from "node:net";
import { HttpListener } from "../../src/http/http-listener.ts";
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

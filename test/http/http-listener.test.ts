import { expect, test } from "bun:test";
import { HttpListener } from "../../src/http/http-listener.ts";
import { within } from "../support/waiting.ts";

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

// One node asks another: HTTP/1.0 against a listener of ours, and against what is none.
import { afterEach, describe, expect, test } from "bun:test";
import { createServer, type Server, type Socket } from "node:net";
import { HttpListener } from "../../src/http/http-listener.ts";
import { askNode, type NodeQuestion, NotReachedError } from "../../src/http/node-request.ts";
import { DEADLINE_MS, until, within } from "../support/waiting.ts";

const question = (changes: Partial<NodeQuestion> = {}): NodeQuestion => ({
	...{ method: "GET", path: "/x?y=1", headers: new Headers({ host: "phones.example" }) },
	...{ content: undefined, silenceMs: DEADLINE_MS, signal: new AbortController().signal },
	...changes,
});

let listener: HttpListener | undefined;
let other: Server | undefined;
afterEach(async () => {
	await listener?.stop(true);
	other?.close();
	listener = undefined;
	other = undefined;
});

type Answer = ConstructorParameters<typeof HttpListener>[2];

/** A listener as every node has one. */
function node(answer: Answer): string {
	listener = new HttpListener({ bind: "127.0.0.1", tls: undefined }, 0, answer);
	return `http://127.0.0.1:${listener.port}`;
}

/** A server that says what it likes. */
async function server(serve: (socket: Socket) => void): Promise<string> {
	const listening = createServer((socket) => {
		socket.on("error", () => {});
		serve(socket);
	});
	other = listening;
	await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", () => resolve()));
	const address = listening.address();
	return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
}

describe("an answer", () => {
	test("comes with its status, fields and content; the node sees what was asked", async () => {
		const seen: unknown[] = [];
		const base = node(async ({ method, target, headers, body }) => {
			let text = "";
			for await (const piece of body) text += piece;
			seen.push(method, target, headers[headers.indexOf("host") + 1], text);
			return Response.json({ ok: true }, { status: 429, headers: { "retry-after": "1" } });
		});
		const content = Buffer.from('["a",1]\n');
		const answer = await askNode(base, question({ method: "POST", content }));
		expect(seen).toEqual(["POST", "/x?y=1", "phones.example", '["a",1]\n']);
		expect([answer.status, answer.headers.get("retry-after")]).toEqual([429, "1"]);
		expect(answer.headers.has("content-length")).toBe(false);
		expect(await answer.json()).toEqual({ ok: true });
	});

	test("without content has none", async () => {
		const base = node(async () => new Response(null, { status: 204 }));
		const { status, body } = await askNode(base, question());
		expect([status, body]).toEqual([204, null]);
	});

	test("of a mebibyte comes whole, however slowly it is read", async () => {
		const text = "0123456789abcdef".repeat(65_536);
		const base = node(async () => new Response(text));
		const answer = await askNode(base, question());
		await Bun.sleep(50);
		expect(await answer.text()).toBe(text);
	});

	test("of events comes as they do, and ends for the node when its reader leaves", async () => {
		let events: ReadableStreamDefaultController<Uint8Array> | undefined;
		let isLeft = false;
		const base = node(async () => {
			const stream = new ReadableStream<Uint8Array>({
				start: (controller) => {
					events = controller;
				},
				cancel: () => {
					isLeft = true;
				},
			});
			return new Response(stream, { headers: { "content-type": "text/event-stream" } });
		});
		const end = new AbortController();
		const { body, headers } = await askNode(base, question({ signal: end.signal }));
		expect(headers.get("content-type")).toBe("text/event-stream");
		const reader = body?.getReader();
		for (const event of ["one", "two"]) {
			events?.enqueue(new TextEncoder().encode(event));
			const { value } = (await within(reader?.read() ?? Promise.reject(), event)) ?? {};
			expect(Buffer.from(value ?? []).toString()).toBe(event);
		}
		end.abort();
		expect(await within(reader?.read() ?? Promise.reject(), "the end")).toMatchObject({
			done: true,
		});
		await until(() => isLeft, "the node to notice");
	});
});

test("an answer that is broken off while it is read is not taken for a whole one", async () => {
	const base = await server((socket) =>
		socket.write("HTTP/1.0 200 OK\r\ncontent-length: 9\r\n\r\n12"),
	);
	const end = new AbortController();
	const answer = await askNode(base, question({ signal: end.signal }));
	const text = answer.text();
	end.abort(new Error("another node answers"));
	await expect(within(text, "the end")).rejects.toThrow("another node answers");
});

describe("no answer", () => {
	test("comes from where nothing listens, to which nothing was sent", async () => {
		const base = await server(() => {});
		other?.close();
		await expect(askNode(base, question())).rejects.toBeInstanceOf(NotReachedError);
	});

	test("is waited for by a client that has left", async () => {
		let closed = 0;
		const base = await server((socket) => {
			socket.on("close", () => {
				closed += 1;
			});
			socket.resume();
		});
		const end = new AbortController();
		const answer = askNode(base, question({ signal: end.signal })).catch(String);
		setTimeout(() => end.abort(), 20);
		expect(await within(answer, "the end of the request")).toContain("the client has left");
		await until(() => closed === 1, "the connection to be closed");
		await expect(askNode(base, question({ signal: end.signal }))).rejects.toThrow("has left");
	});

	test.each([
		["a node that is silent", "", 50, "the node does not answer"],
		["one that closes the connection", undefined, DEADLINE_MS, "closed the connection"],
		["fields that are none", "HTTP/1.0 200 OK\r\na b: c\r\n\r\n", DEADLINE_MS, "is not a node"],
		["a status that is none", "HTTP/1.0 999 OK\r\n\r\n", DEADLINE_MS, "is not a node"],
		["something else", "SSH-2.0-x\r\n\r\n", DEADLINE_MS, "what answers is not a node"],
		[
			"a head without end",
			`HTTP/1.1 200 OK\r\nx: ${"y".repeat(70_000)}`,
			DEADLINE_MS,
			"not a node",
		],
	])("comes from %s", async (_, said, silenceMs, reason) => {
		const base = await server((socket) => {
			if (said === undefined) socket.end();
			else socket.write(said);
		});
		await expect(askNode(base, question({ silenceMs }))).rejects.toThrow(reason);
	});

	test("is what was cut off", async () => {
		const base = await server((socket) => {
			socket.end("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nshort");
		});
		const answer = await askNode(base, question());
		await expect(answer.text()).rejects.toThrow("the node's answer was cut off");
	});
});

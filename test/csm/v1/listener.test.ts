import { afterEach, beforeEach, expect, test } from "bun:test";
import { connect, type Socket } from "node:net";
import { OldListener } from "../../../src/csm/v1/listener.ts";
import { jsonReply } from "../../../src/csm/v1/replies.ts";
import { ListenError, systemClock } from "../../../src/kit/mod.ts";
import { quietLog } from "../../support/log.ts";
import { until, within } from "../../support/waiting.ts";

const deps = {
	answer: async () => jsonReply({ ok: true }),
	clock: systemClock,
	log: quietLog,
};
const GET = "GET / HTTP/1.1\r\n\r\n";

let listener: OldListener;
let sockets: Socket[];
beforeEach(() => {
	listener = new OldListener({ bind: "127.0.0.1", port: 0 }, deps);
	listener.start();
	sockets = [];
});
afterEach(() => {
	for (const socket of sockets) socket.destroy();
	listener.stop();
});

async function open(): Promise<{ socket: Socket; said: () => string; isClosed: () => boolean }> {
	const socket = connect({ port: listener.port, host: "127.0.0.1", allowHalfOpen: true });
	sockets.push(socket);
	const connected = Promise.withResolvers<void>();
	let text = "";
	let isClosed = false;
	socket.on("connect", () => connected.resolve());
	socket.on("data", (chunk) => {
		text += chunk.toString();
	});
	for (const event of ["end", "close"]) {
		socket.on(event, () => {
			isClosed = true;
		});
	}
	socket.on("error", () => connected.resolve());
	await within(connected.promise, "a connection");
	return { socket, said: () => text, isClosed: () => isClosed };
}

test("of one address there are 256 connections, and a further one is told so", async () => {
	const first = await open();
	for (let count = 1; count < 256; count++) await open();
	const refused = await open();
	await until(refused.isClosed, "the refusal");
	expect(refused.said()).toStartWith("HTTP/1.1 429 ");
	expect(refused.said()).toContain("more than 256 connections of one address");
	first.socket.destroy();
	await until(async () => {
		const next = await open();
		next.socket.write(GET);
		await until(() => next.said() !== "", "an answer");
		return next.said().startsWith("HTTP/1.1 200 ");
	}, "room for another one");
});

test("a client that closes its side behind the request gets its answer", async () => {
	const { socket, said, isClosed } = await open();
	socket.end(GET);
	await until(isClosed, "the end");
	expect(said()).toContain('{"ok":true}');
});

test("a large answer arrives whole, however slowly it is read", async () => {
	listener.stop();
	const content = "x".repeat(4 << 20);
	listener = new OldListener(
		{ bind: "127.0.0.1", port: 0 },
		{ ...deps, answer: async () => jsonReply({ content }) },
	);
	listener.start();
	const { socket, said } = await open();
	socket.pause();
	socket.write(GET + GET);
	setTimeout(() => socket.resume(), 50);
	await until(() => said().split('"}\n').length === 3, "both answers");
	expect(said().length).toBeGreaterThan(2 * content.length);
});

test("large bodies of all connections take 16 MiB, and give it back when they are whole, refused or gone", async () => {
	const POST = `POST /x HTTP/1.1\r\nContent-Length: ${1 << 20}\r\n\r\n`;
	const stalled = [];
	for (let count = 0; count < 16; count++) {
		const client = await open();
		client.socket.write(`${POST}{`);
		stalled.push(client);
	}
	const refused = async () => {
		const late = await open();
		late.socket.write(`${POST}{`);
		const small = await open();
		small.socket.write(`POST /x HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}`);
		await until(() => small.said() !== "", "the answer to a small body");
		expect(small.said()).toStartWith("HTTP/1.1 200 ");
		return late.said().startsWith("HTTP/1.1 503 ");
	};
	await until(refused, "a refusal");
	const [first, second] = stalled;
	first?.socket.write("x".repeat((1 << 20) - 1));
	await until(() => first?.said().startsWith("HTTP/1.1 200 ") === true, "a whole body's answer");
	second?.socket.destroy();
	const whole = "x".repeat(1 << 20);
	await until(async () => {
		const next = await open();
		next.socket.write(POST + whole);
		await until(() => next.said() !== "", "an answer");
		return next.said().startsWith("HTTP/1.1 200 ");
	}, "room for large bodies");
});

test("at the end no connections are taken; those there are closed", async () => {
	const { isClosed } = await open();
	listener.finish();
	await until(isClosed, "the end");
	const late = await open();
	late.socket.write(GET);
	expect(late.said()).toBe("");
});

test("a port that is taken is named with its setting", () => {
	const second = new OldListener({ bind: "127.0.0.1", port: listener.port }, deps);
	expect(() => second.start()).toThrow(ListenError);
	expect(() => second.start()).toThrow("change port in [v1]");
});

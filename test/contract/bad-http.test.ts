// Hostile clients of the HTTP port, and what /health says.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { connect, type Socket } from "node:net";
import { body, call } from "../support/gateway.ts";
import { startTarget, type Target } from "../support/target.ts";
import { within } from "../support/waiting.ts";

let target: Target;
beforeAll(async () => {
	target = await startTarget({ core: { "http-body-timeout": 3 } });
});
afterAll(() => target.dispose());

/** Everything a raw connection answers until it is closed, or until `enough`. */
function talk(
	data: string | Uint8Array,
	enough?: RegExp,
): { socket: Socket; said: Promise<string> } {
	const socket = connect(Number(new URL(target.http).port), "127.0.0.1");
	const { promise, resolve } = Promise.withResolvers<string>();
	let text = "";
	socket.on("data", (chunk) => {
		text += chunk;
		if (enough?.test(text)) resolve(text);
	});
	socket.on("error", () => {});
	socket.on("close", () => resolve(text));
	socket.write(data);
	return { socket, said: within(promise, `an answer to ${String(data).slice(0, 40)}`) };
}

const head = (length: number | string) =>
	`PUT /${randomUUID()} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;

async function expectAlive(): Promise<void> {
	expect((await call(target, "PUT", `/${randomUUID()}`, body())).status).toBe(200);
}

describe("bad HTTP clients", () => {
	test("a body that does not come is given up with 408", async () => {
		const { socket, said } = talk(`${head(1000)}{`, /\r\n\r\n.+/s);
		expect(await said).toMatch(/^HTTP\/1.1 408 .*did not arrive within 3000 ms/s);
		socket.destroy();
		await expectAlive();
	});

	test("many large bodies at a time are refused beyond their share of memory; small ones are not", async () => {
		const slow = Array.from({ length: 80 }, () => talk(`${head(1 << 20)}{`, /\r\n\r\n.+/s));
		await expectAlive();
		const answers = await Promise.all(slow.map(({ said }) => said));
		const status = (code: number) => answers.filter((text) => text.includes(` ${code} `)).length;
		expect([status(408), status(503)]).toEqual([64, 16]);
		for (const { socket } of slow) socket.destroy();
	});

	test.each([
		["no HTTP at all", "\x00\x01\x02\r\n\r\n"],
		["a broken request line", "PUT\r\n\r\n"],
		["a length that is not a number", head("ten")],
		["a negative length", head(-5)],
		["an endless header", `GET /${randomUUID()} HTTP/1.1\r\nX: ${"y".repeat(200_000)}`],
		["ten thousand headers", `GET / HTTP/1.1\r\nHost: x\r\n${"a: b\r\n".repeat(10_000)}\r\n`],
		[
			"smuggled chunks",
			`${head(5).replace("\r\n\r\n", "\r\nTransfer-Encoding: chunked\r\n\r\n")}zz\r\n`,
		],
		[
			"requests and garbage in one piece",
			`GET /health HTTP/1.1\r\nHost: x\r\n\r\n${"\xff".repeat(1000)}\r\n\r\n`,
		],
	])("%s costs its sender the connection or an error, and nothing else", async (_, data) => {
		const { socket, said } = talk(data, /HTTP\/1.1 4\d\d/);
		await said;
		socket.destroy();
		await expectAlive();
	});

	test("a thousand idle connections leave room for others", async () => {
		const idle = Array.from({ length: 1000 }, () =>
			talk("GET /health HTTP/1.1\r\nHost: x\r\n\r\n", /ready/),
		);
		await Promise.all(idle.map(({ said }) => said));
		await expectAlive();
		for (const { socket } of idle) socket.destroy();
		await expectAlive();
	});
});

test.each(["x", "pi", "pi4", "localhost", "127.0.0.1:9992"])(
	"a host called %s is found",
	async (host) => {
		const request = `GET /health HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
		const { socket, said } = talk(request, /\r\n\r\n.+/s);
		expect(await said).toStartWith("HTTP/1.1 200");
		socket.destroy();
	},
);

test("health answers 200 and no reasons while all is well", async () => {
	const { status, json } = await call(target, "GET", "/health");
	expect([status, json]).toEqual([200, { live: true, ready: true, reasons: [] }]);
});

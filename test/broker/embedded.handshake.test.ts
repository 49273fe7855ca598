// Connections that never get as far as CONNECT are counted, timed and logged from the moment they are accepted.
import { afterEach, describe, expect, test } from "bun:test";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { EmbeddedBroker } from "../../src/broker/embedded.ts";
import type { EmbeddedBrokerOptions } from "../../src/broker/embedded-options.ts";
import { type TestCertificate, testCertificate } from "../support/certificates.ts";
import { admission, brokerOptions, MemoryDisk, OPEN, openGate } from "../support/embedded.ts";
import { listenedLog } from "../support/log.ts";
import { TestClient } from "../support/mqtt.ts";
import { hasProgram } from "../support/programs.ts";
import { until, within } from "../support/waiting.ts";

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
	for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(changes: Partial<EmbeddedBrokerOptions>) {
	const made: TestCertificate = await testCertificate();
	cleanups.push(() => made.remove());
	const { log, lines } = listenedLog();
	const keys = async () => ({
		cert: await Bun.file(made.certPath).text(),
		key: await Bun.file(made.keyPath).text(),
	});
	const now = await keys();
	const tls = { mqtt: () => now, ws: () => now };
	const broker = new EmbeddedBroker(brokerOptions({ tls, ...changes }), {
		disk: new MemoryDisk(),
		authority: OPEN,
		gate: openGate,
		log,
	});
	await broker.start();
	cleanups.push(() => broker.stop());
	const ca = made.ca();
	const connectClient = (port: "port" | "wsPort") =>
		TestClient.connect(`${port === "port" ? "mqtts" : "wss"}://127.0.0.1:${broker[port]}`, {
			ca,
			reconnectPeriod: 0,
		});
	const logged = (text: string) => lines.take(text, (line) => line.includes(text));
	return { broker, connectClient, logged };
}

const UPGRADE = Buffer.from(
	[
		"GET /mqtt HTTP/1.1",
		"Host: 127.0.0.1",
		"Upgrade: websocket",
		"Connection: Upgrade",
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
		"Sec-WebSocket-Version: 13",
		"Sec-WebSocket-Protocol: mqtt",
		"\r\n",
	].join("\r\n"),
);

/** Bun itself gives up on a client that answers no goodbye after eleven seconds. */
const BEFORE_BUN_MS = 8000;
const openFiles = () => readdirSync("/proc/self/fd").length;

/** Beginning of a ClientHello (`RFC 8446 §4.1.2`), the rest of which never comes. */
const HALF_HELLO = Buffer.from("1603010200010001fc0303", "hex");
const PLAIN_HTTP = Buffer.from("GET / HTTP/1.1\r\nHost: x\r\n\r\n");

async function open(port: number, first: Buffer): Promise<{ socket: Socket; gone: Promise<void> }> {
	const socket = connect(port, "127.0.0.1").on("error", () => {});
	cleanups.push(() => void socket.destroy());
	const { promise, resolve } = Promise.withResolvers<void>();
	socket.once("close", () => resolve());
	await once(socket, "connect");
	if (first.length > 0) socket.write(first);
	return { socket, gone: within(promise, "the end of a connection") };
}

describe.each(["port", "wsPort"] as const)(
	"TLS on the broker's %s before its handshake",
	(port) => {
		test.each([
			["says nothing", Buffer.alloc(0)],
			["stops in the middle of the handshake", HALF_HELLO],
		])("a connection that %s ends after connect-timeout, and is named", async (_, first) => {
			const { broker, logged } = await start({ connectTimeoutMs: 300 });
			const opened = [await open(broker[port], first), await open(broker[port], first)];
			expect(broker.stats.clients).toBe(2);
			await Promise.all(opened.map(({ gone }) => gone));
			expect(await logged("connect did not arrive in time")).toContain('"address":"127.0.0.1"');
			expect(broker.stats.clients).toBe(0);
		});

		test("one that does not speak TLS ends at once, and is named", async () => {
			const { broker, logged } = await start({});
			await (await open(broker[port], PLAIN_HTTP)).gone;
			expect(await logged("TLS handshake failed")).toContain('"address":"127.0.0.1"');
			expect(broker.stats.clients).toBe(0);
		});

		test("max-connecting counts them, and clients get in anyway", async () => {
			const { broker, connectClient, logged } = await start({
				admission: admission({ maxConnecting: 3 }),
			});
			const first = await open(broker[port], Buffer.alloc(0));
			for (let n = 0; n < 3; n++) await open(broker[port], HALF_HELLO);
			await first.gone;
			await logged("max-connecting reached");
			expect(broker.stats.clients).toBe(3);
			const client = await connectClient(port);
			await client.subscribe("t");
			await client.end();
		});

		test("limits of an address count them", async () => {
			const { broker, logged } = await start({ admission: admission({ maxPerAddress: 2 }) });
			for (let n = 0; n < 2; n++) await open(broker[port], HALF_HELLO);
			await (await open(broker[port], HALF_HELLO)).gone;
			await logged("max-clients-per-address reached");
			const { broker: other, logged: otherLogged } = await start({
				admission: admission({ perSecond: 1 }),
			});
			// Ten seconds' worth at once; from then on they wait.
			for (let n = 0; n < 12; n++) await open(other[port], HALF_HELLO);
			await otherLogged("rate limit (connects-per-second)");
		});

		test("a client that waits for its turn is served over TLS when it comes", async () => {
			const { broker, connectClient, logged } = await start({
				admission: admission({ perSecond: 1 }),
			});
			// All at once: on a slow machine turns would come meanwhile.
			await Promise.all(Array.from({ length: 13 }, () => open(broker[port], HALF_HELLO)));
			await logged("connection delayed");
			const client = await connectClient(port);
			const other = await connectClient(port);
			await other.end();
			await client.subscribe("t");
			await client.publish("t", "x");
			await client.next("t");
			await client.end();
		});
	},
);

describe.if(hasProgram("openssl", "version"))("the end of a TLS connection", () => {
	test("does not wait for a client that never agrees to it", async () => {
		const { broker, logged } = await start({ connectTimeoutMs: 1500 });
		const client = Bun.spawn(["openssl", "s_client", "-connect", `127.0.0.1:${broker.port}`], {
			stdin: "pipe",
			stdout: "pipe",
			stderr: "ignore",
		});
		cleanups.push(() => client.kill("SIGKILL"));
		await client.stdout.getReader().read();
		const held = openFiles();
		client.kill("SIGSTOP");
		await logged("connect did not arrive in time");
		await until(() => openFiles() < held, "the connection to be let go", { ms: BEFORE_BUN_MS });
	});
});

test("a WebSocket that says nothing is let go of, though its client keeps its half open", async () => {
	const { broker, logged } = await start({
		tls: { mqtt: undefined, ws: undefined },
		connectTimeoutMs: 300,
	});
	const socket = connect({ port: broker.wsPort, host: "127.0.0.1", allowHalfOpen: true });
	cleanups.push(() => void socket.destroy());
	const refused = Promise.withResolvers<void>();
	socket.on("error", () => refused.resolve()).resume();
	await once(socket, "connect");
	socket.write(UPGRADE);
	await logged("connect did not arrive in time");
	// The system answers a write with a reset as soon as the server has let go of the connection.
	const knocking = setInterval(() => socket.write("x"), 100);
	await within(refused.promise, "the connection to be let go", BEFORE_BUN_MS).finally(() =>
		clearInterval(knocking),
	);
});

describe("WebSocket before its upgrade", () => {
	const plain = { tls: { mqtt: undefined, ws: undefined } };

	test.each([
		["says nothing", Buffer.alloc(0)],
		["stops in the middle of its request", UPGRADE.subarray(0, 40)],
		["upgrades and says nothing", UPGRADE],
	])("a connection that %s ends after connect-timeout, and is named", async (_, first) => {
		const { broker, logged } = await start({ ...plain, connectTimeoutMs: 300 });
		const opened = [await open(broker.wsPort, first), await open(broker.wsPort, first)];
		expect(broker.stats.clients).toBe(2);
		await Promise.all(opened.map(({ gone }) => gone));
		expect(await logged("connect did not arrive in time")).toContain('"address":"127.0.0.1"');
		expect(broker.stats.clients).toBe(0);
	});

	test("a request that never ends is refused at 16 KiB, with an answer", async () => {
		const { broker } = await start(plain);
		const { socket, gone } = await open(broker.wsPort, UPGRADE.subarray(0, -2));
		let answer = "";
		socket.on("data", (chunk: Buffer) => {
			answer += chunk;
		});
		socket.write(`X-Long: ${"x".repeat(20_000)}`);
		await gone;
		expect(answer).toStartWith("HTTP/1.1 431 ");
	});

	test("limits count it from the moment it is accepted", async () => {
		const limits = { admission: admission({ maxConnecting: 2 }) };
		const { broker, logged } = await start({ ...plain, ...limits });
		const first = await open(broker.wsPort, Buffer.alloc(0));
		for (let n = 0; n < 2; n++) await open(broker.wsPort, UPGRADE.subarray(0, 20));
		await first.gone;
		await logged("max-connecting reached");
		const client = await TestClient.connect(`ws://127.0.0.1:${broker.wsPort}`);
		await client.end();
	});
});

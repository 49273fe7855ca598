// Encrypted listeners: what devices are told, who gets in, and a certificate that is renewed (csm.md §8).
import { afterAll, beforeAll, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { connect as connectTcp } from "node:net";
import { connect, type SecureVersion } from "node:tls";
import {
	connectTls,
	shownAt,
	type TestCertificate,
	testCertificate,
} from "../support/certificates.ts";
import { body, JSON_TYPE, type Json } from "../support/gateway.ts";
import { TestClient } from "../support/mqtt.ts";
import { startTarget, type Target } from "../support/target.ts";
import { describeEmbedded } from "../support/variants.ts";
import { until, within } from "../support/waiting.ts";

const portOf = (url: string) => Number(new URL(url).port);

async function put(target: Target, ca: string): Promise<Json> {
	const response = await fetch(`${target.http}/${randomUUID()}`, {
		method: "PUT",
		headers: JSON_TYPE,
		body: JSON.stringify(body()),
		tls: { ca },
	});
	return (await response.json()) as Json;
}

// Another broker's certificates are its own matter.
describeEmbedded("§8 with a certificate", () => {
	let made: TestCertificate;
	let target: Target;
	beforeAll(async () => {
		made = await testCertificate();
		target = await startTarget({ tls: { cert: made.certPath, key: made.keyPath } });
	});
	afterAll(async () => {
		await target.dispose();
		made.remove();
	});
	const trusting = (certificate = made) => ({ ca: certificate.ca(), reconnectPeriod: 0 });

	/** For what changes the certificate: a server with one of its own. */
	async function withOwn(
		run: (own: { made: TestCertificate; target: Target }) => Promise<void>,
	): Promise<void> {
		const certificate = await testCertificate();
		const tls = { cert: certificate.certPath, key: certificate.keyPath };
		const server = await startTarget({ tls });
		try {
			await run({ made: certificate, target: server });
		} finally {
			await server.dispose();
			certificate.remove();
		}
	}

	test("devices are told the encrypted schemes, and find the broker there", async () => {
		expect(await put(target, made.ca())).toMatchObject({
			url: {
				scheme: "mqtts",
				port: portOf(target.mqtt),
				ws_scheme: "wss",
				ws_port: portOf(target.ws),
			},
		});
		const overTcp = await TestClient.connect(target.mqtt, trusting());
		const overWs = await TestClient.connect(target.ws, trusting());
		await overWs.subscribe("t/#");
		await overTcp.publish("t/1", "hello", { qos: 1 });
		expect((await overWs.next("t/1")).text).toBe("hello");
		await overTcp.end();
		await overWs.end();
	});

	test("who does not trust the authority does not get in unknowingly", async () => {
		const stranger = await testCertificate();
		await expect(put(target, stranger.ca())).rejects.toThrow();
		await expect(TestClient.connect(target.mqtt, trusting(stranger))).rejects.toThrow();
		stranger.remove();
	});

	test("large messages come through whole, in both directions", async () => {
		const sender = await TestClient.connect(target.mqtt, trusting());
		const reader = await TestClient.connect(target.mqtt, trusting());
		await reader.subscribe("large");
		const texts = Array.from({ length: 8 }, (_, n) => String(n).repeat(900_000));
		await Promise.all(texts.map((text) => sender.publish("large", text, { qos: 1 })));
		for (const text of texts) expect((await reader.next("large")).text === text).toBe(true);
		await sender.end();
		await reader.end();
	});

	test.each<[SecureVersion, boolean]>([
		["TLSv1.1", false],
		["TLSv1.2", true],
		["TLSv1.3", true],
	])("%s is accepted: %p, by every listener", async (version, isAccepted) => {
		for (const url of [target.http, target.mqtt, target.ws]) {
			const { promise, resolve } = Promise.withResolvers<boolean>();
			const socket = connect(
				{
					host: "127.0.0.1",
					port: portOf(url),
					minVersion: version,
					maxVersion: version,
					rejectUnauthorized: false,
				},
				() => resolve(socket.getProtocol() === version),
			);
			socket.once("error", () => resolve(false));
			expect(await within(promise, url)).toBe(isAccepted);
			socket.destroy();
		}
	});

	test("a client that does not encrypt is disconnected, and disturbs no other", async () => {
		for (const url of [target.http, target.mqtt, target.ws]) {
			const { promise, resolve } = Promise.withResolvers<void>();
			const socket = connectTcp(portOf(url), "127.0.0.1", () =>
				socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
			);
			socket.resume();
			socket.once("close", () => resolve()).once("error", () => resolve());
			await within(promise, `the end of a connection to ${url}`);
		}
		expect(await put(target, made.ca())).toMatchObject({ state: "ok" });
	});

	test("a renewed certificate is loaded at a reload, and all clients stay connected", () =>
		withOwn(async ({ made, target }) => {
			const clients = [
				await TestClient.connect(target.mqtt, trusting(made)),
				await TestClient.connect(target.ws, trusting(made)),
			];
			for (const client of clients) await client.subscribe("news");
			const events = await fetch(`${target.http}/api/events`, { tls: { ca: made.ca() } });
			const reader = events.body?.getReader();
			await reader?.read();
			const urls = [target.http, target.mqtt, target.ws];
			const before = await Promise.all(urls.map((url) => shownAt(portOf(url))));
			expect(new Set(before).size).toBe(1);
			await made.replace();
			target.reload();
			for (const url of urls) {
				const now = () => shownAt(portOf(url)).catch(() => before[0]);
				await until(async () => (await now()) !== before[0], `another certificate at ${url}`);
			}
			const newcomer = await TestClient.connect(target.mqtt, trusting(made));
			await newcomer.publish("news", "renewed", { qos: 1 });
			for (const client of clients) {
				expect((await client.next("news")).text).toBe("renewed");
				await client.publish("from/former", "still here", { qos: 1 });
				await client.end();
			}
			expect((await within(reader?.read() ?? Promise.reject(), "an event"))?.done).toBe(false);
			await reader?.cancel();
			await newcomer.end();
			expect(target.log()).toContain("new certificate in use");
		}));

	test("one that is damaged is not taken over", () =>
		withOwn(async ({ made, target }) => {
			const before = await shownAt(portOf(target.mqtt));
			await Bun.write(made.certPath, "rubbish");
			target.reload();
			await until(() => target.log().includes("cannot load the new certificate"), "the refusal", {
				seen: target.log,
			});
			expect(await shownAt(portOf(target.mqtt))).toBe(before);
		}));

	test("a listener whose scheme is plain stays plain", async () => {
		const mixed = await startTarget({
			tls: { cert: made.certPath, key: made.keyPath },
			"core-mqtt": { scheme: "mqtt" },
		});
		expect(await put(mixed, made.ca())).toMatchObject({
			url: { scheme: "mqtt", ws_scheme: "wss" },
		});
		await (await TestClient.connect(mixed.mqtt)).end();
		(await connectTls(portOf(mixed.ws))).destroy();
		await mixed.dispose();
	});

	test("a proxy's schemes are told, and not spoken", async () => {
		const behind = await startTarget({
			core: { "http-scheme": "https" },
			"core-mqtt": { scheme: "mqtts" },
			"core-ws": { scheme: "wss" },
		});
		expect(behind.mqtt).toStartWith("mqtt:");
		expect(await put(behind, "")).toMatchObject({ url: { scheme: "mqtts", ws_scheme: "wss" } });
		await (await TestClient.connect(behind.mqtt)).end();
		await behind.dispose();
	});
});

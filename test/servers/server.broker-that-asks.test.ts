// The start of a server at a broker that asks it over HTTP who may connect (csm.md §8.1).
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLogger } from "../../src/kit/log.ts";
import { Server } from "../../src/servers/server.ts";
import { SERVER_MODULES } from "../../src/servers/server-modules.ts";
import { body, JSON_TYPE } from "../support/gateway.ts";
import { freePort } from "../support/ports.ts";
import { within } from "../support/waiting.ts";

const MODULES = (await SERVER_MODULES.load()).filter(({ name }) => name === "csm");
const KEY = "a-key-of-the-broker-that-asks";
const PASSWORD = "the server's own password";

let userdir: string;
beforeAll(() => {
	userdir = mkdtempSync(join(tmpdir(), "iotctl-asking-broker-"));
	writeFileSync(join(userdir, "key"), `${KEY}\n`);
});
afterAll(() => rmSync(userdir, { recursive: true }));

const silent = () =>
	createLogger({ level: "error", components: new Map(), format: "json", write: () => {} });

/** Listens as a broker does, and asks about each client before it says anything to it. */
async function askingBroker(ask: () => Promise<void>) {
	const broker = createServer((socket) => {
		socket.on("error", () => {});
		void ask().finally(() => socket.destroy());
	});
	await new Promise<void>((resolve) => broker.listen(0, "127.0.0.1", () => resolve()));
	const address = broker.address();
	const port = typeof address === "object" ? address?.port : undefined;
	return { port, close: () => broker.close() };
}

describe("a broker that asks", () => {
	test("is answered while the server connects to it, and its devices get a login", async () => {
		const http = await freePort();
		const told = Promise.withResolvers<string>();
		const broker = await askingBroker(async () => {
			const answer = await fetch(`http://127.0.0.1:${http}/mqtt/auth?key=${KEY}`, {
				method: "POST",
				body: new URLSearchParams({ username: "csm", password: PASSWORD }),
			});
			told.resolve(`${answer.status} ${await answer.text()}`);
		});
		const config = SERVER_MODULES.ini.parse(
			"test.ini",
			`[core]\nuserdir = ${userdir}\nhttp-port = ${http}\nauth = on\n[core-mqtt]\nbroker = external\nhost = 127.0.0.1\nport = ${broker.port}\nusername = csm\npassword = ${PASSWORD}\nauth-key-file = key\n`,
		);
		const server = new Server(config, silent(), MODULES);
		let isUp = false;
		const start = server.start().then(() => {
			isUp = true;
		});
		try {
			expect(await within(told.promise, "an answer to the broker")).toBe("200 allow");
			expect(isUp).toBe(false);
			const { localKey: key } = server.auth;
			const answer = await fetch(`http://127.0.0.1:${http}/${randomUUID()}`, {
				method: "PUT",
				headers: { ...JSON_TYPE, authorization: `Bearer ${key}` },
				body: JSON.stringify(body()),
			});
			expect(await answer.json()).toMatchObject({ state: "ok", password: expect.any(String) });
			await within(start, "the end of the start");
		} finally {
			await server.stop();
			broker.close();
		}
	});
});

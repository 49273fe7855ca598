import { afterEach, expect, test } from "bun:test";
import { createServer, type Socket } from "node:net";
import { createLogger } from "../../src/kit/log.ts";
import { CallGuard } from "../../src/mqtt/call-guard.ts";
import { ExternalBroker } from "../../src/mqtt/external.ts";
import { RetainedFetch } from "../../src/mqtt/retained-fetch.ts";
import { externalOptions } from "../support/embedded.ts";
import { quietLog } from "../support/log.ts";
import { StandInBroker } from "../support/stand-in-broker.ts";
import { Inbox, until, within } from "../support/waiting.ts";

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
	for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const optionsTo = (port: number) => ({
	...({ clientName: "csm", scheme: "mqtt", ca: undefined, host: "127.0.0.1", port } as const),
	...{ username: "", password: "", connectTimeoutMs: 60_000 },
});

test("with a broker that takes no further connection, a further handler hears live messages, and the log says so", async () => {
	const known: string[] = [];
	const cutsOff = (clientId: string) => {
		known.push(clientId);
		return clientId.startsWith("csm-") && known.indexOf(clientId) > 1;
	};
	const standIn = await StandInBroker.start({ maxQos: 2, cutsOff });
	cleanups.push(() => standIn.stop());
	const lines = new Inbox<string>();
	const log = createLogger({ level: "warn", format: "json", write: (line) => lines.add(line) });
	const broker = new ExternalBroker(externalOptions({ port: standIn.port }), log);
	cleanups.push(() => broker.stop());
	await broker.start();
	const heard = new Inbox<string>();
	for (const name of ["one", "two"]) {
		await broker.subscribe("t", ({ payload }) => heard.add(`${name} ${Buffer.from(payload)}`));
	}
	await lines.take("the warning", (line) => line.includes("cannot fetch retained messages"));
	await broker.publish("t", "x", { qos: 1 });
	for (const name of ["one", "two"]) {
		expect(await heard.take(name, (text) => text.startsWith(name))).toBe(`${name} x`);
	}
});

test("a fetch from a broker that answers, and never closes, ends with the server", async () => {
	const standIn = await StandInBroker.start({ maxQos: 2, neverCloses: true });
	cleanups.push(() => standIn.stop());
	const fetch = new RetainedFetch(new CallGuard(quietLog));
	const running = fetch.run("t", optionsTo(standIn.port), () => {});
	await until(() => standIn.left.length === 1, "the disconnection");
	fetch.stop();
	expect(await within(running, "the end")).toBe(true);
});

test("a fetch from a broker that does not answer ends with the server", async () => {
	const sockets = new Set<Socket>();
	const server = createServer((socket) => sockets.add(socket)).listen(0, "127.0.0.1");
	cleanups.push(() => {
		for (const socket of sockets) socket.destroy();
		server.close();
	});
	await until(() => server.listening, "the port");
	const address = server.address();
	const port = typeof address === "object" && address !== null ? address.port : 0;
	const fetch = new RetainedFetch(new CallGuard(quietLog));
	const options = optionsTo(port);
	const running = fetch.run("t", options, () => {});
	await until(() => sockets.size === 1, "the connection");
	fetch.stop();
	expect(await within(running, "the end")).toBe(false);
	expect(
		await within(
			fetch.run("t", options, () => {}),
			"the end of a late one",
		),
	).toBe(false);
});

// A further port over the same routes, as `[gui] port` opens it.
import { afterEach, describe, expect, test } from "bun:test";
import { createServer } from "node:net";
import { HttpServer } from "../../src/http/http-server.ts";
import { plainReply } from "../../src/http/replies.ts";
import { route } from "../../src/http/route.ts";
import { httpDeps } from "../support/http-server.ts";

const OPTIONS = {
	bind: "127.0.0.1",
	port: 0,
	isEncrypted: false,
	tls: undefined,
	prefixes: ["/iottalk/ccm", ""],
	maxBodyBytes: 1000,
	bodyTimeoutMs: 1000,
};

const hello = route({
	method: "GET",
	path: "/hello",
	summary: "A test",
	who: "anyone",
	replies: {},
	run: () => plainReply("hello", "text/plain"),
});

let server: HttpServer | undefined;
afterEach(() => server?.stop());

const open = async (port: number) => {
	const second = { bind: "127.0.0.1", port, setting: "port in [gui]" };
	server = new HttpServer({ ...OPTIONS, second }, (await httpDeps([hello])).deps);
	server.start();
	return server;
};
const ask = (port: number | undefined, path = "/hello") =>
	fetch(`http://127.0.0.1:${port}${path}`).then((response) => response.text());

describe("a second HTTP port", () => {
	test("answers as the first, below all prefixes, and closes with it", async () => {
		const { port, secondPort } = await open(0);
		expect(secondPort).not.toBe(port);
		for (const path of ["/hello", "/csm/hello", "/iottalk/ccm/hello"]) {
			expect([await ask(port, path), await ask(secondPort, path)]).toEqual(["hello", "hello"]);
		}
		server?.pause();
		expect(await ask(secondPort).catch(() => "closed")).toBe("closed");
		server?.resume();
		expect(await ask(secondPort)).toBe("hello");
		await server?.stop();
		expect(await ask(secondPort).catch(() => "closed")).toBe("closed");
	});

	test("that is in use stops the start, with its setting in the message", async () => {
		const other = createServer().listen(0, "127.0.0.1");
		await new Promise((resolve) => other.once("listening", resolve));
		const address = other.address();
		const taken = typeof address === "object" ? (address?.port ?? 0) : 0;
		await expect(open(taken)).rejects.toThrow(/port in \[gui\]/);
		expect(server?.port).toBe(0);
		other.close();
	});
});

// An encrypted port beside the usual one, over the same routes.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import type { Account } from "../../src/auth/mod.ts";
import { HttpServer } from "../../src/http/http-server.ts";
import { plainReply } from "../../src/http/replies.ts";
import { route } from "../../src/http/route.ts";
import { shownAt, type TestCertificate, testCertificate } from "../support/certificates.ts";
import { ADMIN, httpDeps } from "../support/http-server.ts";

const OPTIONS = {
	bind: "127.0.0.1",
	port: 0,
	isEncrypted: false,
	tls: undefined,
	prefixes: ["/iottalk/ccm", ""],
	maxBodyBytes: 1000,
	bodyTimeoutMs: 1000,
};

const get = { method: "GET", summary: "A test", replies: {} } as const;
const login = route({
	...get,
	path: "/in",
	who: "account",
	run: async ({ logins }) => {
		const found = await logins().verify(ADMIN.name, ADMIN.password);
		const account: Account | undefined = found.kind === "account" ? found.account : undefined;
		const cookie = account === undefined ? "" : await logins().open(account);
		return new Response(null, { status: 204, headers: { "set-cookie": cookie } });
	},
});
const ROUTES = [
	route({
		...get,
		path: "/where",
		who: "any-page",
		run: ({ call }) => plainReply(call.base, "text/plain"),
	}),
	route({
		...get,
		path: "/who",
		who: "account",
		run: ({ account }) => plainReply(account()?.name ?? "nobody", "text/plain"),
	}),
	route({
		...get,
		path: "/things/{id}",
		who: "any-page",
		anyId: true,
		run: ({ params }) => plainReply(params.id ?? "", "text/plain"),
	}),
	login,
	{ ...login, method: "POST", path: "/change" } as const,
];

let certificate: TestCertificate;
let server: HttpServer;
beforeEach(async () => {
	certificate = await testCertificate();
	server = new HttpServer({ ...OPTIONS, secure: secureAt(0) }, (await httpDeps(ROUTES)).deps);
});
afterEach(async () => {
	await server.stop();
	certificate.remove();
});

const secureAt = (port: number) => ({
	bind: "127.0.0.1",
	port,
	setting: "https-port in [core]",
	tls: () => ({
		cert: readFileSync(certificate.certPath, "utf8"),
		key: readFileSync(certificate.keyPath, "utf8"),
	}),
});

/** @param path By either listener: a whole address. */
const ask = (address: string, headers: Record<string, string> = {}, method = "GET") =>
	fetch(address, { method, headers, keepalive: false, tls: { ca: certificate.ca() } });
const plain = (path: string) => `http://127.0.0.1:${server.port}${path}`;
const secure = (path: string) => `https://127.0.0.1:${server.securePort}${path}`;
const cookieOf = (answer: Response) => answer.headers.get("set-cookie") ?? "";

test("a route may take any id; a UUID comes in lowercase anyway", async () => {
	server.start();
	const seen = async (id: string) => (await ask(plain(`/things/${id}`))).text();
	expect(await seen("Smartphone")).toBe("Smartphone");
	expect(await seen("01234567-89AB-4def-8123-456789ABCDEF")).toBe(
		"01234567-89ab-4def-8123-456789abcdef",
	);
});

describe("an encrypted port besides", () => {
	test("answers as the other, and each request tells by which it came", async () => {
		server.start();
		for (const prefix of ["", "/csm", "/iottalk/ccm"]) {
			for (const at of [plain(prefix), secure(prefix)]) {
				expect(await (await ask(`${at}/where`)).text()).toBe(at);
			}
		}
		expect(await ask(`http://127.0.0.1:${server.securePort}/where`).catch(() => "no")).toBe("no");
		server.pause();
		expect(await ask(secure("/where")).catch(() => "closed")).toBe("closed");
		server.resume();
		expect((await ask(secure("/where"))).status).toBe(200);
		const former = secure("/where");
		await server.stop();
		expect(await ask(former).catch(() => "closed")).toBe("closed");
	});

	test("opens while the server runs, and shows a renewed certificate", async () => {
		server = new HttpServer(OPTIONS, (await httpDeps(ROUTES)).deps);
		server.start();
		expect(server.securePort).toBeUndefined();
		server.openSecure(secureAt(0));
		const port = server.securePort ?? 0;
		const before = await shownAt(port);
		await certificate.replace();
		expect(await shownAt(port)).toBe(before);
		server.renewCertificate();
		expect(await shownAt(port)).not.toBe(before);
		expect(server.securePort).toBe(port);
	});

	test("that is in use ends the start, with its setting in the message, and no port is held", async () => {
		const other = createServer().listen(0, "127.0.0.1");
		await new Promise((resolve) => other.once("listening", resolve));
		const address = other.address();
		const taken = typeof address === "object" ? (address?.port ?? 0) : 0;
		server = new HttpServer({ ...OPTIONS, secure: secureAt(taken) }, (await httpDeps([])).deps);
		expect(() => server.start()).toThrow(/https-port in \[core\]/);
		expect([server.port, server.securePort]).toEqual([0, undefined]);
		other.close();
	});

	test("has sessions of its own, with cookies that are Secure", async () => {
		server.start();
		const [open, safe] = [cookieOf(await ask(plain("/in"))), cookieOf(await ask(secure("/in")))];
		expect(open).toStartWith(`iottalk-${server.port}=`);
		expect(open).not.toContain("Secure");
		expect(safe).toStartWith(`iottalk-${server.securePort}=`);
		expect(safe).toContain("Secure");
		const who = async (address: string, cookie: string) =>
			(await ask(address, { cookie: cookie.split(";", 1)[0] ?? "" })).text();
		expect(await who(plain("/who"), open)).toBe(ADMIN.name);
		expect(await who(secure("/who"), safe)).toBe(ADMIN.name);
		// What came unencrypted, anyone on the way may have put there.
		expect(await who(secure("/who"), open)).toBe("nobody");
	});

	test("takes changes of no page that came unencrypted", async () => {
		server.start();
		const at = new URL(secure("/"));
		const from = async (origin: string) =>
			(await ask(secure("/change"), { origin }, "POST")).status;
		expect(await from(at.origin)).toBe(204);
		expect(await from(`http://${at.host}`)).toBe(403);
		expect(await from(new URL(plain("/")).origin)).toBe(403);
	});
});

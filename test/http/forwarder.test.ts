// Another server that is late, silent, too talkative or not trusted, and a clock the test moves.
import { afterEach, expect, test } from "bun:test";
import { Readable } from "node:stream";
import type { Call } from "../../src/http/call.ts";
import { Forwarder } from "../../src/http/forwarder.ts";
import { RequestHeaders } from "../../src/http/request-headers.ts";
import { testCertificate } from "../support/certificates.ts";
import { recordedLog } from "../support/log.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { until } from "../support/waiting.ts";

type Answer = (request: Request) => Response | Promise<Response>;

let upstream: ReturnType<typeof Bun.serve> | undefined;
afterEach(() => upstream?.stop(true));

function forwarderTo(base: string, ca?: string) {
	const clock = new ManualClock();
	const { log, lines } = recordedLog("http");
	const forwarder = new Forwarder(
		{
			...{ base, what: "the project manager", cookiePrefix: () => "g-" },
			...{ maxBodyBytes: 1000, bodyTimeoutMs: 5000, ca },
			isOwnLogin: (authorization) => authorization === "Bearer mine",
		},
		{ clock, log },
	);
	return { forwarder, clock, lines };
}

function behind(answer: Answer) {
	upstream = Bun.serve({ port: 0, hostname: "127.0.0.1", idleTimeout: 0, fetch: answer });
	return forwarderTo(`http://127.0.0.1:${upstream.port}`);
}

function call(
	method = "GET",
	fields: readonly string[] = [],
	body: Readable = Readable.from([]),
): Call {
	const host = { name: "localhost", key: "localhost", isAddress: false };
	return {
		request: new Request("http://localhost/x", { method }),
		headers: new RequestHeaders(fields),
		body: body as Call["body"],
		onOver: () => {},
		remoteAddress: "192.0.2.1",
		from: { host, isOwnHost: true, foreignOrigin: undefined },
		listener: { isEncrypted: false, port: 80 },
		base: "http://localhost",
		prefix: "",
	};
}

const reasonIn = async (response: Response) => {
	const { reason } = (await response.json()) as { reason: string };
	return [response.status, reason];
};

test("the other server is told who asks, and nothing that is not for it", async () => {
	let seen: Headers | undefined;
	const { forwarder } = behind((request) => {
		seen = request.headers;
		return Response.json({ path: new URL(request.url).pathname }, { status: 201 });
	});
	const fields = [
		"Cookie",
		"a=1; g-b=2",
		"X-Secret",
		"1",
		"Accept",
		"text/html",
		"Origin",
		"http://x",
	];
	const answer = await forwarder.forward(call("GET", fields), "/api/v1/x?y=1");
	expect([answer.status, await answer.json()]).toEqual([201, { path: "/api/v1/x" }]);
	const told = Object.fromEntries(seen ?? []);
	expect(told).toMatchObject({
		...{ cookie: "b=2", accept: "text/html", "x-forwarded-for": "192.0.2.1" },
		...{ "x-forwarded-proto": "http", "accept-encoding": "identity" },
	});
	expect([told.origin, told["x-secret"]]).toEqual([undefined, undefined]);
});

test.each([
	["Bearer mine", null],
	["Basic YTpi", "Basic YTpi"],
])("of logins it is shown those that are not for this server alone: %s", async (login, wanted) => {
	let seen: string | null | undefined;
	const { forwarder } = behind((request) => {
		seen = request.headers.get("authorization");
		return new Response("ok");
	});
	await forwarder.forward(call("GET", ["Authorization", login]), "/api/x");
	expect(seen).toEqual(wanted);
});

test("one that does not answer is given up, in one sentence, and its return is logged once", async () => {
	let isDeaf = true;
	const { promise: never } = Promise.withResolvers<Response>();
	const { forwarder, clock, lines } = behind(() => (isDeaf ? never : new Response("ok")));
	const late = forwarder.forward(call(), "/api/x");
	await until(() => clock.planned > 0, "the time limit");
	clock.move(30_000);
	expect(await reasonIn(await late)).toEqual([
		504,
		`the project manager at http://127.0.0.1:${upstream?.port} does not answer`,
	]);
	expect(forwarder.problem).toContain("does not answer");
	isDeaf = false;
	expect((await forwarder.forward(call(), "/api/x")).status).toBe(200);
	expect((await forwarder.forward(call(), "/api/x")).status).toBe(200);
	expect([forwarder.problem, forwarder.inFlight]).toEqual([undefined, 0]);
	expect(lines.map((line) => JSON.parse(line).msg)).toEqual([
		expect.stringContaining("does not answer"),
		"project manager can be reached again",
	]);
});

test("a stream that falls silent ends, and each end frees its place", async () => {
	const { forwarder, clock } = behind(() => {
		const body = new ReadableStream({
			start: (own) => own.enqueue(new TextEncoder().encode(":\n\n")),
		});
		return new Response(body, { headers: { "content-type": "text/event-stream" } });
	});
	const open = async () => (await forwarder.forward(call(), "/events")).body?.getReader();
	const [silent, left] = [await open(), await open()];
	expect([forwarder.streams, forwarder.inFlight]).toEqual([2, 2]);
	expect(new TextDecoder().decode((await silent?.read())?.value)).toBe(":\n\n");
	await left?.cancel();
	expect(forwarder.streams).toBe(1);
	const next = silent?.read();
	await until(() => clock.planned > 0, "the time limit");
	clock.move(60_000);
	expect((await next)?.done).toBe(true);
	expect([forwarder.streams, forwarder.inFlight]).toEqual([0, 0]);
});

test("bodies are bounded in size and time", async () => {
	const { forwarder, clock } = behind(async (request) => new Response(await request.text()));
	const post = (fields: readonly string[], body: Readable) =>
		forwarder.forward(call("POST", fields, body), "/api/x");
	const echoed = await post([], Readable.from([Buffer.from("ab"), Buffer.from("c")]));
	expect(await echoed.text()).toBe("abc");
	const announced = post(["Content-Length", "1001"], Readable.from([]));
	await expect(announced).rejects.toThrow("at most 1000 bytes");
	const long = post([], Readable.from([Buffer.alloc(600), Buffer.alloc(600)]));
	await expect(long).rejects.toThrow("at most 1000 bytes");
	const slow = post([], new Readable({ read: () => {} }));
	clock.move(5000);
	await expect(slow).rejects.toThrow("did not arrive within 5000 ms");
	await Promise.allSettled([announced, long, slow]);
	expect(forwarder.inFlight).toBe(0);
});

test("a certificate that is not trusted is said in words, and ccm-ca with them", async () => {
	const certificate = await testCertificate();
	const { certPath, keyPath } = certificate;
	upstream = Bun.serve({
		...{ port: 0, hostname: "127.0.0.1" },
		tls: { cert: Bun.file(certPath), key: Bun.file(keyPath) },
		fetch: () => new Response("x"),
	});
	const base = `https://127.0.0.1:${upstream.port}`;
	const refused = await forwarderTo(base).forwarder.forward(call(), "/api/x");
	expect(await reasonIn(refused)).toEqual([
		502,
		`cannot reach the project manager at ${base}: its certificate is not trusted (ccm-ca in [gui])`,
	]);
	const trusting = await forwarderTo(base, certificate.ca()).forwarder.forward(call(), "/api/x");
	expect([trusting.status, await trusting.text()]).toEqual([200, "x"]);
	certificate.remove();
});

test("pages of other origins, and other names, are refused before anything is asked", async () => {
	const { forwarder } = behind(() => new Response("secret"));
	const plain = call();
	const evil = { ...plain, from: { ...plain.from, foreignOrigin: "https://evil.example" } };
	await expect(forwarder.forward(evil, "/api/x")).rejects.toThrow("evil.example");
	const rebound = { ...plain, from: { ...plain.from, isOwnHost: false } };
	await expect(forwarder.forward(rebound, "/api/x")).rejects.toThrow();
	const form = call("POST", ["Sec-Fetch-Site", "cross-site"]);
	await expect(forwarder.forward(form, "/api/x")).rejects.toThrow("accepted only from");
});

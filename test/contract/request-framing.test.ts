// Requests as microcontrollers, proxies and careless clients frame them: what was carried out is answered.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { body } from "../support/gateway.ts";
import { answersIn, ask, talk } from "../support/raw-http.ts";
import { startTarget, type Target } from "../support/target.ts";

let target: Target;
beforeAll(async () => {
	target = await startTarget({ core: { "http-prefix": "/things" } });
});
afterAll(() => target.dispose());

const DATA = JSON.stringify(body());
const LENGTH = `Content-Length: ${DATA.length}`;
const TYPE = "Content-Type: application/json";
const lines = (...all: string[]) => `${all.join("\r\n")}\r\n\r\n`;
const putHead = (path: string, ...headers: string[]) =>
	lines(`PUT ${path} HTTP/1.1`, ...headers, TYPE, LENGTH);

async function isRegistered(id: string): Promise<boolean> {
	return (await ask(target, { path: `/${id}` })).status === 200;
}

describe("§2.2 the host is decided before anything is stored", () => {
	test.each([
		["HTTP/1.0 without one", "1.0", [], "127.0.0.1"],
		["an empty one", "1.1", ["Host:"], "127.0.0.1"],
		["an empty one of HTTP/1.0", "1.0", ["Host: "], "127.0.0.1"],
		["an address with a zone", "1.1", ["Host: [fe80::1%eth0]:9992"], "fe80::1%eth0"],
		["a zone as URLs have it", "1.1", ["Host: [fe80::1%25wlan0]"], "fe80::1%wlan0"],
		["a short address", "1.1", ["Host: 192.168.1"], "192.168.1"],
		["a number", "1.1", ["Host: 2130706433:80"], "2130706433"],
		["capitals and a dot", "1.1", ["Host: Gateway.LAN.:80"], "Gateway.LAN."],
		["an underscore", "1.0", ["Host: my_pi"], "my_pi"],
		["IPv6", "1.1", ["Host: [::1]:9992"], "::1"],
		["one letter", "1.1", ["Host: x"], "x"],
	])("%s is served", async (_, version, hosts, told) => {
		const id = randomUUID();
		const head = lines(`PUT /${id} HTTP/${version}`, ...hosts, TYPE, LENGTH, "Connection: close");
		const [answer] = answersIn(await talk(target, [head + DATA]));
		expect(answer).toMatchObject({ status: 200, json: { url: { host: told } } });
		expect(await isRegistered(id)).toBe(true);
	});

	test.each([
		["blanks", ["Host: a b"]],
		["a tab", ["Host: a\tb"]],
		["a port only", ["Host: :9992"]],
		["Latin letters", ["Host: g\xe4teway"]],
		["UTF-8", ["Host: g\xc3\xa4teway"]],
		["300 letters", [`Host: ${"x".repeat(300)}`]],
		["300 letters with dots", [`Host: ${"x.".repeat(150)}`]],
		["a path", ["Host: a/b"]],
		["a user", ["Host: a@b"]],
		["per cent", ["Host: a%41"]],
		["two names", ["Host: a, b"]],
		["two ports", ["Host: a:1:2"]],
		["a large port", ["Host: a:65536"]],
		["an open bracket", ["Host: [::1"]],
		["an address without brackets", ["Host: ::1"]],
		["an empty zone", ["Host: [fe80::1%]"]],
		["a quote", ['Host: "a"']],
		["a Host twice", ["Host: a", "Host: a"]],
		["two Hosts", ["Host: a", "Host: b"]],
		["none, in HTTP/1.1", []],
	])("%s: refused with 400, and nothing is stored", async (_, hosts) => {
		const id = randomUUID();
		const head = lines(`PUT /${id} HTTP/1.1`, ...hosts, TYPE, LENGTH, "Connection: close");
		const text = await talk(target, [head + DATA]);
		expect(text).toStartWith("HTTP/1.1 400 ");
		const [answer] = answersIn(text);
		const reason = expect.stringContaining("Host");
		expect(answer?.json).toMatchObject({ id, state: "error", reason });
		expect(await isRegistered(id)).toBe(false);
		for (const method of ["GET", "DELETE", "OPTIONS", "HEAD"]) {
			const other = lines(`${method} /${id} HTTP/1.1`, ...hosts, "Connection: close");
			expect(await talk(target, [other])).toStartWith("HTTP/1.1 400 ");
		}
	});

	test("the host in an absolute target counts", async () => {
		const id = randomUUID();
		const head = putHead(`http://Gateway.lan:80/${id}`, "Host: other", "Connection: close");
		const [answer] = answersIn(await talk(target, [head + DATA]));
		expect(answer).toMatchObject({ status: 200, json: { url: { host: "Gateway.lan" } } });
		const bad = putHead(`http://a b/${randomUUID()}`, "Host: other", "Connection: close");
		expect(await talk(target, [bad + DATA])).toStartWith("HTTP/1.1 400 ");
		const odd = putHead(`http://a@b/${randomUUID()}`, "Host: other", "Connection: close");
		expect(await talk(target, [odd + DATA])).toStartWith("HTTP/1.1 400 ");
	});
});

describe("§2.1 whatever was carried out is answered", () => {
	const CLOSE = lines("GET /health HTTP/1.1", "Host: x", "Connection: close");
	const put = (id: string) => putHead(`/${id}`, "Host: x");

	/** The pieces of what is sent for two devices, and how many answers it gets. */
	const ways: [string, (a: string, b: string) => string[], number][] = [
		["a line end behind the body", (a) => [`${put(a)}${DATA}\r\n`, CLOSE], 2],
		["a line end that comes later", (a) => [put(a) + DATA, "\r\n", CLOSE], 2],
		["a line end in halves", (a) => [put(a) + DATA, "\r", "\n", CLOSE], 2],
		["three line ends", (a) => [`${put(a)}${DATA}\r\n\r\n\r\n${CLOSE}`], 2],
		["head, body and line end apart", (a) => [put(a), DATA, "\r\n", CLOSE], 2],
		["a request behind it", (a) => [put(a) + DATA + CLOSE], 2],
		["a request behind it, later", (a) => [put(a) + DATA, CLOSE], 2],
		["two registrations and more", (a, b) => [put(a) + DATA + put(b) + DATA + CLOSE], 3],
		["two with line ends", (a, b) => [`${put(a)}${DATA}\r\n${put(b)}${DATA}\r\n`, CLOSE], 3],
	];
	test.each(ways)("%s", async (_, pieces, count) => {
		const [a, b] = [randomUUID(), randomUUID()];
		for (const pauseMs of [0, 1, 5]) {
			const answers = answersIn(await talk(target, pieces(a, b), { pauseMs }));
			expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: count }, () => 200));
			expect(answers[0]?.json).toMatchObject({ id: a, state: "ok" });
		}
	});

	test.each(["X-Check: 1", "X-Check: 1\r\nY: 2", "Host: evil"])(
		"chunks with the trailer %p",
		async (trailer) => {
			const id = randomUUID();
			const head = lines(`PUT /${id} HTTP/1.1`, "Host: x", TYPE, "Transfer-Encoding: chunked");
			const size = DATA.length.toString(16);
			const chunks = `${size}\r\n${DATA}\r\n0\r\n${trailer}\r\n\r\n`;
			const answers = answersIn(await talk(target, [head + chunks, CLOSE]));
			expect(answers.map(({ status }) => status)).toEqual([200, 200]);
		},
	);

	test.each([
		["at once", [`${put("ID")}${DATA}`]],
		["with a line end behind the body", [`${put("ID")}${DATA}\r\n`]],
		["in pieces", [put("ID"), DATA]],
		["over HTTP/1.0", [put("ID").replace("HTTP/1.1", "HTTP/1.0"), DATA]],
	])("a client that sends %s and then closes its side", async (_, pieces) => {
		const id = randomUUID();
		const sent = pieces.map((piece) => piece.replace("ID", id));
		const answers = answersIn(await talk(target, sent, { endsAtOnce: true }));
		expect(answers[0]).toMatchObject({ status: 200, json: { id } });
	});

	test("a client that closes its side within the body registers nothing", async () => {
		const id = randomUUID();
		const text = await talk(target, [put(id) + DATA.slice(0, -1)], { endsAtOnce: true });
		expect(text === "" || text.startsWith("HTTP/1.1 400 ")).toBe(true);
		expect(await isRegistered(id)).toBe(false);
	});

	test("garbage behind the body does not take its answer away", async () => {
		const id = randomUUID();
		const text = await talk(target, [`${put(id)}${DATA}\xff\xff\xff garbage\r\n\r\n`]);
		const [first, second] = answersIn(text);
		expect(first).toMatchObject({ status: 200, json: { id } });
		expect(second?.status ?? 400).toBe(400);
	});

	const chunked = lines("PUT /ID HTTP/1.1", "Host: x", TYPE, "Transfer-Encoding: chunked");
	const behind: [string, string, number][] = [
		["a request without a Host", lines("GET / HTTP/1.1", "Connection: close"), 400],
		["a chunk without a length", `${chunked}ZZ\r\n`, 400],
		["a bad chunk behind a good one", `${chunked}2\r\n{}\r\nZZ\r\n`, 400],
		["a tunnel", lines("CONNECT a:1 HTTP/1.1", "Host: a"), 501],
		["a tunnel without a Host", lines("CONNECT a:1 HTTP/1.1"), 501],
	];
	test.each(behind)("%s does not take its answer away", async (_, text, refused) => {
		for (const pauseMs of [0, 0.5, 1, 3]) {
			const [id, other] = [randomUUID(), randomUUID()];
			const second = text.replace("ID", other);
			const first = put(id) + DATA;
			const pieces = pauseMs === 0 ? [first + second] : [first, second];
			const answers = answersIn(await talk(target, pieces, { pauseMs }));
			expect(answers.map(({ status }) => status)).toEqual([200, refused]);
			expect(answers[0]?.json).toMatchObject({ id, state: "ok" });
			expect(answers[1]?.json.state).toBe("error");
			expect(await isRegistered(other)).toBe(false);
		}
	});

	test("an answer before the body has come leaves nothing of it for the next request", async () => {
		const head = lines(`PUT /${randomUUID()} HTTP/1.1`, "Host: a b", TYPE, LENGTH);
		const id = randomUUID();
		const smuggled = putHead(`/${id}`, "Host: x");
		const text = await talk(target, [head, smuggled + DATA]);
		expect(text).toStartWith("HTTP/1.1 400 ");
		expect(await isRegistered(id)).toBe(false);
	});
});

describe("§2 paths", () => {
	test.each(["/%", "/%zz", "/%c3", "/%ff", "/csm/%", "/token/%/x", "/health%", "/api/functions/%"])(
		"%s is answered with 400 and without a stack in the log",
		async (path) => {
			for (const method of ["GET", "PUT", "OPTIONS"]) {
				const { status, json } = await ask(target, { method, path });
				expect([status, json.state]).toEqual([400, "error"]);
			}
			expect(target.log()).not.toContain("request failed");
			expect(target.log()).not.toContain("    at ");
		},
	);

	test.each(["//", "///", "/csm/", "/csm//", "//csm//", "/things/", "http://x//"])(
		"%s<uuid> is a device",
		async (before) => {
			const path = `${before}${randomUUID()}`;
			const { status } = await ask(target, { method: "PUT", path, body: body() });
			expect(status).toBe(200);
			expect((await ask(target, { path: `${path}/` })).status).toBe(200);
			expect((await ask(target, { path: `${path}?token=x` })).status).toBe(200);
		},
	);

	test("other paths are unknown", async () => {
		for (const path of ["/csm", "/csm/x", "/other/", "/x/csm/y", "/a//b"]) {
			expect((await ask(target, { path: `${path}` })).status).not.toBe(500);
			expect((await ask(target, { path: `/other/${randomUUID()}` })).status).toBe(404);
		}
	});
});

describe("§2.1 bodies", () => {
	test.each(["gzip", "GZIP", "deflate", "br", "gzip, identity", "x"])(
		"the encoding %s is refused with the reason",
		async (encoding) => {
			const { status, json } = await ask(target, {
				method: "PUT",
				path: `/${randomUUID()}`,
				headers: [`Content-Encoding: ${encoding}`],
				body: body(),
			});
			expect([status, json.state]).toEqual([415, "error"]);
			expect(json.reason).toContain(`content encoding not supported: '${encoding}'`);
		},
	);

	test("identity is none", async () => {
		const { status } = await ask(target, {
			method: "PUT",
			path: `/${randomUUID()}`,
			headers: ["Content-Encoding: identity"],
			body: body(),
		});
		expect(status).toBe(200);
	});
});

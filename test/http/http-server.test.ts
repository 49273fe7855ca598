import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Type } from "@sinclair/typebox";
import { json, plainReply } from "../../src/http/replies.ts";
import { type Route, route, routeReading, type Who } from "../../src/http/route.ts";
import { InputError, StorageError } from "../../src/kit/errors.ts";
import { ADMIN, startHttp, type TestHttp } from "../support/http-server.ts";
import { basic } from "../support/logins.ts";

const ID = "01234567-89ab-4def-8123-456789abcdef";
const common = { summary: "A test", replies: {} };

const shown = (path: string, who: Who): Route =>
	route({
		...common,
		method: "GET",
		path,
		who,
		run: ({ visitor }) => plainReply(`${visitor.kind} at ${path}`, "text/plain"),
	});

const failing = (path: string, error: unknown): Route =>
	route({
		...common,
		method: "GET",
		path,
		who: "anyone",
		run: () => {
			throw error;
		},
	});

function celsiusIn({ celsius }: { readonly celsius?: unknown }): number {
	if (typeof celsius === "number") return celsius;
	throw new InputError("field 'celsius' should be a number", "celsius");
}

const ROUTES: readonly Route[] = [
	shown("/open", "anyone"),
	shown("/open-to-pages", "any-page"),
	shown("/secret", "admin"),
	shown("/own", "account"),
	{ ...shown("/for-devices", "anyone"), hosts: "any" },
	{ ...shown("/figures", "admin"), hosts: "with-logins" },
	shown("/things/{id}", "anyone"),
	routeReading(celsiusIn, {
		...common,
		method: "PUT",
		path: "/measures",
		who: "admin",
		body: Type.Object({ celsius: Type.Number() }),
		audit: "measure stored by an admin",
		run: (_, celsius) => json(200, { kelvin: celsius + 273 }),
	}),
	routeReading(
		({ word }) => {
			if (word !== "please") throw new InputError("say please", "word");
			return word;
		},
		{
			...common,
			method: "POST",
			path: "/wishes/{id}",
			who: "owner",
			body: Type.Object({ word: Type.String() }),
			run: (_, word) => json(200, { word }),
		},
	),
	failing("/full", new StorageError("the disk is full")),
	failing("/broken/{id}", new Error("secret detail")),
];

let open: TestHttp;
let closed: TestHttp;
beforeAll(async () => {
	open = await startHttp(ROUTES);
	closed = await startHttp(ROUTES, { logins: true });
});
afterAll(async () => {
	await open.stop();
	await closed.stop();
});

const LOGIN = { Authorization: basic(ADMIN.name, ADMIN.password) };
const JSON_TYPE = { "Content-Type": "application/json" };

async function ask(server: TestHttp, path: string, init: RequestInit = {}) {
	const response = await fetch(server.url + path, init);
	return { status: response.status, text: await response.text(), headers: response.headers };
}

describe("a route's table", () => {
	test("decides who may use it while logins are on", async () => {
		expect(await ask(closed, "/open")).toMatchObject({ status: 200, text: "anonymous at /open" });
		expect(await ask(closed, "/secret")).toMatchObject({ status: 401 });
		const { status, text } = await ask(closed, "/secret", { headers: LOGIN });
		expect([status, text]).toEqual([200, "admin at /secret"]);
		const wrong = await ask(closed, "/secret", { headers: { Authorization: basic("x", "y") } });
		expect(wrong.status).toBe(401);
		expect(wrong.headers.get("www-authenticate")).toContain("Bearer");
	});

	test("and while they are off, where only pages of other origins are told apart", async () => {
		expect((await ask(open, "/secret")).text).toBe("admin at /secret");
		const headers = { Origin: "http://evil.example" };
		expect((await ask(open, "/open", { headers })).status).toBe(403);
		expect((await ask(open, "/secret", { headers })).status).toBe(403);
		expect((await ask(open, "/open-to-pages", { headers })).status).toBe(200);
	});

	test("and by which names of the server, whether logins are on or off", async () => {
		const headers = { Host: "gateway.fritz.box" };
		for (const server of [open, closed]) {
			for (const path of ["/open", "/open-to-pages", "/own", "/secret"]) {
				const { status, text } = await ask(server, path, { headers: { ...LOGIN, ...headers } });
				expect([path, status]).toEqual([path, 403]);
				expect(text).toContain("allowed-origins");
			}
			expect((await ask(server, "/for-devices", { headers })).status).toBe(200);
		}
		const shown = { headers: { ...LOGIN, ...headers } };
		expect((await ask(closed, "/figures", shown)).status).toBe(200);
		expect((await ask(open, "/figures", shown)).status).toBe(403);
		// No name of the Internet, and a login that no browser sends by itself.
		const short = { headers: { ...LOGIN, Host: "gateway" } };
		expect((await ask(closed, "/own", short)).status).toBe(200);
	});

	test("what changes something is not taken from another site's page", async () => {
		const request = { method: "PUT", body: '{"celsius":1}' };
		const headers = { ...LOGIN, ...JSON_TYPE };
		const own = await ask(closed, "/measures", { ...request, headers });
		expect([own.status, own.text]).toEqual([200, '{"kelvin":274}']);
		const other = { ...headers, "Sec-Fetch-Site": "cross-site" };
		expect((await ask(closed, "/measures", { ...request, headers: other })).status).toBe(403);
	});

	test("what an admin changes is written down while logins are on", async () => {
		const request = { method: "PUT", headers: { ...LOGIN, ...JSON_TYPE }, body: '{"celsius":1}' };
		await ask(closed, "/measures", request);
		await ask(open, "/measures", request);
		expect(closed.log()).toContain('"msg":"measure stored by an admin"');
		expect(open.log()).not.toContain("measure stored");
	});
});

describe("a body", () => {
	const put = (body: string, headers: Record<string, string> = JSON_TYPE) =>
		ask(open, "/measures", { method: "PUT", headers, body });

	test("that is not a JSON object, or does not fit, is refused, and the log says nothing", async () => {
		for (const [body, expected, reason] of [
			['{"celsius":"warm"}', 403, "field 'celsius' should be a number"],
			["{}", 403, "field 'celsius' should be a number"],
			["[]", 400, "json body should be an object"],
			["{", 400, "json decode error"],
		] as const) {
			const { status, text } = await put(body);
			expect([status, JSON.parse(text)]).toEqual([
				expected,
				{ state: "error", reason: expect.stringContaining(reason) },
			]);
		}
		expect(open.log()).not.toContain("celsius");
	});

	test("is checked by the module in words of its own", async () => {
		const wish = (body: string) =>
			ask(open, `/wishes/${ID}`, { method: "POST", headers: JSON_TYPE, body });
		expect((await wish('{"word":"please"}')).status).toBe(200);
		const { status, text } = await wish('{"word":"now"}');
		expect([status, JSON.parse(text)]).toEqual([
			403,
			{ id: ID, state: "error", reason: "say please" },
		]);
	});

	test("of another type is refused", async () => {
		const { status, text } = await put("{}", { "Content-Type": "text/csv" });
		expect([status, text]).toEqual([400, expect.stringContaining("'text/csv'")]);
	});
});

describe("a path", () => {
	test("an id is a UUID in any case", async () => {
		expect((await ask(open, `/things/${ID.toUpperCase()}`)).status).toBe(200);
		expect((await ask(open, "/things/other")).status).toBe(404);
	});

	test("that is not known is answered with 404", async () => {
		const { status, text } = await ask(open, "/nowhere");
		expect([status, JSON.parse(text).state]).toEqual([404, "error"]);
	});
});

describe("an answer", () => {
	test("to HEAD has one length, that of GET", async () => {
		const { port } = new URL(open.url);
		const { promise, resolve } = Promise.withResolvers<string>();
		let text = "";
		await Bun.connect({
			hostname: "127.0.0.1",
			port: Number(port),
			socket: {
				open: (socket) =>
					void socket.write("HEAD /open HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
				data: (_, bytes) => {
					text += bytes.toString();
				},
				close: () => resolve(text),
			},
		});
		const lengths = [...(await promise).matchAll(/^content-length: (\d+)/gim)];
		expect(lengths.map(([, length]) => length)).toEqual([String("anonymous at /open".length)]);
	});

	test("to what the disk does not take is 503", async () => {
		const { status, text } = await ask(open, "/full");
		expect([status, JSON.parse(text).reason]).toEqual([503, "the disk is full"]);
	});

	test("to a mistake of ours is 500: the log has it, the client does not", async () => {
		const { status, text } = await ask(open, `/broken/${ID}`);
		expect([status, JSON.parse(text).id]).toEqual([500, ID]);
		expect(text).not.toContain("secret detail");
		expect(open.log()).toContain("secret detail");
	});
});

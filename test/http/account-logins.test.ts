import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Type } from "@sinclair/typebox";
import { json } from "../../src/http/replies.ts";
import { type Route, route, routeReading } from "../../src/http/route.ts";
import { ADMIN, DEVICE, startHttp, TEACHER, type TestHttp } from "../support/http-server.ts";
import { basic } from "../support/logins.ts";

const common = { summary: "A test", who: "account", replies: {} } as const;

const ROUTES: readonly Route[] = [
	route({
		...common,
		method: "ANY",
		path: "/me",
		run: ({ account, logins }) =>
			json(200, { account: account() ?? null, session: logins().session ?? null }),
	}),
	routeReading(
		({ username, password }) => ({ name: String(username), password: String(password) }),
		{
			...common,
			method: "POST",
			path: "/account/login",
			body: Type.Object({}),
			run: async ({ logins }, { name, password }) => {
				const found = await logins().verify(name, password);
				if (found.kind !== "account") return json(401, { kind: found.kind });
				const cookie = await logins().open(found.account);
				return json(200, { id: found.account.id }, { "set-cookie": cookie });
			},
		},
	),
	route({
		...common,
		method: "GET",
		path: "/account/logout",
		run: async ({ logins }) => json(200, {}, { "set-cookie": await logins().close() }),
	}),
];

type Headers = Record<string, string>;

describe.each([
	["off", false],
	["on", true],
])("while logins are %s", (_, logins) => {
	let server: TestHttp;
	beforeAll(async () => {
		server = await startHttp(ROUTES, { logins });
	});
	afterAll(() => server.stop());

	const me = async (headers: Headers = {}, method = "GET") => {
		const response = await fetch(`${server.url}/me`, { method, headers });
		const body: { account?: unknown; session?: unknown } = await response.json();
		return { status: response.status, ...body };
	};
	const logIn = (body: object, headers: Headers = {}) =>
		fetch(`${server.url}/account/login`, {
			method: "POST",
			headers: { "Content-Type": "application/json", ...headers },
			body: JSON.stringify(body),
		});
	const teacher = { username: TEACHER.name, password: TEACHER.password };
	const account = { id: 2, name: "teacher", role: "teacher" };

	test("no one is logged in without an account's login", async () => {
		for (const headers of [{}, { Authorization: "Bearer x" }, { Cookie: "iottalk-1=x" }]) {
			expect(await me(headers as Headers)).toMatchObject({ status: 200, account: null });
		}
		for (const login of [basic(DEVICE.id, DEVICE.password), basic("token", "a-good-token")]) {
			expect(await me({ Authorization: login })).toMatchObject({ status: 401 });
		}
	});

	test("a program is known by name and password, with each request", async () => {
		const Authorization = basic(TEACHER.name, TEACHER.password);
		for (const method of ["GET", "POST", "DELETE"]) {
			expect(await me({ Authorization }, method)).toMatchObject({ status: 200, account });
		}
		const admin = await me({ Authorization: basic(ADMIN.name, ADMIN.password) });
		expect(admin.account).toEqual({ id: 1, name: ADMIN.name, role: "admin" });
		expect((await me({ Authorization: basic(TEACHER.name, "wrong") })).status).toBe(401);
	});

	test("a page is known by its cookie, until it logs out", async () => {
		expect((await logIn({ ...teacher, password: "wrong" })).status).toBe(401);
		const answer = await logIn(teacher, { "Sec-Fetch-Site": "same-origin" });
		expect(await answer.json()).toEqual({ id: 2 });
		const set = answer.headers.get("set-cookie") ?? "";
		expect([set.includes("HttpOnly"), set.includes("SameSite=Strict")]).toEqual([true, true]);
		const Cookie = set.split(";", 1)[0] ?? "";
		expect(await me({ Cookie })).toMatchObject({ account, session: Cookie.split("=")[1] ?? "" });
		expect((await me({ Cookie, Origin: server.url }, "POST")).status).toBe(200);
		expect(server.log()).toMatch(/"user":"teacher",.*"msg":"logged in"/);
		const out = await fetch(`${server.url}/account/logout`, { headers: { Cookie } });
		expect(out.headers.get("set-cookie")).toContain("Max-Age=0");
		expect((await me({ Cookie })).account).toBeNull();
	});

	test("another page changes nothing, logs no one in, and is not known by a password", async () => {
		const answer = await logIn(teacher);
		const Cookie = (answer.headers.get("set-cookie") ?? "").split(";", 1)[0] ?? "";
		const Authorization = basic(TEACHER.name, TEACHER.password);
		const pages: Headers[] = [
			{ "Sec-Fetch-Site": "same-site" },
			{ "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors" },
			{ Origin: "http://evil.example" },
			{ Origin: "null" },
		];
		for (const page of pages) {
			expect((await me({ ...page, Cookie }, "POST")).status).toBe(403);
			expect((await logIn(teacher, page)).status).toBe(403);
		}
		expect((await me({ Origin: "http://evil.example", Authorization }, "POST")).status).toBe(403);
	});
});

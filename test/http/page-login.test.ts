import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Type } from "@sinclair/typebox";
import { plainReply } from "../../src/http/replies.ts";
import { route, routeReading } from "../../src/http/route.ts";
import { ADMIN, startHttp, type TestHttp } from "../support/http-server.ts";

let server: TestHttp;
beforeAll(async () => {
	const common = { summary: "A test", who: "admin", replies: {} } as const;
	const page = (path: string) =>
		route({
			...common,
			method: "GET",
			path,
			replies: { 200: { description: "a page", type: "text/html" } },
			run: () => plainReply("page", "text/html"),
		});
	server = await startHttp(
		[
			page("/"),
			page("/lamps/{id}"),
			route({ ...common, method: "GET", path: "/list", run: () => plainReply("[]", "text/plain") }),
			routeReading((body) => body, {
				...common,
				method: "PUT",
				path: "/lamp",
				who: "owner",
				body: Type.Object({}),
				run: ({ visitor }) => plainReply(visitor.kind, "text/plain"),
			}),
		],
		{ logins: true },
	);
});
afterAll(() => server.stop());

const form = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
	fetch(`${server.url}/login`, {
		method: "POST",
		redirect: "manual",
		headers,
		body: new URLSearchParams(fields),
	});

const cookieOf = (response: Response) =>
	response.headers.get("set-cookie")?.split(";", 1)[0] ?? "no cookie";

const home = (headers: Record<string, string> = {}) => fetch(`${server.url}/`, { headers });

describe("logging in at the page", () => {
	test("gives a cookie that shows pages, until logging out", async () => {
		const answer = await form(ADMIN);
		expect([answer.status, answer.headers.get("location")]).toEqual([303, "./"]);
		expect(answer.headers.get("set-cookie")).toContain("HttpOnly");
		const Cookie = cookieOf(answer);
		expect((await home({ Cookie })).status).toBe(200);
		expect(server.log()).toContain('"msg":"logged in at the page"');
		const logout = await fetch(`${server.url}/logout`, {
			method: "POST",
			redirect: "manual",
			headers: { Cookie },
		});
		expect([logout.status, logout.headers.get("set-cookie")]).toEqual([
			303,
			expect.stringContaining("Max-Age=0"),
		]);
		expect((await home({ Cookie })).status).toBe(401);
	});

	test("the cookie changes nothing of devices", async () => {
		const response = await fetch(`${server.url}/lamp`, {
			method: "PUT",
			headers: { Cookie: cookieOf(await form(ADMIN)), "Content-Type": "application/json" },
			body: "{}",
		});
		expect(await response.text()).toBe("anonymous");
	});

	test.each([
		["a wrong password", { ...ADMIN, password: "wrong" }],
		["an unknown name", { ...ADMIN, name: "root" }],
		["no password", { name: ADMIN.name }],
		["nothing at all", {}],
	] as const)("%s shows the form again, with the reason", async (_, fields) => {
		const answer = await form(fields);
		expect([answer.status, await answer.text()]).toEqual([
			401,
			"<form>Wrong name or password.</form>",
		]);
		expect(answer.headers.get("set-cookie")).toBeNull();
	});

	test("a form of another site is refused", async () => {
		for (const headers of [
			{ "Sec-Fetch-Site": "cross-site" },
			{ "Sec-Fetch-Site": "same-site" },
			{ Origin: "http://evil.example" },
			{ Origin: "null" },
		]) {
			const answer = await form(ADMIN, headers as Record<string, string>);
			expect([answer.status, answer.headers.get("set-cookie")]).toEqual([403, null]);
		}
		expect((await form(ADMIN, { Origin: server.url })).status).toBe(303);
	});

	test.each(["/", "/csm/", "/lamps/01234567-89ab-4def-8123-456789abcdef"])(
		"a browser that asks for the page %s is shown the form, a program is told",
		async (path) => {
			const ask = (Accept: string) => fetch(server.url + path, { headers: { Accept } });
			const browser = await ask("text/html,*/*");
			expect([browser.status, browser.headers.get("content-type")]).toEqual([
				401,
				"text/html; charset=utf-8",
			]);
			const program = await ask("*/*");
			expect([program.status, await program.json()]).toMatchObject([401, { state: "error" }]);
		},
	);

	test("a browser that asks for something else is told", async () => {
		const answer = await fetch(`${server.url}/list/`, { headers: { Accept: "text/html" } });
		expect([answer.status, await answer.json()]).toMatchObject([401, { state: "error" }]);
	});
});

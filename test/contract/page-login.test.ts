// Logging in at the live page, and what others could try with its form and its cookie.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { body, JSON_TYPE } from "../support/gateway.ts";
import {
	ADMIN,
	addAdmin,
	addSecondAdmin,
	forgive,
	makeToken,
	register,
	type,
} from "../support/logins.ts";
import { startTarget, type Target } from "../support/target.ts";
import { until, within } from "../support/waiting.ts";

describe("the live page's login", () => {
	let target: Target;
	beforeAll(async () => {
		target = await startTarget({ core: { auth: "on", "http-prefix": "/csm" } });
		addAdmin(target);
		addSecondAdmin(target);
	});
	afterAll(() => target.dispose());

	let guesses = 0;
	afterEach(async () => {
		if (guesses > 0) await forgive(target);
		guesses = 0;
	});

	const ask = (path: string, headers: Record<string, string> = {}, method = "GET") =>
		fetch(`${target.http}${path}`, { method, headers, redirect: "manual" });
	const HTML = { Accept: "text/html,*/*" };

	const logIn = (
		login: { username: string; password: string },
		headers: Record<string, string> = {},
		path = "/login",
	) =>
		fetch(`${target.http}${path}`, {
			method: "POST",
			headers,
			redirect: "manual",
			body: new URLSearchParams({ name: login.username, password: login.password }),
		});

	const logged = (text: RegExp) =>
		until(() => text.test(target.log()), `${text} in the log`, { seen: target.log });

	async function session(): Promise<string> {
		const answer = await logIn(ADMIN);
		return (answer.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
	}

	test("a browser without a login gets the form, which asks for nothing by a dialogue", async () => {
		for (const path of ["/", "/openapi", "/csm/"]) {
			const answer = await ask(path, HTML);
			expect([path, answer.status]).toEqual([path, 401]);
			expect(await answer.text()).toContain('<form method="post" action="login">');
			expect(answer.headers.get("www-authenticate")).toBeNull();
			expect(answer.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
			expect(answer.headers.get("content-security-policy")).toContain("form-action 'self'");
			expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
		}
		expect((await ask("/api/status", HTML)).headers.get("content-type")).toContain("json");
	});

	test("the form gives a cookie that scripts and other sites cannot use", async () => {
		for (const path of ["/login", "/csm/login"]) {
			const answer = await logIn(ADMIN, {}, path);
			expect(answer.status).toBe(303);
			expect(answer.headers.get("location")).toBe("./");
			const cookie = answer.headers.get("set-cookie") ?? "";
			for (const part of ["HttpOnly", "SameSite=Strict", "Path=/"]) expect(cookie).toContain(part);
			// Without encryption a browser would not send it back.
			expect(cookie).not.toContain("Secure");
			expect(answer.headers.get("access-control-allow-origin")).toBeNull();
		}
		const cookie = await session();
		expect((await ask("/", { ...HTML, cookie })).status).toBe(200);
		expect((await ask("/api/status", { cookie })).status).toBe(200);
		expect(target.log()).toContain("logged in at the page");
		expect(target.log()).not.toContain(cookie.split("=")[1] ?? "");
	});

	test("behind encryption the cookie is sent nowhere else", async () => {
		const behind = await startTarget({ core: { auth: "on", "http-scheme": "https" } });
		addAdmin(behind);
		const answer = await fetch(`${behind.http}/login`, {
			method: "POST",
			redirect: "manual",
			body: new URLSearchParams({ name: ADMIN.username, password: ADMIN.password }),
		});
		expect(answer.headers.get("set-cookie")).toContain("Secure");
		await behind.dispose();
	});

	test("no one else gets in by it: wrong passwords, devices, nonsense", async () => {
		const device = await register(target, makeToken(target, "class"));
		for (const [username, password] of [
			[ADMIN.username, "wrong"],
			["nobody", ADMIN.password],
			[device.username, device.password],
			["<script>alert(1)</script>", "x"],
		]) {
			const answer = await logIn({ username: username ?? "", password: password ?? "" });
			guesses += 1;
			expect(answer.status).toBe(401);
			expect(answer.headers.get("set-cookie")).toBeNull();
			const text = await answer.text();
			expect(text).toContain("Wrong name or password.");
			expect(text).not.toContain("alert(1)");
		}
		for (const cookie of ["", "=", "iottalk-1=x", "x".repeat(5000), "a=b; iottalk-0=%00"]) {
			expect((await ask("/api/status", { cookie })).status).toBe(401);
		}
		expect((await ask("/login")).status).toBe(404);
		const long = await logIn({ username: "x", password: "x".repeat(2 << 20) });
		expect(long.status).toBe(413);
	});

	test("a form of another site logs no one in or out", async () => {
		const cookie = await session();
		const own = new URL(target.http).host;
		for (const headers of [
			{ origin: "http://evil.example" },
			{ origin: "null" },
			{ origin: `http://127.0.0.1:1` },
			{ "sec-fetch-site": "cross-site", origin: `http://${own}` },
			{ "sec-fetch-site": "same-site" },
			{ "sec-fetch-site": "none" },
		] as Record<string, string>[]) {
			expect([headers, (await logIn(ADMIN, headers)).status]).toEqual([headers, 403]);
			expect((await ask("/logout", { ...headers, cookie }, "POST")).status).toBe(403);
		}
		expect((await ask("/api/status", { cookie })).status).toBe(200);
		expect((await logIn(ADMIN, { origin: `http://${own}` })).status).toBe(303);
		expect((await logIn(ADMIN, { "sec-fetch-site": "same-origin" })).status).toBe(303);
	});

	test("nothing can be changed with the cookie, and no device be read", async () => {
		const cookie = await session();
		const path = `/${randomUUID()}`;
		for (const method of ["PUT", "POST", "DELETE", "GET"]) {
			const answer = await fetch(`${target.http}${path}`, {
				method,
				headers: { ...JSON_TYPE, cookie },
				...(method !== "GET" && { body: JSON.stringify(body()) }),
			});
			expect([method, answer.status]).toEqual([method, 401]);
		}
	});

	test("logging out ends the session everywhere", async () => {
		const cookie = await session();
		const events = await ask("/api/events", { cookie });
		const answer = await ask("/logout", { cookie }, "POST");
		expect(answer.status).toBe(303);
		expect(answer.headers.get("set-cookie")).toContain("Max-Age=0");
		expect((await ask("/api/status", { cookie })).status).toBe(401);
		expect(await within(events.text(), "the end of the events")).toContain("event: change");
	});

	test("sessions and pages of a removed admin end", async () => {
		type(target, ["user", "add", "guest"], "guest's password\n");
		// The server looks once a second.
		await logged(/account added.*user guest/);
		const answer = await logIn({ username: "guest", password: "guest's password" });
		const cookie = (answer.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
		const events = await ask("/api/events", { cookie });
		expect(events.status).toBe(200);
		type(target, ["user", "del", "guest"]);
		await within(events.text(), "the end of the events");
		expect((await ask("/api/status", { cookie })).status).toBe(401);
		await logged(/account removed.*user guest/);
	});

	test("guessing at the form is slowed down", async () => {
		let status = 0;
		for (let n = 0; n < 10 && status !== 429; n++) {
			status = (await logIn({ username: ADMIN.username, password: `guess ${n}` })).status;
			guesses += 1;
		}
		expect(status).toBe(429);
	});
});

// Accounts of REST v0 (`ccm-gui.md §3.1`) over real HTTP.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { CcmHttp } from "../support/ccm-http.ts";

let ccm: CcmHttp;
beforeAll(async () => {
	ccm = await CcmHttp.start();
});
afterAll(() => ccm.stop());

const NO_BODY = "Content-type should be `application/json` and body should not be empty";

describe("accounts", () => {
	const at = (path: string, body?: object) =>
		ccm.json(null, "POST", `/api/v0/account/${path}`, body);

	test("are made and log in; a second login answers the same id", async () => {
		const made = await at("create", { username: "dora", password: "pw" });
		expect(made).toEqual({ status: 200, body: { state: "ok", id: 5 } });
		expect((await at("create/", { username: "dora", password: "pw" })).body.reason).toBe(
			"username already exists",
		);
		const response = await ccm.logIn("dora");
		expect(await response.json()).toEqual({ state: "ok", id: 5 });
		expect(response.headers.get("set-cookie")).toContain("HttpOnly");
		expect(response.headers.get("cache-control")).toBe("no-store");
		const dora = { u_name: "dora" };
		const again = await ccm.json(dora, "POST", "/api/v0/account/login", {
			...{ username: "dora", password: "pw" },
		});
		expect(again.body.id).toBe(5);
		expect((await ccm.json(dora, "GET", "/api/v0/account/logout")).status).toBe(200);
		expect((await ccm.json(dora, "GET", "/api/v0/account/logout")).status).toBe(401);
	});

	test("refuse what is wrong, with one reason", async () => {
		expect(await at("login", { username: "ann", password: "no" })).toEqual({
			status: 401,
			body: { state: "error", reason: "invalid username or password" },
		});
		const reasons = await Promise.all([
			...[
				at("login"),
				at("login", { username: "ann" }),
				at("login", { username: 5, password: "x" }),
			],
			...[
				at("login", { username: "", password: "x" }),
				at("create", { username: "x", password: "y", z: 1 }),
			],
			...[at("oauth2"), at("oauth2", { access_token: "x" })],
		]);
		expect(reasons.map(({ status, body }) => `${status} ${body.reason}`)).toEqual([
			`400 ${NO_BODY}`,
			"400 field `password` is required",
			"400 field `username` should be type `string`",
			"400 field `username` should not be empty",
			"400 field `z` unknown",
			`400 ${NO_BODY}`,
			expect.stringContaining("400 OAuth2 is not available"),
		]);
		const large = { username: "x".repeat(20_000), password: "y" };
		expect((await at("login", large)).status).toBe(413);
	});
});

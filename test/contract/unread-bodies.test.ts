// Bodies of callers without a login: refused before they are read, so that they take no memory from devices.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { connect } from "node:net";
import { body, type Json } from "../support/gateway.ts";
import { ADMIN, addAdmin, basic, makeToken } from "../support/logins.ts";
import { answersIn, ask, talk } from "../support/raw-http.ts";
import { startWithCcm, type Target } from "../support/target.ts";
import { until } from "../support/waiting.ts";

let target: Target;
beforeAll(async () => {
	target = await startWithCcm({ core: { auth: "on" } });
	addAdmin(target);
});
afterAll(() => target.dispose());

/** What a caller sends who has no login yet, or needs none; a little of it is read. */
const WITHOUT_LOGIN = [
	...["POST /login", "POST /join/{code}", "POST /api/v1/setup", "DELETE /{id}"],
	...["POST /api/v0/account/create", "POST /api/v0/account/login", "POST /api/v0/account/oauth2"],
];

/** Statuses of a missing login, of one that is not good enough, and of too many wrong ones. */
const REFUSED = [401, 403, 429];

/** Header lines with which a page of the server asks, or a program. */
const SENDERS = [["Sec-Fetch-Site: same-origin"], []];

const head = (...lines: string[]) => `${lines.join("\r\n")}\r\n\r\n`;
const oneOf = (statuses: readonly number[]) =>
	expect.stringMatching(new RegExp(`^(${statuses.join("|")})$`));
const concrete = (path: string) =>
	path.replace(/\{(id|mac_addr)\}/, randomUUID()).replaceAll(/\{\w+\}/g, "1");

/** Method, path and media type of every route with a body, by the server's own document. */
async function routesWithBody(): Promise<(readonly [string, string, string])[]> {
	const headers = [`Authorization: ${basic(ADMIN.username, ADMIN.password)}`];
	const { json } = await ask(target, { path: "/api/openapi", headers });
	const paths = Object.entries(json.paths as Record<string, Record<string, Json>>);
	return paths.flatMap(([path, methods]) =>
		Object.entries(methods).flatMap(([method, { requestBody }]) => {
			const types = Object.keys(Object((requestBody as Json | undefined)?.content));
			return types.map((type) => [method.toUpperCase(), path, type] as const);
		}),
	);
}

test("every route with a body refuses callers without a login before it is read", async () => {
	const routes = await routesWithBody();
	expect(routes.length).toBeGreaterThan(30);
	const missed = new Set(WITHOUT_LOGIN);
	for (const [method, path, type] of routes) {
		for (const sender of SENDERS) {
			const fields = ["Host: localhost", `Content-Type: ${type}`, ...sender];
			const line = `${method} ${concrete(path)} HTTP/1.1`;
			const large = head(line, ...fields, "Content-Length: 1000000");
			const needsNone = WITHOUT_LOGIN.includes(`${method} ${path}`);
			const [answer] = answersIn(await talk(target, [large]));
			expect([line, String(answer?.status)]).toEqual([
				line,
				oneOf(needsNone ? [404, 413] : REFUSED),
			]);
			missed.delete(`${method} ${path}`);
			if (needsNone) continue;
			const small = head(line, ...fields, "Content-Length: 100");
			const [short] = answersIn(await talk(target, [small]));
			expect([line, String(short?.status)]).toEqual([line, oneOf(REFUSED)]);
		}
	}
	expect([...missed]).toEqual([]);
});

test("74 large bodies that never arrive do not stop a registration with a token", async () => {
	const authorization = `Authorization: Bearer ${makeToken(target, "class")}`;
	const path = `/api/v1/devices/${randomUUID()}/model`;
	const fields = ["Host: localhost", "Content-Type: application/json", "Content-Length: 1000000"];
	const port = Number(new URL(target.http).port);
	const answers: string[] = [];
	const stalled = Array.from({ length: 74 }, () => {
		const socket = connect(port, "127.0.0.1");
		socket.on("error", () => {});
		socket.once("data", (piece) => answers.push(piece.toString("latin1")));
		socket.write(head(`POST ${path} HTTP/1.1`, ...fields));
		return socket;
	});
	await until(() => answers.length === stalled.length, "74 refusals");
	const large = body({ profile: { model: "x".repeat(60_000) } });
	const request = {
		method: "PUT",
		path: `/${randomUUID()}`,
		headers: [authorization],
		body: large,
	};
	expect(await ask(target, request)).toMatchObject({ status: 200 });
	expect(answers.every((text) => text.startsWith("HTTP/1.1 401 "))).toBe(true);
	for (const socket of stalled) socket.destroy();
});

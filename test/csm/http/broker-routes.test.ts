import { expect, test } from "bun:test";
import { SharedSecret } from "../../../src/auth/shared-secret.ts";
import { brokerRoutes } from "../../../src/csm/http/broker-routes.ts";
import { StorageError } from "../../../src/kit/errors.ts";
import { startHttp } from "../../support/http-server.ts";
import { quietLog } from "../../support/log.ts";
import { until } from "../../support/waiting.ts";

const KEY = "a key of the broker, long enough";
const HEADERS = { authorization: `Bearer ${KEY}`, "content-type": "application/json" };

test("questions beyond those that may be open are turned away until one is answered", async () => {
	const login = Promise.withResolvers<boolean>();
	let asked = 0;
	const mayConnect = () => {
		asked += 1;
		return login.promise;
	};
	const routes = brokerRoutes({
		answers: { mayConnect, allows: async () => true },
		key: new SharedSecret(KEY, "key", quietLog),
		log: quietLog,
		maxOpen: 2,
	});
	const http = await startHttp(routes);
	const ask = (path: string, question: object) =>
		fetch(`${http.url}${path}`, {
			method: "POST",
			headers: HEADERS,
			body: JSON.stringify(question),
		});
	const topic = { topic: "t", acc: 1 };
	try {
		const open = [ask("/mqtt/auth", {}), ask("/mqtt/auth", {})];
		await until(() => asked === 2, "two questions to be open");
		for (const refused of [await ask("/mqtt/auth", {}), await ask("/mqtt/acl", topic)]) {
			expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "1"]);
			expect(await refused.json()).toMatchObject({ reason: "too many questions at once" });
		}
		login.resolve(true);
		for (const answer of await Promise.all(open)) expect(answer.status).toBe(200);
		expect((await ask("/mqtt/acl", topic)).status).toBe(200);
		// One that cannot be read is over, too.
		for (let n = 0; n < 3; n++) expect((await ask("/mqtt/acl", {})).status).toBe(400);
		expect((await ask("/mqtt/acl", topic)).status).toBe(200);
	} finally {
		await http.stop();
	}
});

test("a login that has to wait is told for how long, and an answer is kept by no cache", async () => {
	const addresses: string[] = [];
	const routes = brokerRoutes({
		answers: {
			mayConnect: async (_name, _password, address) => {
				addresses.push(address);
				return { kind: "slow", waitMs: 1500 };
			},
			allows: async ({ uses }) => uses?.includes("publish") === true,
		},
		key: new SharedSecret(KEY, "key", quietLog),
		log: quietLog,
	});
	const http = await startHttp(routes);
	const ask = (path: string, question: object) =>
		fetch(`${http.url}${path}`, {
			method: "POST",
			headers: HEADERS,
			body: JSON.stringify(question),
		});
	try {
		const slow = await ask("/mqtt/auth", { username: "u", password: "p" });
		expect([slow.status, slow.headers.get("retry-after")]).toEqual([429, "2"]);
		await ask("/mqtt/auth", { username: "u", password: "p", peerhost: "10.0.0.7" });
		expect(addresses).toEqual([expect.stringMatching(/^broker .*127\.0\.0\.1$/), "10.0.0.7"]);
		for (const [acc, status] of [[2, 200] as const, [1, 403] as const]) {
			const answer = await ask("/mqtt/acl", { topic: "t", acc });
			expect([answer.status, answer.headers.get("cache-control")]).toEqual([status, "no-store"]);
			expect(answer.headers.get("access-control-allow-origin")).toBeNull();
		}
	} finally {
		await http.stop();
	}
});

test("a database that does not answer is a 503 with the reason, which does not mean yes to any broker", async () => {
	const away = () => Promise.reject(new StorageError("the server cannot read this now"));
	const routes = brokerRoutes({
		answers: { mayConnect: away, allows: away },
		key: new SharedSecret(KEY, "key", quietLog),
		log: quietLog,
	});
	const http = await startHttp(routes);
	try {
		for (const [path, question] of [
			["/mqtt/auth", { username: "x" }],
			["/mqtt/acl", { username: "x", topic: "t", acc: 1 }],
			["/mqtt/acl", { username: "x", topic: "t", action: "publish" }],
		] as const) {
			const answer = await fetch(`${http.url}${path}`, {
				method: "POST",
				headers: HEADERS,
				body: JSON.stringify(question),
			});
			expect([answer.status, await answer.json()]).toEqual([
				503,
				{ state: "error", reason: "the server cannot read this now" },
			]);
		}
	} finally {
		await http.stop();
	}
});

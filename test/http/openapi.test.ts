import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { call } from "../support/gateway.ts";
import { lintProblems } from "../support/openapi-lint.ts";
import { wrongLogins } from "../support/openapi-logins.ts";
import { startTarget, type Target } from "../support/target.ts";

interface Operation {
	readonly security: readonly object[];
	readonly parameters?: readonly { readonly name: string; readonly in: string }[];
	readonly requestBody?: { readonly content: object };
	readonly responses: Readonly<
		Record<string, { readonly content?: Record<string, { readonly schema?: object }> }>
	>;
}

interface Document {
	readonly servers: readonly { readonly url: string }[];
	readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
	readonly components: { readonly securitySchemes: object };
}

const folder = mkdtempSync(join(tmpdir(), "iotctl-openapi-"));
let target: Target;
let text: string;
let document: Document;
beforeAll(async () => {
	const key = join(folder, "key");
	writeFileSync(key, "a-key-of-a-broker-that-asks");
	const broker = { "auth-key-file": key };
	target = await startTarget({ core: { "http-prefix": "/things" }, "core-mqtt": broker });
	({ text } = await call(target, "GET", "/api/openapi"));
	document = JSON.parse(text) as Document;
});
afterAll(async () => {
	await target.dispose();
	rmSync(folder, { recursive: true });
});

const operations = () =>
	Object.entries(document.paths).flatMap(([path, item]) =>
		Object.entries(item).map(([method, operation]) => [`${method} ${path}`, operation] as const),
	);

describe("the OpenAPI document", () => {
	test("has no errors by Redocly's linter", async () => {
		expect(await lintProblems(text)).toBe("");
	});

	test("has all addresses, with their parameters", () => {
		expect(Object.keys(document.paths).sort()).toEqual([
			...["/", "/api/devices", "/api/engine/restart", "/api/engines/{number}/restart"],
			...["/api/events", "/api/functions"],
			...["/api/functions/{digest}", "/api/graphs", "/api/log", "/api/openapi", "/api/server"],
			...[
				"/api/status",
				"/da/{id}/down",
				"/da/{id}/up",
				"/health",
				"/live",
				"/login",
				"/logout",
				"/metrics",
				"/mqtt/acl",
				"/mqtt/auth",
				"/openapi",
			],
			...["/token/{token}/{id}", "/{id}"],
		]);
		expect(document.servers.map(({ url }) => url)).toEqual(["/", "/csm", "/things"]);
		for (const [name, { parameters = [] }] of operations()) {
			const inPath = [...name.matchAll(/\{(\w+)\}/g)].map(([, parameter = ""]) => parameter);
			const found = parameters.filter((parameter) => parameter.in === "path");
			expect([name, found.map((parameter) => parameter.name)]).toEqual([name, inPath]);
		}
	});

	test("says which logins there are, and that a wrong one is refused", () => {
		expect(Object.keys(document.components.securitySchemes)).toEqual([
			...["bearer", "basic", "registrationToken", "brokerKey"],
			...["device", "session"],
		]);
		const open = ["get /health", "options /{id}", "options /token/{token}/{id}", "post /logout"];
		open.push("options /da/{id}/up", "options /da/{id}/down");
		for (const [name, { security, responses }] of operations()) {
			if (open.includes(name)) expect([name, security]).toEqual([name, []]);
			else expect(Object.keys(responses)).toEqual(expect.arrayContaining(["401", "429"]));
		}
	});

	test("says where no login is needed while logins are off", async () => {
		expect(await wrongLogins(text, target.http)).toEqual([]);
	});

	test("has a schema for every JSON answer and every body", () => {
		for (const [name, { requestBody, responses }] of operations()) {
			const isChange = /^(put|post \/\{|post \/token|post \/login|post \/mqtt|delete)/.test(name);
			expect([name, requestBody !== undefined]).toEqual([name, isChange]);
			for (const [status, { content = {} }] of Object.entries(responses)) {
				for (const [type, { schema }] of Object.entries(content)) {
					expect([name, status, type, typeof schema]).toEqual([name, status, type, "object"]);
				}
			}
		}
	});
});

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { OPERATIONS } from "../../../src/ccm/service/all-operations.ts";
import { lintProblems } from "../../support/openapi-lint.ts";
import { wrongLogins } from "../../support/openapi-logins.ts";
import { CcmHttp } from "../support/ccm-http.ts";

type Operation = Readonly<Record<string, unknown>>;

let ccm: CcmHttp;
let text: string;
let paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
beforeAll(async () => {
	ccm = await CcmHttp.start();
	text = await (await ccm.send(null, "GET", "/api/openapi")).text();
	({ paths } = JSON.parse(text));
});
afterAll(() => ccm.stop());

describe("REST v0 in the OpenAPI document", () => {
	test("has no errors by Redocly's linter", async () => {
		expect(await lintProblems(text)).toBe("");
	});

	test("says where no login is needed: an account is, also while logins are off", async () => {
		expect(await wrongLogins(text, ccm.server.url)).toEqual([]);
	});

	test("is every operation that REST reaches, and no wildcard", () => {
		for (const { rest } of OPERATIONS) {
			if (rest === undefined) continue;
			const path = `/api/v0${rest.path.replaceAll(/:(\w+)/g, "{$1}")}`;
			expect([path, Object.keys(paths[path] ?? {})]).toEqual([
				path,
				expect.arrayContaining([rest.method.toLowerCase()]),
			]);
		}
		expect(Object.keys(paths).filter((path) => path.includes("*"))).toEqual([]);
	});

	test("says which fields are in the path and which in the body", () => {
		const bind = paths["/api/v0/project/{p_id}/deviceobject/{do_id}/device/bind/{d_id}"]?.post;
		expect(bind).not.toHaveProperty("requestBody");
		expect(bind?.parameters).toHaveLength(3);
		const create = paths["/api/v0/project"]?.put;
		expect(create?.requestBody).toMatchObject({
			content: { "application/json": { schema: { required: ["p_name"] } } },
		});
		expect(create?.responses).toHaveProperty("201");
		expect(paths["/import_project"]?.post?.requestBody).toMatchObject({
			content: { "multipart/form-data": {} },
		});
		expect(paths["/export_project"]?.get?.parameters).toMatchObject([
			{ name: "p_id", in: "query", required: true },
			{ name: "bundle", in: "query", required: false },
		]);
	});
});

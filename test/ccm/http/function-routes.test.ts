// Functions are looked at while they are written: with the data path's workbench, as servers passes it.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { functionRoutes } from "../../../src/ccm/http/function-routes.ts";
import { realWorkbench } from "../../dataflow/workbench/real-workbench.ts";
import { CcmHttp } from "../support/ccm-http.ts";
import { ADMIN, OTHER, STUDENT, TEACHER } from "../support/office.ts";

const workbench = realWorkbench();
let ccm: CcmHttp;
beforeAll(async () => {
	ccm = await CcmHttp.start({ more: functionRoutes(workbench) });
});
afterAll(async () => {
	await ccm.stop();
	await workbench.stop();
});

const post = (path: string, body: object, person: typeof TEACHER | null = TEACHER) =>
	ccm.json(person, "POST", `/api/v1/functions/${path}`, body);

describe("an editor of functions", () => {
	test("hears what looks wrong in one", async () => {
		const { status, body } = await post("check", { code: "def run(x):\n  return bb" });
		expect(status).toBe(200);
		expect(body).toEqual({
			state: "ok",
			findings: [
				{
					line: 2,
					column: 10,
					severity: "error",
					text_id: "undefined_name",
					args: { name: "bb" },
				},
			],
		});
	});

	test("tries one with samples and helpers, for every role", async () => {
		const helpers = [{ alias: "_double", code: "def run(x): return 2 * x" }];
		const draft = {
			code: "def run(*args):\n  print(args)\n  return [iot._double(*args)]",
			helpers,
			stage: "odf",
			samples: [[1], 2, [0, 0]],
		};
		for (const person of [ADMIN, TEACHER, STUDENT]) {
			const { status, body } = await post("try", draft, person);
			expect(status).toBe(200);
			expect(body).toMatchObject({
				state: "ok",
				loading: { error: null, printed: "" },
				samples: [
					{ result: [2], error: null, printed: "(1,)\n" },
					{ result: [4], error: null, printed: "(2,)\n" },
					{ error: { kind: "exception", line: 3 } },
				],
			});
		}
		const { body } = await post("try", { code: "run = None", samples: [] });
		expect(body).toMatchObject({ loading: { error: { kind: "source" } }, samples: [] });
	});

	test("is offered names", async () => {
		const { status, body } = await ccm.json(TEACHER, "GET", "/api/v1/functions/completions");
		expect([status, Object.keys(body)]).toEqual([200, ["state", "builtins", "modules"]]);
	});

	test("needs a login", async () => {
		expect((await post("check", { code: "" }, null)).status).toBe(401);
		expect((await post("try", { code: "", samples: [] }, null)).status).toBe(401);
		expect((await ccm.json(null, "GET", "/api/v1/functions/completions")).status).toBe(401);
	});

	test("is told what is wrong with a request", async () => {
		for (const [path, body, reason] of [
			["check", {}, "field `code` is required"],
			["check", { code: 5 }, "field `code` should be type `string`"],
			["check", { code: "x".repeat(70_000) }, "it is 70000 bytes long, at most 65536"],
			["try", { code: "" }, "field `samples` is required"],
			["try", { code: "", samples: 5 }, "field `samples` should be type `list`"],
			["try", { code: "", samples: [], stage: "dance" }, "stage"],
			["try", { code: "", samples: [], helpers: [{ alias: "a b", code: "" }] }, "helpers"],
			["try", { code: "", samples: [], other: 1 }, "field `other` unknown"],
			["try", { code: "", samples: Array(21).fill(1) }, "there are 21 samples, at most 20"],
		] as const) {
			const answer = await post(path, body);
			expect([answer.status, answer.body.reason]).toEqual([400, expect.stringContaining(reason)]);
		}
	});

	test("gets a few at once, and no more", async () => {
		const draft = { code: "def run(x):\n  while True: pass", samples: [1] };
		const all = await Promise.all(Array.from({ length: 5 }, () => post("try", draft, OTHER)));
		const statuses = all.map(({ status }) => status).toSorted();
		expect(statuses).toEqual([200, 200, 200, 429, 429]);
		const busy = all.find(({ status }) => status === 429);
		expect(busy?.body.reason).toContain("busy");
	});

	test("does not let students run what is not sandboxed", async () => {
		const python3 = realWorkbench({ engine: "python3", setting: "off" });
		const bare = await CcmHttp.start({ more: functionRoutes(python3) });
		const statuses = await Promise.all(
			[ADMIN, TEACHER, STUDENT].map(async (person) => {
				const draft = { code: "", samples: [] };
				return (await bare.json(person, "POST", "/api/v1/functions/try", draft)).status;
			}),
		);
		expect(statuses).toEqual([503, 503, 403]);
		await bare.stop();
	});

	test("is told where the workbench is off; names are offered anyway", async () => {
		const off = await CcmHttp.start({ more: functionRoutes(realWorkbench({ setting: "off" })) });
		const checked = await off.json(TEACHER, "POST", "/api/v1/functions/check", { code: "" });
		expect([checked.status, checked.body.reason]).toEqual([
			503,
			expect.stringContaining("workbench is off"),
		]);
		const offered = await off.json(TEACHER, "GET", "/api/v1/functions/completions");
		expect(offered.status).toBe(200);
		await off.stop();
	});
});

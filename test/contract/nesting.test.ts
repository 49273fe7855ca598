import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Flow } from "../support/flow.ts";
import type { Json } from "../support/gateway.ts";
import { startTarget, type Target } from "../support/target.ts";

let target: Target;
beforeAll(async () => {
	target = await startTarget({ esm: { engine: process.env.IOTCTL_ENGINE ?? "embedded" } });
});
afterAll(() => target.dispose());

/** A graph whose function counts its calls: it begins at 1 again in a new engine. */
async function counter() {
	const code = "n = 0\ndef run(x):\n  global n\n  n += 1\n  return n\n";
	const flow = await Flow.build(target, { idfs: [{ code }], odfs: [{}] });
	await flow.expect([0], [1]);
	return flow;
}

const nested = (levels: number, open = "[", inside = "", close = "]") =>
	open.repeat(levels) + inside + close.repeat(levels);

/** Longer than the most that is accepted, and what a device of 15 KB can send. */
const DEEP: [string, string][] = [
	["one level too many", nested(501)],
	["7,400 arrays", nested(7400)],
	["objects", nested(3000, '{"a":', "1", "}")],
	["arrays in objects", nested(2000, '[{"a":', "1", "}]")],
	["blanks between", nested(7400, " [ ", "1", "\n]")],
	["arrays that never end", "[".repeat(7400)],
	["brackets behind a text with quotes", `["\\"[\\\\",${nested(7400)}]`],
	["an array of deep arrays", `[${Array(20).fill(nested(1500)).join()}]`],
	["500,000 arrays", "[".repeat(500_000)],
];

describe.each<[string, { code?: string }]>([
	["without functions", {}],
	["in Python", { code: "def run(*values): return list(values)\n" }],
])("data nested too deep, %s", (_name, odf) => {
	test.each(DEEP)(
		"%s: an error of that message, and every function keeps its globals",
		async (_, text) => {
			const beside = await counter();
			const flow = await Flow.build(target, { idfs: [{}], odfs: [odf] });
			const { monitor_topics } = await flow.graph.ok({ op: "start_monitor" });
			await flow.device.client.subscribe(String(monitor_topics));
			await flow.send(text);
			const { op, data } = await flow.device.client.nextJson(String(monitor_topics));
			expect({ op, data: data as Json }).toEqual({
				op: "esm_error",
				data: { msg: "malformed data: nested deeper than 500 levels", src: null },
			});
			await flow.expect([5], [5]);
			await beside.expect([0], [2]);
		},
	);

	test("500 levels, and brackets in texts, are data like any other", async () => {
		const flow = await Flow.build(target, { idfs: [{}], odfs: [odf] });
		await flow.send(nested(500));
		expect((await flow.receive()).text).toBe(nested(500));
		const text = `"${'[\\"{'.repeat(3000)}"`;
		await flow.send(`[${text}]`);
		expect((await flow.receive()).text).toBe(`[${text}]`);
	});
});

const chain = (begin: string, link: string, end = "") =>
	`def run(x): return ${begin}${link.repeat(Math.floor(60_000 / link.length))}${end}\n`;

describe("sources nested deep are refused or run, and every function keeps its globals", () => {
	test.each([
		["parentheses", chain("", "(", "x")],
		["minus", chain("", "-", "x")],
		["not", chain("", "not ", "x")],
		["sums", chain("x", "+x")],
		["attributes", chain("x", ".a")],
		["elements", chain("x", "[0]")],
		["calls", chain("x", "()")],
		["powers", chain("x", "**x")],
		["lambdas", chain("", "lambda:", "x")],
		["conditions", chain("", "1 if x else ", "2")],
		["a sum in a text", chain('f"{x', "+x", '}"')],
		["a chain of elif", `def run(x):\n if x: return 1\n${" elif x: return 1\n".repeat(3000)}`],
	])("%s", async (_name, code) => {
		const beside = await counter();
		const flow = await Flow.build(target, { idfs: [{}], odfs: [{}] });
		const [digest = null] = await flow.graph.addFunctions(code);
		const reply = await flow.graph.call({ op: "set_join", new: digest });
		expect(String(reply.reason ?? "")).not.toContain("engine");
		await beside.expect([0], [2]);
	});
});

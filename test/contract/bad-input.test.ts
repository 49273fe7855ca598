import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { call, digestOf, type Json, TestDevice, TestGraph } from "../support/gateway.ts";
import { TestClient } from "../support/mqtt.ts";
import { startTarget, type Target } from "../support/target.ts";

let target: Target;
let gui: TestClient;
beforeAll(async () => {
	target = await startTarget();
	gui = await TestClient.connect(target.mqtt);
});
afterAll(() => target.dispose());

const CODE = "def run(x): return x\n";
const ODD_VALUES: unknown[] = [
	undefined,
	null,
	true,
	0,
	-1,
	1.5,
	1e308,
	"",
	"x",
	"\u0000",
	"ü".repeat(5000),
	[],
	[null],
	[[[]]],
	[1, "a"],
	{},
	{ a: null },
	{ a: { b: 1 } },
	{ "": "" },
	{ __proto__x: 1, constructor: 1 },
];

/** Requests that are right, with an odd value in the place of each field in turn. */
function* mutations(valid: Json): Generator<Json> {
	for (const field of [...Object.keys(valid), "extra"]) {
		for (const value of ODD_VALUES) yield JSON.parse(JSON.stringify({ ...valid, [field]: value }));
	}
}

describe("§4.1 malformed graph requests", () => {
	test("§4.1 each gets exactly one reply that echoes it, and an error changes nothing", async () => {
		const graph = await TestGraph.open(gui);
		await graph.ok({ op: "attach" });
		const [digest = ""] = await graph.addFunctions(CODE);
		const da_id = randomUUID();
		const valid: Json[] = [
			{ op: "add_funcs", codes: [CODE], digests: [digest] },
			{ op: "rm_funcs", digests: ["0".repeat(64)] },
			{
				op: "add_link",
				da_id,
				idf: "a",
				func: digest,
				depends: {},
				input_type: "sample",
				param_no: 1,
				tag_param_no: 0,
			},
			{
				op: "set_df_func",
				da_id,
				odf: "kept",
				prev: null,
				new: null,
				depends: {},
				input_type: null,
			},
			{ op: "set_join", prev: null, new: digest, depends: {} },
			{ op: "rm_link", da_id, idf: "a" },
			{ op: "start_monitor" },
			{ op: "stop_monitor" },
		];
		await graph.ok({ op: "add_link", da_id, odf: "kept" });
		let marker = 0;
		for (const request of valid.flatMap((each) => [...mutations(each)])) {
			// A detach would be right, and end the graph.
			if (request.op === "detach") continue;
			const reply = await graph.call(request);
			expect(["ok", "error"]).toContain(String(reply.state));
			if (reply.state === "error") {
				expect(reply).toMatchObject(request.state === undefined ? request : {});
				expect(String(reply.reason).length).toBeGreaterThan(5);
				expect(reply.reason).not.toContain("internal error");
			} else if (request.op === "set_join" && request.new !== null) {
				await graph.ok({ op: "set_join", new: null });
			} else if (request.op === "add_link") {
				await graph.ok({ op: "rm_link", da_id: request.da_id, idf: request.idf, odf: request.odf });
			}
			marker += 1;
		}
		expect(marker).toBeGreaterThan(500);
		expect(gui.inbox.waiting).toEqual([]);
		// The graph is as it was: one output, no join, no input "a".
		await graph.ok({ op: "set_join", prev: null, new: null });
		expect(await graph.call({ op: "rm_link", da_id, idf: "a" })).toMatchObject({
			reason: "link unknown",
		});
		await graph.ok({ op: "rm_link", da_id, odf: "kept" });
		expect(target.log()).not.toContain("request failed");
	});

	test("§4.1 deep nesting, huge texts, doubled keys and broken UTF-8 get one reply each", async () => {
		const graph = await TestGraph.open(gui);
		await graph.ok({ op: "attach" });
		const deep = `{"op":"attach","x":${"[".repeat(50_000)}${"]".repeat(50_000)}}`;
		const payloads = [
			deep,
			`{"op":"attach","x":"${"y".repeat(500_000)}"}`,
			'{"op":"dance","op":"attach"}',
			'{"op":"attach","__proto__":{"state":"x"}}',
			Buffer.from([0xc3, 0x28]),
			Buffer.concat([Buffer.from('{"op":"'), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from('"}')]),
			'{"op":"\\ud800"}',
			"\uFEFF{}",
		];
		for (const payload of payloads) {
			await graph.client.publish(graph.request, payload);
			expect(await gui.nextJson(graph.response)).toHaveProperty("state");
		}
		expect(gui.inbox.waiting).toEqual([]);
	});

	test("§1 client and graph names are free texts", async () => {
		const names = ["ü 蓋特", "a b", "$SYS", "null", "__proto__", "%2F", '"', "x".repeat(1000), ""];
		for (const name of names) {
			const graph = await TestGraph.open(gui, name, name);
			expect(await graph.call({ op: "attach" })).toEqual({ op: "attach", state: "ok" });
			expect(await graph.call({ op: "detach" })).toEqual({ op: "detach", state: "ok" });
		}
	});

	test("§4.3 sources that are not Python text are refused where they are used", async () => {
		const graph = await TestGraph.open(gui);
		await graph.ok({ op: "attach" });
		for (const code of [
			"\u0000",
			"def run(x):\n\treturn x\n  return",
			"lambda",
			"🐍",
			"#\n".repeat(20_000),
			"",
		]) {
			const [func] = await graph.addFunctions(code);
			const link = { op: "add_link", da_id: randomUUID(), idf: "a", func };
			expect(await graph.call(link)).toMatchObject({ state: "error" });
		}
		// Half a surrogate pair is not UTF-8, so no digest can be right.
		const lone = JSON.stringify({ op: "add_funcs", codes: ["X"], digests: [digestOf("X")] });
		expect(await graph.call(lone.replace('"X"', '"\\ud800"'))).toMatchObject({
			reason: "function hash mismatched",
		});
	});
});

describe("§2.1 malformed HTTP requests", () => {
	test("§2.2 odd values in every field are refused or stored, never a failure", async () => {
		const valid = {
			name: "n",
			accept_protos: ["mqtt"],
			idf_list: ["a"],
			odf_list: ["b"],
			profile: { model: "m" },
		};
		for (const method of ["PUT", "POST"]) {
			const id = randomUUID();
			await call(target, "PUT", `/${id}`, valid);
			for (const request of mutations(valid)) {
				const { status, json } = await call(target, method, `/${id}`, request);
				expect([200, 403]).toContain(status);
				if (status === 403)
					expect(json).toMatchObject({ id, state: "error", reason: expect.any(String) });
			}
		}
	});

	test("§2.4 odd revs are stale", async () => {
		const device = await TestDevice.register(target);
		for (const rev of ODD_VALUES) {
			expect((await call(target, "DELETE", `/${device.id}`, { rev })).status).toBe(400);
		}
	});

	test("§2.1 deep nesting is stored or refused, and the server goes on", async () => {
		const id = randomUUID();
		const deep = `${"[".repeat(20_000)}${"]".repeat(20_000)}`;
		const text = `{"accept_protos":["mqtt"],"profile":{"model":${deep}}}`;
		expect([200, 400]).toContain((await call(target, "PUT", `/${id}`, text)).status);
		expect((await call(target, "GET", `/${randomUUID()}`)).status).toBe(404);
	});
});

describe("§5.1 malformed data", () => {
	test("§5.1 deeply nested data is dropped or passed, and the graph goes on", async () => {
		const { Flow } = await import("../support/flow.ts");
		for (const odf of [{}, { code: "def run(*x): return x\n" }]) {
			const flow = await Flow.build(target, { idfs: [{ param_no: 1 }], odfs: [odf] });
			const deep = `[${"[".repeat(100_000)}${"]".repeat(100_000)}]`;
			await flow.send(deep);
			await flow.send("9".repeat(10_000));
			await flow.send("[1]");
			for (;;) {
				const { text } = await flow.receive();
				if (text === "[1]") break;
			}
		}
	});
});

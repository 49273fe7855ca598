import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { digestOf, type Json, TestDevice, TestGraph } from "../support/gateway.ts";
import { TestClient } from "../support/mqtt.ts";
import { startTarget, type Target } from "../support/target.ts";
import { until } from "../support/waiting.ts";

const INT = "def run(x): return int(x)\n";
const SQUARE = "def run(x): return x ** 2\n";
const UNKNOWN = "0".repeat(64);

let target: Target;
let gui: TestClient;
let graph: TestGraph;
let int: string;
let square: string;
beforeAll(async () => {
	target = await startTarget({ esm: { "max-source": 2000 } });
	gui = await TestClient.connect(target.mqtt);
	graph = await attached();
	[int = "", square = ""] = await graph.addFunctions(INT, SQUARE);
});
afterAll(() => target.dispose());

const attached = async (name?: string, id?: string) => {
	const opened = await TestGraph.open(gui, name, id);
	await opened.ok({ op: "attach" });
	return opened;
};
const refused = async (on: TestGraph, request: Json, reason: string | RegExp) => {
	const reply = await on.call(request);
	expect(reply).toEqual({ ...request, state: "error", reason: expect.stringMatching(reason) });
};
const exactly = (text: string) => new RegExp(`^${RegExp.escape(text)}$`);

describe("§4.1 envelope", () => {
	test("§4.1 a success echoes the request with every extra key", async () => {
		const request = {
			op: "add_link",
			da_id: randomUUID(),
			idf: "a",
			client_id: "x",
			n: [1, { y: null }],
		};
		expect(await graph.call(request)).toEqual({ ...request, state: "ok" });
	});

	test("§4.1 replies have QoS 2 and are not retained; requests of any QoS are taken", async () => {
		for (const qos of [0, 1, 2] as const) {
			await gui.publish(graph.request, { op: "attach" }, { qos });
			const reply = await gui.next(graph.response);
			expect([reply.qos, reply.retain]).toEqual([2, false]);
		}
	});

	test("§4.1 everything but attach and detach wants an attached graph, even without op", async () => {
		const stranger = await TestGraph.open(gui, "gui", "stranger");
		for (const request of [{ op: "add_link" }, { op: "nonsense" }, {}, { op: 5 }]) {
			await refused(stranger, request, exactly("Unknown graph id stranger"));
		}
	});

	test("§4.1 unknown ops are named in Python's spelling", async () => {
		await refused(graph, { op: "dance" }, exactly("unknown op: `dance`"));
		await refused(graph, { op: 5 }, exactly("unknown op: `5`"));
		await refused(graph, { op: null }, exactly("unknown op: `None`"));
		await refused(graph, { op: true }, exactly("unknown op: `True`"));
		await refused(graph, { nothing: 1 }, /'op' is required/);
	});

	test("§4.1 a link needs exactly one of idf and odf", async () => {
		for (const op of ["add_link", "rm_link", "set_df_func"]) {
			const base = { op, da_id: randomUUID(), new: null };
			await refused(graph, base, exactly('mode "idf" or "odf" not found'));
			await refused(graph, { ...base, idf: "a", odf: "a" }, exactly("mode duplicated"));
		}
	});

	test("§4.1 what is not a JSON object gets one error reply", async () => {
		for (const payload of ["", "nonsense", "[1]", "5", "null", '"text"', '{"op":']) {
			const reply = await graph.call(payload);
			expect(reply).toEqual({ state: "error", reason: expect.any(String) });
		}
		expect(await graph.call(Buffer.from([0x7b, 0xff, 0x7d]))).toEqual({
			state: "error",
			reason: expect.stringContaining("UTF-8"),
		});
	});

	test("§4.1 a message cut by the shell's echo gets a hint", async () => {
		const cut = await graph.call('{"op":"add_funcs","codes":["def run(x): return int(x)');
		expect(cut.reason).toContain("printf '%s\\n'");
		for (const other of ['","def run(x): return x ** 2', '"], "digests":[]}', '{"op":}']) {
			expect((await graph.call(other)).reason).not.toContain("printf");
		}
	});

	test("§4.1 the pieces of a request that a shell's echo has cut are put together, answered once", async () => {
		const own = await attached();
		const request = { op: "add_funcs", codes: [INT, SQUARE], digests: [int, square] };
		const pieces = JSON.stringify(request).split("\\n");
		expect(pieces).toHaveLength(3);
		for (const qos of [0, 1, 2] as const) {
			for (const piece of pieces) gui.raw.publish(own.request, piece, { qos });
			expect(await gui.nextJson(own.response)).toMatchObject({ op: "add_funcs", state: "ok" });
		}
		await own.ok({ op: "attach" });
		expect(gui.inbox.waiting.filter(({ topic }) => topic === own.response)).toEqual([]);
		await until(
			() => target.log().split("request put together").length - 1 === 3,
			"a line in the log for each",
		);
		// What does not become whole is refused, with the hint, and no one waits for it.
		gui.raw.publish(own.request, pieces[0] ?? "");
		gui.raw.publish(own.request, JSON.stringify({ op: "attach" }));
		const replies = [await gui.nextJson(own.response), await gui.nextJson(own.response)];
		expect(replies.map(({ state }) => state).toSorted()).toEqual(["error", "ok"]);
		expect(JSON.stringify(replies)).toContain("printf '%s");
	});

	test("§4.1 requests of one graph are handled in order of arrival", async () => {
		const own = await attached();
		const da_id = randomUUID();
		const requests = Array.from({ length: 30 }, (_, n) => ({
			op: n % 2 === 0 ? "add_link" : "rm_link",
			da_id,
			idf: "same",
			...(n % 2 === 0 && { func: n % 4 === 0 ? int : null }),
			n,
		}));
		for (const request of requests) gui.raw.publish(own.request, JSON.stringify(request));
		for (const request of requests) {
			expect(await gui.nextJson(own.response)).toEqual({ ...request, state: "ok" });
		}
	});

	test("§4.1 graphs are keyed by client and graph together", async () => {
		const [mine, theirs] = [await attached("mine", "1"), await attached("theirs", "1")];
		const link = { op: "add_link", da_id: randomUUID(), idf: "a" };
		await mine.ok(link);
		await theirs.ok(link);
		await mine.ok({ op: "detach" });
		await theirs.ok({ ...link, op: "rm_link" });
	});
});

describe("§4.2 attach and detach", () => {
	test("§4.2 attach echoes; a second attach is ok and changes nothing", async () => {
		const own = await TestGraph.open(gui);
		const link = { op: "add_link", da_id: randomUUID(), idf: "a" };
		expect(await own.call({ op: "attach", x: 1 })).toEqual({ op: "attach", x: 1, state: "ok" });
		await own.ok(link);
		expect(await own.call({ op: "attach" })).toEqual({ op: "attach", state: "ok" });
		await refused(own, link, exactly("link already exists"));
	});

	test("§4.2 detach releases the links; an unknown graph is ok too", async () => {
		const device = await TestDevice.register(target);
		const own = await attached();
		await device.say("online");
		await own.ok({ op: "add_link", da_id: device.id, idf: "meow" });
		const connect = await device.signal();
		expect(await own.call({ op: "detach", x: 1 })).toEqual({ op: "detach", state: "ok" });
		expect(await device.signal()).toMatchObject({ command: "DISCONNECT", topic: connect.topic });
		expect(await own.call({ op: "detach" })).toEqual({ op: "detach", state: "ok" });
		await own.ok({ op: "attach" });
		await own.ok({ op: "add_link", da_id: device.id, idf: "meow" });
		expect(await device.signal()).toMatchObject({ command: "CONNECT" });
	});
});

describe("§4.3 functions", () => {
	test("§4.3 the seed's digests are right and answered without extras", async () => {
		expect(int).toBe("f87d5c678bdd9e4b1b5f278c29cdf9a0fd01198060d8c6f3a34a6a05ae536e50");
		expect(square).toBe("70e3d32f1c6abde67d607e3ce77dc286ecf5d0f42fcd18e6336fac5e19a6e07c");
		const request = { op: "add_funcs", codes: [INT, SQUARE], digests: [int, square], extra: 1 };
		expect(await graph.call(request)).toEqual({
			op: "add_funcs",
			state: "ok",
			digests: [int, square],
		});
	});

	test("§4.3 add_funcs is all or nothing", async () => {
		const fresh = `def run(): return "${randomUUID()}"\n`;
		const add = { op: "add_funcs", codes: [fresh, INT], digests: [digestOf(fresh), UNKNOWN] };
		await refused(graph, add, exactly("function hash mismatched"));
		const link = { op: "add_link", da_id: randomUUID(), idf: "a", func: digestOf(fresh) };
		await refused(graph, link, exactly("Function unknown. Please add it first."));
	});

	test("§4.3 counts, digests and sources are checked", async () => {
		const inconsistent = "The numbers of codes and digests are not consistant";
		await refused(graph, { op: "add_funcs", codes: [INT], digests: [] }, exactly(inconsistent));
		const upper = { op: "add_funcs", codes: [INT], digests: [int.toUpperCase()] };
		await refused(graph, upper, exactly("function hash mismatched"));
		const long = `#${"x".repeat(2000)}\n`;
		const tooLong = { op: "add_funcs", codes: [long], digests: [digestOf(long)] };
		await refused(graph, tooLong, /2002 bytes long, at most 2000/);
		for (const field of ["codes", "digests"]) {
			for (const value of [undefined, null, "text", 5, {}, [5], [null]]) {
				const request = { op: "add_funcs", codes: [], digests: [], [field]: value };
				await refused(graph, JSON.parse(JSON.stringify(request)), new RegExp(`'${field}'`));
			}
		}
	});

	test("§4.3 rm_funcs takes known and unknown digests; links keep their own copy", async () => {
		const own = await attached();
		const [once = ""] = await own.addFunctions(`def run(x): return x  # ${randomUUID()}\n`);
		const link = { op: "add_link", da_id: randomUUID(), idf: "a", func: once };
		await own.ok(link);
		const remove = { op: "rm_funcs", digests: [once, UNKNOWN], extra: 1 };
		expect(await own.call(remove)).toEqual({
			op: "rm_funcs",
			state: "ok",
			digests: [once, UNKNOWN],
		});
		const other = { ...link, idf: "b" };
		await refused(own, other, exactly("Function unknown. Please add it first."));
		await refused(own, { op: "rm_funcs" }, /'digests' is required/);
	});

	test("§4.3 a source without run may be added", async () => {
		await graph.addFunctions(`x = "${randomUUID()}"\n`, "not python at all\n");
	});
});

describe("§4.4 add_link and §4.5 rm_link", () => {
	const link = () => ({ op: "add_link", da_id: randomUUID(), idf: "a" });

	test("§4.4 a link exists once per graph, ids compared in lowercase and echoed as sent", async () => {
		const request = link();
		const upper = { ...request, da_id: request.da_id.toUpperCase() };
		expect((await graph.ok(upper)).da_id).toBe(upper.da_id);
		await refused(graph, request, exactly("link already exists"));
		await graph.ok({ ...request, idf: undefined, odf: "a" });
	});

	test("§4.4 func may be null, absent or empty", async () => {
		for (const func of [null, undefined, ""]) await graph.ok({ ...link(), func });
	});

	test("§4.4 unknown functions and helpers are refused, and nothing is left behind", async () => {
		const request = link();
		await refused(
			graph,
			{ ...request, func: UNKNOWN },
			exactly("Function unknown. Please add it first."),
		);
		const depends = { helper: UNKNOWN };
		await refused(
			graph,
			{ ...request, func: int, depends },
			exactly("dependency helper not found"),
		);
		await graph.ok(request);
	});

	test("§4.4 a source that does not compile or has no run is refused with the compiler's words", async () => {
		const bad: [string, RegExp][] = [
			["def run(x) return x\n", /SyntaxError: expected ':'/],
			[`x = "${randomUUID()}"\n`, /^`run` not found in <UserFunction:[0-9a-f]{64}>$/],
			["run = int\n", exactly("`run` must be a function")],
			["class run: pass\n", exactly("`run` must be a function")],
			["1 / 0\n", /ZeroDivisionError: division by zero/],
			["import sys; sys.exit()\n", /SystemExit/],
			["import no_such_module\n", /ModuleNotFoundError: No module named 'no_such_module'/],
		];
		for (const [code, reason] of bad) {
			const [func = ""] = await graph.addFunctions(code);
			const request = { ...link(), func };
			await refused(graph, request, reason);
			await graph.ok({ ...request, func: null });
		}
		const [func = ""] = await graph.addFunctions("run = lambda x: x\n");
		await graph.ok({ ...link(), func });
	});

	test("§4.4 every field is checked and named", async () => {
		const bad: [string, unknown[]][] = [
			["da_id", [undefined, null, 5, "", "not a uuid", []]],
			["idf", ["", 5, {}, [], true, "x".repeat(1025), "ctrl"]],
			["func", [5, {}, []]],
			["depends", [5, "x", [], { a: 5 }, { a: null }]],
			["input_type", ["other", 5, {}, ["other"], [5]]],
			["param_no", ["1", -1, 1.5, [], 70_000]],
			["tag_param_no", ["1", -1, 1.5, {}]],
		];
		for (const [field, values] of bad) {
			for (const value of values) {
				const request = JSON.parse(JSON.stringify({ ...link(), [field]: value }));
				await refused(graph, request, new RegExp(`'${field}'`));
			}
		}
		await graph.ok({
			...link(),
			depends: null,
			input_type: null,
			param_no: null,
			tag_param_no: null,
		});
		await graph.ok({ ...link(), idf: undefined, odf: "a", input_type: ["variant"] });
	});

	test("§4.4 a link of an unknown device waits for it", async () => {
		const id = randomUUID();
		const own = await attached();
		await own.ok({ op: "add_link", da_id: id.toUpperCase(), odf: "later" });
		const device = await TestDevice.register(target, {}, id);
		await device.say("online");
		expect(await device.signal()).toMatchObject({ command: "CONNECT", odf: "later" });
	});

	test("§4.5 rm_link echoes; a link not in this graph is unknown, a bad UUID too", async () => {
		const [own, other] = [await attached(), await attached()];
		const request = link();
		await own.ok(request);
		const remove = { ...request, op: "rm_link", extra: 1 };
		await refused(other, remove, exactly("link unknown"));
		await refused(own, { ...remove, da_id: "no uuid" }, exactly("link unknown"));
		expect(await own.call(remove)).toEqual({ ...remove, state: "ok" });
		await refused(own, remove, exactly("link unknown"));
	});
});

describe("§4.6 set_join", () => {
	test("§4.6 the seed's reply, and prev guards every change", async () => {
		const own = await attached();
		const set = { op: "set_join", prev: null, new: square };
		expect(await own.call({ ...set, extra: 1 })).toEqual({ ...set, depends: null, state: "ok" });
		await refused(own, set, exactly("`prev` field mismatch"));
		await own.ok({ op: "set_join", prev: square, new: int });
		await own.ok({ op: "set_join", new: square });
		await refused(own, { op: "set_join", prev: int, new: null }, exactly("`prev` field mismatch"));
		const removed = { op: "set_join", prev: square, new: null };
		expect(await own.call(removed)).toEqual({ ...removed, depends: null, state: "ok" });
	});

	test("§4.6 checks come in order: new, helpers, prev, compile", async () => {
		const own = await attached();
		const [broken = ""] = await own.addFunctions("def run(:\n");
		const unknown = `dependency h(${UNKNOWN}) unknown, please add it first`;
		const request = { op: "set_join", prev: "x", new: UNKNOWN, depends: { h: UNKNOWN } };
		await refused(own, request, exactly("New function not found"));
		await refused(own, { ...request, new: "" }, exactly("New function not found"));
		await refused(own, { ...request, new: broken }, exactly(unknown));
		await refused(own, { ...request, new: broken, depends: {} }, exactly("`prev` field mismatch"));
		await refused(own, { ...request, new: broken, depends: {}, prev: null }, /SyntaxError/);
		await refused(own, { op: "set_join", prev: null }, /'new' is required/);
		await refused(own, { op: "set_join", new: 5 }, /'new'/);
		await own.ok({ op: "set_join", prev: null, new: null });
	});
});

describe("§4.7 set_df_func", () => {
	test("§4.7 the reply has exactly its keys, without prev", async () => {
		const own = await attached();
		const da_id = randomUUID();
		await own.ok({ op: "add_link", da_id, idf: "a" });
		const request = { op: "set_df_func", da_id, idf: "a", prev: null, new: int, extra: 1 };
		expect(await own.call(request)).toEqual({
			op: "set_df_func",
			da_id,
			idf: "a",
			new: int,
			depends: null,
			state: "ok",
		});
		await refused(own, request, exactly("`prev` field mismatch"));
		const depends = { helper: square };
		expect(await own.call({ ...request, prev: int, new: square, depends })).toMatchObject({
			depends,
		});
		await own.ok({ op: "set_df_func", da_id, idf: "a", prev: square, new: null });
	});

	test("§4.7 checks come in order: new, helpers, link, prev, compile", async () => {
		const own = await attached();
		const da_id = randomUUID();
		const [broken = ""] = await own.addFunctions("def run(:\n");
		const base = {
			op: "set_df_func",
			da_id,
			odf: "a",
			prev: int,
			new: UNKNOWN,
			depends: { h: UNKNOWN },
		};
		await refused(own, base, exactly("New function not found"));
		await refused(own, { ...base, new: broken }, /^dependency h\(0{64}\) unknown/);
		const noLink = "Unknown link, please add_link first";
		await refused(own, { ...base, new: broken, depends: {} }, exactly(noLink));
		await refused(own, { ...base, new: broken, depends: {}, da_id: "no uuid" }, exactly(noLink));
		await own.ok({ op: "add_link", da_id, odf: "a" });
		await refused(own, { ...base, new: broken, depends: {} }, exactly("`prev` field mismatch"));
		const reason = /^Maybe some error in the functions\.[\s\S]*SyntaxError/;
		await refused(own, { ...base, new: broken, depends: {}, prev: null }, reason);
		await refused(own, { ...base, new: undefined, prev: null, depends: null }, /'new' is required/);
	});
});

describe("§4.9 get_graph", () => {
	test("§4.9 get_graph answers links in slot order and the join, values as given", async () => {
		const own = await attached();
		const empty = { op: "get_graph", state: "ok", links: [], join: { func: null, depends: {} } };
		expect(await own.call({ op: "get_graph" })).toEqual(empty);
		const da_id = randomUUID();
		const second = { da_id, idf: "b", func: int, depends: { h: square }, input_type: ["variant"] };
		await own.ok({ op: "add_link", ...second, param_no: 1, tag_param_no: 2 });
		await own.ok({ op: "add_link", da_id, idf: "a" });
		await own.ok({ op: "add_link", da_id, odf: "c", input_type: "sample" });
		await own.ok({ op: "set_join", new: square, depends: { j: int } });
		const plain = { func: null, depends: {}, input_type: null, param_no: null, tag_param_no: 0 };
		expect(await own.call({ op: "get_graph" })).toEqual({
			...{ op: "get_graph", state: "ok" },
			links: [
				{ ...second, param_no: 1, tag_param_no: 2 },
				{ ...plain, da_id, idf: "a" },
				{ ...plain, da_id, odf: "c", input_type: "sample" },
			],
			join: { func: square, depends: { j: int } },
		});
		await own.ok({ op: "rm_link", da_id, idf: "b" });
		await own.ok({ op: "add_link", da_id, idf: "b" });
		const { links } = await own.ok({ op: "get_graph" });
		expect(links).toMatchObject([{ idf: "a" }, { odf: "c" }, { idf: "b" }]);
	});
});

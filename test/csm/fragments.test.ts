import { beforeEach, describe, expect, test } from "bun:test";
import { Fragments, type Whole } from "../../src/csm/fragments.ts";
import { quietLog } from "../support/log.ts";
import { Inbox } from "../support/waiting.ts";

let heard: Inbox<Whole>;
let fragments: Fragments;
beforeEach(() => {
	heard = new Inbox();
	fragments = new Fragments((whole) => heard.add(whole), quietLog);
});

const send = (text: string, clientId: string | null = "a", topic = "t") =>
	fragments.take({
		topic,
		payload: Buffer.from(text),
		clientId,
		user: null,
		retained: false,
		connection: null,
		qos: 0,
	});
const texts = () => heard.waiting.map(({ text }) => text);

const PIECES = ['{"op":"add_funcs","codes":["def run(x): return x', '"],"digests":[]}'];
const WHOLE = PIECES.join("\\n");

describe("requests in pieces", () => {
	test("are put together, each client's by themselves", () => {
		send(PIECES[0] ?? "", "a");
		send(PIECES[0] ?? "", "b");
		send('{"op":"attach"}', "c");
		send(PIECES[1] ?? "", "b");
		send(PIECES[1] ?? "", "a");
		expect(texts()).toEqual(['{"op":"attach"}', WHOLE, WHOLE]);
	});

	test("are put together for each topic where clients cannot be told apart; whole ones pass", () => {
		send(PIECES[0] ?? "", null, "t");
		send(PIECES[0] ?? "", null, "u");
		send('{"op":"attach"}', null, "t");
		send(PIECES[1] ?? "", null, "u");
		send(PIECES[1] ?? "", null, "t");
		expect(heard.waiting.map(({ topic }) => topic)).toEqual(["t", "u", "t"]);
		expect(texts()).toEqual(['{"op":"attach"}', WHOLE, WHOLE]);
	});

	test("are given up when the same client goes on with something else, in its order", () => {
		send(PIECES[0] ?? "");
		send('{"op":"attach"}');
		send(PIECES[0] ?? "");
		send(PIECES[0] ?? "", "a", "other");
		send(PIECES[1] ?? "", "a", "other");
		expect(texts()).toEqual([PIECES[0] ?? "", '{"op":"attach"}', PIECES[0] ?? "", WHOLE]);
	});

	test("are given up after a second, with what came first", async () => {
		const begin = performance.now();
		send(PIECES[0] ?? "");
		send("more");
		expect(texts()).toEqual([]);
		expect((await heard.take("what stays incomplete")).text).toBe(PIECES[0] ?? "");
		expect(performance.now() - begin).toBeGreaterThan(900);
	});

	test("are given up when they get too long, or too many wait", () => {
		send(PIECES[0] ?? "");
		for (let n = 0; n < 7; n++) send("x".repeat(10_000));
		expect(texts()[0]).toBe(PIECES[0] ?? "");
		heard.clear();
		send(`{"op":"${"x".repeat(70_000)}`, "long");
		expect(texts()).toHaveLength(1);
		heard.clear();
		for (let n = 0; n < 150; n++) send(PIECES[0] ?? "", `client ${n}`);
		expect(texts()).toHaveLength(50);
		fragments.stop();
		expect(texts()).toHaveLength(150);
	});

	test("wait for nothing when they cannot become whole", () => {
		const odd = ['{"op":}', '{"a":1}}', "nonsense", "", "[", '","def run(x)'];
		for (const text of odd) send(text);
		fragments.take({
			topic: "t",
			payload: Buffer.from([0x7b, 0xff]),
			clientId: "a",
			user: null,
			retained: false,
			connection: null,
			qos: 0,
		});
		expect(texts()).toEqual([...odd, undefined]);
	});

	test("a line that is JSON by itself, but no request, is one of them", () => {
		const request = { op: "add_funcs", codes: ["x = [\n{}\n]\n"], digests: [] };
		for (const line of JSON.stringify(request).split("\\n")) send(line);
		expect(texts().map((text) => JSON.parse(text ?? ""))).toEqual([request]);
	});
});

import { describe, expect, test } from "bun:test";
import { PassThrough } from "node:stream";
import type { Visitor } from "../../src/http/access.ts";
import { BodyError, BodyReader, type Sender, senderOf } from "../../src/http/body.ts";
import type { Call } from "../../src/http/call.ts";
import { RequestHeaders } from "../../src/http/request-headers.ts";

const MEBIBYTE = 1 << 20;

/** A request with a body that arrives as the test writes it. */
function calling(headers: Record<string, string>) {
	const body = new PassThrough();
	const call: Call = {
		request: new Request("http://localhost/", { method: "PUT" }),
		headers: new RequestHeaders(Object.entries(headers).flat()),
		body,
		onOver: () => {},
		remoteAddress: "127.0.0.1",
		from: {
			host: { name: "localhost", key: "localhost", isAddress: false },
			isOwnHost: true,
			foreignOrigin: undefined,
		},
		listener: { isEncrypted: false, port: 80 },
		base: "http://localhost",
		prefix: "",
	};
	return { call, body };
}

const reader = (bodyTimeoutMs = 30_000, maxBodyBytes = 2 * MEBIBYTE) =>
	new BodyReader({ bodyTimeoutMs, maxBodyBytes });

const JSON_TYPE = { "Content-Type": "application/json" };

async function read(
	text: string,
	headers: Record<string, string> = JSON_TYPE,
	by: Sender = "known",
) {
	const { call, body } = calling(headers);
	const reading = reader().readJsonObject(call, by);
	body.end(text);
	return reading;
}

const refusal = (reading: Promise<unknown>): Promise<BodyError> =>
	reading.then(
		(value) => {
			throw new Error(`accepted: ${JSON.stringify(value)}`);
		},
		(error: unknown) => {
			if (error instanceof BodyError) return error;
			throw error;
		},
	);

describe("a JSON body", () => {
	test("may come in pieces, and with what Python writes", async () => {
		const { call, body } = calling(JSON_TYPE);
		const reading = reader().readJsonObject(call, "known");
		for (const piece of ['{"a":', "NaN", ',"b":1}']) body.write(piece);
		body.end();
		expect(await reading).toEqual({ a: null, b: 1 });
	});

	test.each([
		["no type", "{}", {}, 400, "content type not supported: ''"],
		["another type", "{}", { "Content-Type": "text/csv" }, 400, "'text/csv'"],
		["an encoding", "{}", { ...JSON_TYPE, "Content-Encoding": "gzip" }, 415, "'gzip'"],
		["nothing", "", JSON_TYPE, 400, "json decode error: the body is empty"],
		["a list", "[]", JSON_TYPE, 400, "json body should be an object"],
		["half of it", '{"a":', JSON_TYPE, 400, "json decode error"],
		["too deep", `{"a":${"[".repeat(5000)}`, JSON_TYPE, 400, "nested deeper than"],
	] as const)("%s is refused", async (_, text, headers, status, reason) => {
		const error = await refusal(read(text, { ...headers }));
		expect([error.status, error.message]).toEqual([status, expect.stringContaining(reason)]);
	});

	test("that is cut short is refused", async () => {
		const { call, body } = calling(JSON_TYPE);
		const refused = refusal(reader().readJsonObject(call, "known"));
		body.write("{");
		body.destroy();
		expect(await refused).toMatchObject({ status: 400, message: "the body did not arrive whole" });
	});

	test("that does not come in time is refused", async () => {
		const { call } = calling(JSON_TYPE);
		const error = await refusal(reader(1).readJsonObject(call, "known"));
		expect([error.status, error.message]).toEqual([408, "the body did not arrive within 1 ms"]);
	});

	test("that is too long is refused, announced or not", async () => {
		const { call } = calling({ ...JSON_TYPE, "Content-Length": String(3 * MEBIBYTE) });
		expect((await refusal(reader().readJsonObject(call, "known"))).status).toBe(413);
		const sent = calling(JSON_TYPE);
		const refused = refusal(reader(30_000, 10).readJsonObject(sent.call, "known"));
		sent.body.write('{"a":"0123456789"}');
		expect((await refused).status).toBe(413);
	});
});

describe("memory for large bodies", () => {
	const large = { ...JSON_TYPE, "Content-Length": String(MEBIBYTE) };

	test("of one kind of sender is none of another's", async () => {
		const shared = reader();
		const waiting = Array.from({ length: 8 }, () => calling(large));
		const reading = waiting.map(({ call }) => shared.readJsonObject(call, "page"));
		const error = await refusal(shared.readJsonObject(calling(large).call, "page"));
		expect([error.status, error.message]).toEqual([503, expect.stringContaining("large bodies")]);
		const other = calling(large);
		const known = shared.readJsonObject(other.call, "known");
		const small = calling({ ...JSON_TYPE, "Content-Length": "2" });
		const page = shared.readJsonObject(small.call, "page");
		for (const { body } of [...waiting, other, small]) body.end("{}");
		expect(await Promise.all([...reading, known, page])).toHaveLength(10);
		const again = calling(large);
		const free = shared.readJsonObject(again.call, "page");
		again.body.end("{}");
		expect(await free).toEqual({});
	});

	test("there is none for callers without a login", async () => {
		const error = await refusal(reader().readJsonObject(calling(large).call, "anyone"));
		expect(error.status).toBe(413);
	});

	test("senders are told apart by what they showed", () => {
		const kinds: readonly Visitor[] = [
			{ kind: "anonymous" },
			{ kind: "page", origin: "http://evil.example", id: undefined },
			{ kind: "token", token: "x" },
		];
		expect(kinds.map(senderOf)).toEqual(["anyone", "page", "known"]);
	});
});

test("of fields of one name in a form the first counts", async () => {
	const { call, body } = calling({});
	const reading = reader().readForm(call);
	body.end("name=a&password=b&name=c");
	expect(await reading).toEqual({ name: "a", password: "b" });
});

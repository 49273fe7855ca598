import { describe, expect, test } from "bun:test";
import { RequestReader, UnreadableError } from "../../../src/csm/v1/request-reader.ts";
import { BodyMemory } from "../../../src/http/mod.ts";

const MEMORY_BYTES = 16 << 20;

/** All requests in some pieces, in short. */
function read(...pieces: string[]): string[] {
	const reader = new RequestReader(new BodyMemory(MEMORY_BYTES));
	const found: string[] = [];
	for (const piece of pieces) {
		reader.add(Buffer.from(piece));
		for (let next = reader.next(); next !== undefined; next = reader.next()) {
			const { method, target, body, keepsAlive } = next;
			found.push([method, target, body.toString(), keepsAlive ? "stays" : "closes"].join(" "));
		}
	}
	return found;
}

function statusOf(text: string): number | undefined {
	try {
		read(text);
		return undefined;
	} catch (error) {
		return error instanceof UnreadableError ? error.status : 0;
	}
}

const POST = "POST /M HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}";

describe("what microcontrollers send", () => {
	test("lines that end in LF alone, and mixed ones", () => {
		expect(read("GET /M HTTP/1.1\nHost: a\n\n")).toEqual(["GET /M  stays"]);
		expect(read("PUT /M HTTP/1.1\nContent-Length: 1\r\n\nx")).toEqual(["PUT /M x stays"]);
	});

	test("no Host, blanks and empty lines between requests, pipelining", () => {
		const get = "GET /N HTTP/1.0\r\n\r\n";
		const both = ["POST /M {} stays", "GET /N  closes"];
		for (const between of ["", " ", "\n", "\r\n\r\n", " \r\n \t"]) {
			expect(read(`${between}${POST}${between}${get}`)).toEqual(both);
			expect(read(between, POST, between, get)).toEqual(both);
		}
	});

	test("one byte at a time", () => {
		expect(read(...`${POST} ${POST}`)).toEqual(["POST /M {} stays", "POST /M {} stays"]);
	});

	test("methods in small letters, blanks in the request line, fields without a colon", () => {
		expect(read("get  /M a  HTTP/1.1 \r\nnonsense\r\n\r\n")).toEqual(["GET /M a  stays"]);
		expect(read("GET /溫度 HTTP/1.1\r\nConnection: Close\r\n\r\n")).toEqual(["GET /溫度  closes"]);
		expect(read("GET / HTTP/1.0\nConnection: keep-alive\n\n")).toEqual(["GET /  stays"]);
	});
});

test("a client that waits for a sign before its body gets one, unless the body is there", () => {
	let signs = 0;
	const reader = new RequestReader(new BodyMemory(MEMORY_BYTES), () => {
		signs += 1;
	});
	const head = "PUT /M HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
	reader.add(Buffer.from(head));
	expect([reader.next(), signs, reader.isInside]).toEqual([undefined, 1, true]);
	reader.add(Buffer.from("[]"));
	expect(reader.next()?.body.toString()).toBe("[]");
	reader.add(Buffer.from(`${head}[]`));
	expect([reader.next()?.method, signs, reader.isInside]).toEqual(["PUT", 1, false]);
});

test.each([
	["nonsense\r\n\r\n", 400],
	["GET /M HTTP/2.0\r\n\r\n", 400],
	["\x16\x03\x01\x02\x00\n\n", 400],
	["POST / HTTP/1.1\nContent-Length: -41\n\n", 400],
	["POST / HTTP/1.1\nContent-Length: abc\n\n", 400],
	["POST / HTTP/1.1\nContent-Length: 1\nContent-Length: 2\n\n", 400],
	["GET / HTTP/1.1\nHost: a\nHost: b\n\n", 400],
	["POST / HTTP/1.1\nTransfer-Encoding: chunked\n\n-6\r\nx", 411],
	["POST / HTTP/1.1\nContent-Length: 1048577\n\n", 413],
	[`GET / HTTP/1.1\nX: ${"a".repeat(8192)}`, 431],
	[`GET / HTTP/1.1\nX: ${"a".repeat(8192)}\n\n`, 431],
	["POST / HTTP/1.1\nContent-Length: 1048576\n\n", undefined],
] as const)("%j is refused with %p", (text, status) => {
	expect(statusOf(text)).toBe(status);
});

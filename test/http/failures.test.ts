import { describe, expect, test } from "bun:test";
import { PassThrough } from "node:stream";
import { AccessError } from "../../src/http/access.ts";
import { BodyError } from "../../src/http/body.ts";
import type { Call } from "../../src/http/call.ts";
import { Failures } from "../../src/http/failures.ts";
import { RequestHeaders } from "../../src/http/request-headers.ts";
import { ElsewhereError, InputError, StorageError } from "../../src/kit/errors.ts";
import { recordedLog } from "../support/log.ts";

const CALL: Call = {
	request: new Request("http://localhost/x?secret=1", { method: "PUT" }),
	headers: new RequestHeaders([]),
	body: new PassThrough(),
	onOver: () => {},
	remoteAddress: "192.0.2.7",
	from: {
		host: { name: "localhost", key: "localhost", isAddress: false },
		isOwnHost: true,
		foreignOrigin: undefined,
	},
	listener: { isEncrypted: false, port: 80 },
	base: "http://localhost",
	prefix: "",
};

function failing(isOn = true) {
	const { log, lines } = recordedLog("http");
	return { failures: new Failures(log, { isOn }), lines };
}

describe("what went wrong with a request", () => {
	test.each([
		["a login", new AccessError(401, "log in"), 401, "log in"],
		["a right", new AccessError(403, "not yours"), 403, "not yours"],
		["the body", new BodyError("too long", 413), 413, "too long"],
		["a field", new InputError("no such protocol"), 403, "no such protocol"],
		["the disk", new StorageError("the disk is full"), 503, "the disk is full"],
	])("%s is answered in its own words, and not logged", async (_, error, status, reason) => {
		const { failures, lines } = failing();
		const response = failures.answer(error, CALL, "an id");
		expect([response.status, await response.json()]).toEqual([
			status,
			{ id: "an id", state: "error", reason },
		]);
		expect(lines).toEqual([]);
	});

	test("a login that is missing is asked for, and one that comes too often told when to come", () => {
		const { failures } = failing();
		const asked = failures.answer(new AccessError(401, "log in"), CALL).headers;
		expect(asked.get("www-authenticate")).toBe('Bearer realm="IoTtalk"');
		const wait = failures.answer(new AccessError(429, "wait", 7), CALL).headers;
		expect([wait.get("retry-after"), wait.get("www-authenticate")]).toEqual(["7", null]);
	});

	test("what another node has to change is to be asked for again soon", () => {
		const refused = failing().failures.answer(new ElsewhereError("another node's"), CALL);
		expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "1"]);
	});

	test("while logins are off a refusal is logged, without what stood in the query", () => {
		const { failures, lines } = failing(false);
		failures.answer(new AccessError(403, "a page"), CALL);
		expect(JSON.parse(lines[0] ?? "")).toMatchObject({
			msg: "request refused",
			path: "/x",
			address: "192.0.2.7",
		});
		expect(lines.join("")).not.toContain("secret");
	});

	test("a mistake of ours is logged with its stack, and the client is told nothing of it", async () => {
		const { failures, lines } = failing();
		const response = failures.answer(new TypeError("x is undefined"), CALL, "an id");
		expect([response.status, await response.text()]).toEqual([
			500,
			'{"id":"an id","state":"error","reason":"internal error: see the server\'s log"}',
		]);
		expect(JSON.parse(lines[0] ?? "")).toMatchObject({
			msg: "request failed",
			da_id: "an id",
			reason: "x is undefined",
			stack: expect.stringContaining("TypeError"),
		});
	});
});

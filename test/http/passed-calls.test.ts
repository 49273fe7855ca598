import { expect, test } from "bun:test";
import { Readable } from "node:stream";
import type { Call } from "../../src/http/call.ts";
import type { Incoming } from "../../src/http/http-listener.ts";
import { LET_IN, PassedCalls } from "../../src/http/passed-calls.ts";
import { RequestHeaders } from "../../src/http/request-headers.ts";

const ANN = { id: 7, name: "ann", role: "teacher" } as const;
const NOW = 1_800_000_000;

const calls = ({ secret = "of all nodes", at = NOW } = {}) =>
	new PassedCalls({ secret: () => secret, now: () => at });

function call(method = "POST"): Call {
	const host = { name: "lab.example", key: "lab.example", isAddress: false };
	return {
		request: new Request("http://localhost/ccm/api/x?y=1", { method }),
		headers: new RequestHeaders([]),
		body: Readable.from([]) as Call["body"],
		onOver: () => {},
		remoteAddress: "192.0.2.1",
		from: { host, isOwnHost: true, foreignOrigin: undefined },
		listener: { isEncrypted: true, port: 9993 },
		base: "https://lab.example/ccm",
		prefix: "/ccm",
	};
}

const TARGET = "/ccm/api/x?y=1";

function incoming(said: string | undefined, changes: Partial<Incoming> = {}): Incoming {
	return {
		...{ method: "POST", version: "1.1", target: TARGET, body: Readable.from([]) },
		headers: ["Host", "10.0.0.2:9992", "Accept", "*/*", ...(said ? ["X-IoTctl-Let-In", said] : [])],
		...{ remoteAddress: "10.0.0.3", localAddress: "10.0.0.2", onOver: () => {} },
		...changes,
	};
}

test("a request is what it was at the node it came to, with who was let in there", () => {
	const said = calls().say(call(), ANN, TARGET);
	const read = calls().read(incoming(said));
	if (read === undefined || "problem" in read) throw new Error("It was not let in");
	const { remoteAddress, from, listener, base, prefix, letIn, request, headers } = read;
	expect({ remoteAddress, from, listener, base, prefix }).toEqual({
		...{ remoteAddress: "192.0.2.1", base: "https://lab.example/ccm", prefix: "/ccm" },
		listener: { isEncrypted: true, port: 9993 },
		from: {
			host: { name: "lab.example", key: "lab.example", isAddress: false },
			...{ isOwnHost: true, foreignOrigin: undefined },
		},
	});
	expect(letIn).toEqual({ account: ANN });
	expect([request.method, request.url]).toEqual(["POST", `http://localhost${TARGET}`]);
	expect(headers.get("accept")).toBe("*/*");
});

test("someone without an account stays one", () => {
	const said = calls().say(call(), null, TARGET);
	expect(calls().read(incoming(said))).toMatchObject({ letIn: { account: null } });
});

test("what is not signed with the secret, or for another request, counts for nothing", () => {
	const said = calls().say(call(), ANN, TARGET) ?? "";
	const [text = "", signature = ""] = said.split(".");
	const admin = Buffer.from(
		Buffer.from(text, "base64url").toString().replace("teacher", "admin"),
	).toString("base64url");
	for (const shown of [undefined, "", "x", text, `${text}.`, `${admin}.${signature}`, "e30.x"]) {
		expect(calls().read(incoming(shown))).toBeUndefined();
	}
	expect(calls({ secret: "of another cluster" }).read(incoming(said))).toBeUndefined();
	expect(calls().read(incoming(said, { method: "PUT" }))).toBeUndefined();
	expect(calls().read(incoming(said, { target: "/ccm/api/x?y=2" }))).toBeUndefined();
	const signed = (value: string) => {
		const other = Buffer.from(value).toString("base64url");
		return `${other}.${new Bun.CryptoHasher("sha256", "of all nodes").update(other).digest("base64url")}`;
	};
	expect(calls().read(incoming(signed("{}")))).toBeUndefined();
	expect(calls().read(incoming(signed("not JSON")))).toBeUndefined();
});

test("it counts once, and for half a minute by the clock of all nodes", () => {
	const said = calls().say(call(), ANN, TARGET);
	const node = calls();
	expect(node.read(incoming(said))).toHaveProperty("letIn");
	const late = { problem: "it was passed on too late: try again", status: 503 } as const;
	expect(node.read(incoming(said))).toEqual(late);
	expect(calls({ at: NOW + 29 }).read(incoming(said))).toHaveProperty("letIn");
	expect(calls({ at: NOW + 31 }).read(incoming(said))).toEqual(late);
	expect(calls({ at: NOW - 31 }).read(incoming(said))).toEqual(late);
});

test("one that was used is forgotten when it is too late for it anyway", () => {
	let at = NOW;
	const node = new PassedCalls({ secret: () => "s", now: () => at });
	const said = node.say(call(), ANN, TARGET);
	expect(node.read(incoming(said))).toHaveProperty("letIn");
	at += 61;
	expect(node.read(incoming(node.say(call(), ANN, TARGET)))).toHaveProperty("letIn");
	expect(node.read(incoming(said))).toHaveProperty("status", 503);
});

test("before secret and time are known nothing is said, and nothing counts", () => {
	const said = calls().say(call(), ANN, TARGET);
	for (const unknown of [
		new PassedCalls({ secret: () => undefined, now: () => NOW }),
		new PassedCalls({ secret: () => "of all nodes", now: () => undefined }),
	]) {
		expect(unknown.say(call(), ANN, TARGET)).toBeUndefined();
		expect(unknown.read(incoming(said))).toBeUndefined();
	}
	expect(LET_IN).toBe("x-iotctl-let-in");
});

import { expect, test } from "bun:test";
import { Readable } from "node:stream";
import { OriginRules } from "../../src/auth/origin-rules.ts";
import { type Call, type ListenerInfo, readCall } from "../../src/http/call.ts";
import { isEvents } from "../../src/http/forwarded-streams.ts";
import { isPassedOn, questionOf, whole, withOwnScheme } from "../../src/servers/passed-on.ts";

const origins = new OriginRules(
	{ allowedOrigins: "" },
	{ machineName: () => "gateway", ownNames: () => [] },
);
const PLAIN: ListenerInfo = { isEncrypted: false, port: 9992 };
const SECURE: ListenerInfo = { isEncrypted: true, port: 9993 };
const { signal } = new AbortController();
const REST = { content: undefined, silenceMs: 1, signal };

function callOf(
	method: string,
	headers: readonly string[],
	target = "/csm/x?token=1",
	listener = PLAIN,
): Call {
	const addresses = { remoteAddress: "192.0.2.1", localAddress: "192.0.2.7" };
	const body = Readable.from([]);
	const incoming = { ...addresses, method, version: "1.1", target, headers, body };
	const call = readCall({ ...incoming, onOver: () => {} }, listener, {
		origins,
		prefixes: ["/csm"],
	});
	if ("problem" in call) throw new Error(call.problem);
	return call;
}

test("another node is asked for the same path under the same name, and is told no cookies", () => {
	const fields = ["Host", "phones.example:8080", "Cookie", "iottalk-1=x", "Accept", "a/b"];
	const { method, path, headers } = questionOf(callOf("GET", fields), REST);
	expect([method, path]).toEqual(["GET", "/csm/x?token=1"]);
	expect(Object.fromEntries(headers)).toEqual({
		...{ accept: "a/b", host: "phones.example:8080", "x-iotctl-passed-on": "1" },
	});
	const named = questionOf(callOf("GET", ["Host", "x"], "http://[2001:db8::1]:81/y"), REST);
	expect([named.headers.get("host"), named.path]).toEqual(["[2001:db8::1]:81", "/y"]);
});

test("only a page that is foreign here is one there", () => {
	const origin = (value: string) => {
		const call = callOf("POST", ["Host", "192.0.2.7", "Origin", value]);
		return questionOf(call, REST).headers.get("origin");
	};
	expect(origin("http://192.0.2.7")).toBeNull();
	expect(origin("http://page.example")).toBe("http://page.example");
});

test("what is announced too long for its content is passed on with the length alone", () => {
	const call = callOf("POST", ["Host", "x", "Content-Length", "70000"]);
	expect(questionOf(call, REST).headers.get("content-length")).toBe("70000");
	const short = questionOf(call, { ...REST, content: new Uint8Array(3) });
	expect(short.headers.has("content-length")).toBe(false);
});

test("a request that another node has passed on is known", () => {
	expect(isPassedOn(callOf("GET", ["Host", "x"]))).toBe(false);
	expect(isPassedOn(callOf("GET", ["Host", "x", "X-Iotctl-Passed-On", "1"]))).toBe(true);
});

test("addresses in the answer to a registration have the scheme the device used", async () => {
	const answer = () =>
		Response.json({ name: 'a "up":"http:', up: "http://x:9993/da/1/up", down: "http://x/da" });
	const put = callOf("PUT", ["Host", "x:9993"], "/1", SECURE);
	expect(await (await withOwnScheme(put, answer())).json()).toEqual({
		...{ name: 'a "up":"http:', up: "https://x:9993/da/1/up", down: "https://x/da" },
	});
	const get = callOf("GET", ["Host", "x:9993"], "/1", SECURE);
	expect(await (await withOwnScheme(get, answer())).json()).toMatchObject({ down: "http://x/da" });
});

test("an answer is whole or an error; events are none", async () => {
	expect(await (await whole(new Response("x", { status: 429 }))).text()).toBe("x");
	const cut = new ReadableStream({ start: (content) => content.error(new Error("cut off")) });
	await expect(whole(new Response(cut))).rejects.toThrow("cut off");
	expect(isEvents(new Response("", { headers: { "content-type": "text/event-stream" } }))).toBe(
		true,
	);
	expect(isEvents(new Response(""))).toBe(false);
});

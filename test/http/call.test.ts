import { expect, test } from "bun:test";
import { Readable } from "node:stream";
import { OriginRules } from "../../src/auth/mod.ts";
import { type ListenerInfo, readCall } from "../../src/http/call.ts";

const origins = new OriginRules(
	{ allowedOrigins: "" },
	{ machineName: () => "gateway", ownNames: () => [] },
);
const rules = { origins, prefixes: ["/iottalk/ccm", "/csm"] };
const PLAIN: ListenerInfo = { isEncrypted: false, port: 9992 };
const SECURE: ListenerInfo = { isEncrypted: true, port: 9993 };

function read(
	target: string,
	host: string | undefined,
	listener: ListenerInfo,
	localAddress = "192.0.2.7",
) {
	const headers = host === undefined ? [] : ["Host", host];
	const body = Readable.from([]);
	const version = host === undefined ? "1.0" : "1.1";
	const incoming = { method: "GET", version, target, headers, body, onOver: () => {} };
	return readCall({ ...incoming, remoteAddress: "192.0.2.1", localAddress }, listener, rules);
}

const baseOf = (...args: Parameters<typeof read>) => {
	const call = read(...args);
	return "problem" in call ? call.problem : call.base;
};

test("the base is what the caller wrote, by the listener it came to", () => {
	expect(baseOf("/", "gateway:9992", PLAIN)).toBe("http://gateway:9992");
	expect(baseOf("/x?y", "gateway.local:9993", SECURE)).toBe("https://gateway.local:9993");
	// A proxy, or a router that passes a port on, has one of its own, or the scheme's.
	expect(baseOf("/x", "panel.example.org", SECURE)).toBe("https://panel.example.org");
	expect(baseOf("/x", "gateway:80", PLAIN)).toBe("http://gateway:80");
	expect(baseOf("http://lab.example:8080/x", "gateway", PLAIN)).toBe("http://lab.example:8080");
});

test("the base has the prefix of the path", () => {
	expect(baseOf("/csm/x", "gateway", PLAIN)).toBe("http://gateway/csm");
	expect(baseOf("/csm", "gateway", PLAIN)).toBe("http://gateway/csm");
	expect(baseOf("/iottalk/ccm/csm/x", "gateway", PLAIN)).toBe("http://gateway/iottalk/ccm");
	expect(baseOf("/csmx", "gateway", PLAIN)).toBe("http://gateway");
	expect(baseOf("//csm//x", "gateway", PLAIN)).toBe("http://gateway/csm");
});

test("IPv6 stands in brackets, and a request without Host is known by its address", () => {
	expect(baseOf("/", "[2001:db8::7]:9993", SECURE)).toBe("https://[2001:db8::7]:9993");
	expect(baseOf("/", "[fe80::1%25eth0]:9992", PLAIN)).toBe("http://[fe80::1%25eth0]:9992");
	expect(baseOf("/", undefined, PLAIN)).toBe("http://192.0.2.7:9992");
	expect(baseOf("/", "", SECURE, "::ffff:192.0.2.7")).toBe("https://192.0.2.7:9993");
});

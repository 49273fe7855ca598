import { expect, test } from "bun:test";
import { OriginRules } from "../../src/auth/origin-rules.ts";
import { websocketGate } from "../../src/auth/websocket-gate.ts";

const origins = new OriginRules(
	{ allowedOrigins: "https://panel.example" },
	{ machineName: () => "pi", ownNames: () => [] },
);

function open(headers: Record<string, string>, { isOpen = true, bind = "127.0.0.1" } = {}) {
	const { refusal, isForeignPage } = websocketGate({ origins, isOpen, bind })({
		headers: new Headers(headers),
	});
	return refusal === undefined ? (isForeignPage ? "as a device" : "open") : refusal;
}

test.each<[string, Record<string, string>, string | RegExp]>([
	["a program", { host: "127.0.0.1:1884" }, "open"],
	["a program that sends no Host", {}, "open"],
	["a page of this server", { host: "pi:1884", origin: "http://pi:9992" }, "open"],
	["a trusted page", { host: "pi", origin: "https://panel.example" }, "open"],
	["another page", { host: "pi", origin: "http://evil.example" }, "as a device"],
	["a page without an origin", { host: "pi", origin: "null" }, "as a device"],
	["a page by DNS rebinding", { host: "evil.example" }, /does not know the name "evil.example"/],
	["a malformed Host", { host: "a b" }, "the Host is not a host name or address"],
])("while logins are off, %s", (_, headers, expected) => expect(open(headers)).toMatch(expected));

test("while logins are on, the login alone counts", () => {
	for (const host of ["evil.example", "a b"]) {
		expect(open({ host, origin: "http://evil.example" }, { isOpen: false })).toBe("open");
	}
});

test("bound to all addresses, a page is this server's at the address it reached it by", () => {
	const all = { bind: "0.0.0.0" };
	expect(open({ host: "127.0.0.1:1884", origin: "http://127.0.0.1:9992" }, all)).toBe("open");
	expect(open({ host: "192.0.2.1:1884", origin: "http://192.0.2.1:9992" }, all)).toBe(
		"as a device",
	);
});

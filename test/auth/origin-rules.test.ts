import { describe, expect, test } from "bun:test";
import { OriginRules } from "../../src/auth/origin-rules.ts";

const options = { allowedOrigins: "gateway.lan, https://panel.example  app://shell [2001:db8::5]" };
const rules = new OriginRules(options, {
	machineName: () => "Pi.home.example",
	ownNames: () => ["0.0.0.0", "iot.school.example"],
});

function look(
	headers: {
		host?: string;
		origin?: string | null;
		site?: string;
		mode?: string;
	},
	arrivedAt = "192.168.1.5",
) {
	const { host = "127.0.0.1", origin = null, site = null, mode = null } = headers;
	return rules.look({ host, origin, site, mode }, arrivedAt);
}

describe("Host", () => {
	test.each([
		...[
			"localhost:9992",
			"127.0.0.1",
			"[::1]",
			"192.168.1.5",
			"203.0.113.9",
			"[fe80::1%eth0]:9992",
		],
		...[
			"pi",
			"PI.local",
			"pi.home.example.",
			"iot.school.example",
			"gateway.lan",
			"panel.example:80",
		],
	])("%p is this server's own", (host) => expect(look({ host })?.isOwnHost).toBe(true));

	test.each([
		...[
			"evil.example",
			"192.168.1",
			"127.1",
			"pi.evil.example",
			"home.example",
			"gateway.lan.evil",
		],
		...["xpi", "pi.localdomain", "localhost.evil.example", "null"],
	])("%p may be a page's, by DNS rebinding", (host) =>
		expect(look({ host })?.isOwnHost).toBe(false),
	);

	test("without one it is the address the connection arrived at", () => {
		const from = rules.look({ host: undefined, origin: null, site: null, mode: null }, "10.0.0.9");
		expect(from).toMatchObject({ host: { name: "10.0.0.9" }, isOwnHost: true });
	});

	test("what is not a host is refused", () => expect(look({ host: "a b" })).toBeUndefined());
});

describe("Origin", () => {
	test.each([
		...[null, "http://localhost", "https://LOCALHOST:8443", "http://app.localhost:3000"],
		...["http://127.0.0.1:8080", "http://[::1]:8080", "http://[::ffff:7f00:1]", "http://pi:8080"],
		...["http://pi.local", "https://pi.home.example", "http://192.168.1.5:8000"],
		...["http://gateway.lan:8080", "https://gateway.lan", "https://panel.example:8443"],
		...["app://shell", "http://[2001:db8::5]:1", "http://iot.school.example"],
	])("%p is trusted", (origin) => expect(look({ origin })?.foreignOrigin).toBeUndefined());

	test.each([
		["http://evil.example", "http://evil.example"],
		["HTTPS://Evil.Example:8443", "https://evil.example:8443"],
		["http://192.168.1.6", "http://192.168.1.6"],
		["http://panel.example", "http://panel.example"],
		["http://localhost.evil.example", "http://localhost.evil.example"],
		["http://127.0.0.1.evil.example", "http://127.0.0.1.evil.example"],
		["capacitor://localhost", "capacitor://localhost"],
		["chrome-extension://abcdef", "chrome-extension://abcdef"],
		["app://gateway.lan", "app://gateway.lan"],
		["null", "null"],
		["", "null"],
		["file://", "null"],
		["localhost", "null"],
		["http://localhost, http://evil.example", "null"],
		["http://evil.example http://localhost", "null"],
		["http://user@localhost", "null"],
		["http://localhost/", "null"],
		[`http://${"x".repeat(60)}.${"y".repeat(300)}`, "null"],
	])("%p is foreign, known as %p", (origin, name) =>
		expect(look({ origin })?.foreignOrigin).toBe(name),
	);

	test("the address it arrived at counts in any spelling", () => {
		const origin = "http://[2001:db8:0:0::1]:8000";
		expect(look({ origin }, "2001:db8::1")?.foreignOrigin).toBeUndefined();
		const mapped = { origin: "http://192.168.1.5:8000" };
		expect(look(mapped, "::ffff:192.168.1.5")?.foreignOrigin).toBeUndefined();
		expect(look(mapped, "192.168.1.50")?.foreignOrigin).toBeDefined();
		expect(look({ origin: "http://[fe80::1]:80" }, "fe80::1%eth0")?.foreignOrigin).toBeUndefined();
	});

	test("a picture of another site's page is foreign, a followed link is not", () => {
		expect(look({ site: "cross-site", mode: "no-cors" })?.foreignOrigin).toBe("null");
		expect(look({ site: "cross-site", mode: "navigate" })?.foreignOrigin).toBeUndefined();
		expect(look({ site: "same-origin", mode: "cors" })?.foreignOrigin).toBeUndefined();
	});
});

test("allowed-origins counts as it is now", () => {
	const changing = { allowedOrigins: "" };
	const some = new OriginRules(changing, { machineName: () => "", ownNames: () => [] });
	const isOwn = () =>
		some.look({ host: "a.lan", origin: null, site: null, mode: null }, "")?.isOwnHost;
	expect(isOwn()).toBe(false);
	changing.allowedOrigins = "http://a.lan";
	expect(isOwn()).toBe(true);
});

import { describe, expect, test } from "bun:test";
import { acceptance, readUpgrade } from "../../src/broker/ws-upgrade.ts";

const GOOD = {
	Host: "pi.local:9001",
	Upgrade: "websocket",
	Connection: "keep-alive, Upgrade",
	"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
	"Sec-WebSocket-Version": "13",
	"Sec-WebSocket-Protocol": "other, mqtt",
};

function head(
	changes: Readonly<Record<string, string | undefined>> = {},
	first = "GET /any/path?x=1 HTTP/1.1",
) {
	const lines = Object.entries({ ...GOOD, ...changes })
		.filter(([, value]) => value !== undefined)
		.map(([name, value]) => `${name}: ${value}`);
	return [first, ...lines].join("\r\n");
}

function statusOf(text: string): string {
	const upgrade = readUpgrade(text);
	return upgrade.kind === "refusal" ? upgrade.answer.split(" ", 2).join(" ") : "upgrade";
}

describe("the request for a WebSocket", () => {
	test("is taken, with the protocol both know, and answered as the standard's example", () => {
		expect(readUpgrade(head())).toMatchObject({
			kind: "upgrade",
			key: GOOD["Sec-WebSocket-Key"],
			protocol: "mqtt",
		});
		expect(readUpgrade(head({ "Sec-WebSocket-Protocol": undefined }))).toMatchObject({
			protocol: undefined,
		});
		expect(readUpgrade(head({ Upgrade: "WebSocket", Connection: "upgrade" })).kind).toBe("upgrade");
		// RFC 6455 §1.3
		expect(acceptance(GOOD["Sec-WebSocket-Key"], "mqtt")).toContain(
			"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n",
		);
	});

	test("what decides about it is handed on as it came", () => {
		const upgrade = readUpgrade(head({ Origin: "null", Host: "evil.example" }));
		if (upgrade.kind !== "upgrade") throw new Error("refused");
		expect([upgrade.headers.get("origin"), upgrade.headers.get("host")]).toEqual([
			"null",
			"evil.example",
		]);
	});

	test.each([
		["a plain GET", head({ Upgrade: undefined, Connection: undefined }), "HTTP/1.1 426"],
		["another upgrade", head({ Upgrade: "h2c" }), "HTTP/1.1 426"],
		["a POST", head({}, "POST / HTTP/1.1"), "HTTP/1.1 426"],
		["another version", head({ "Sec-WebSocket-Version": "8" }), "HTTP/1.1 426"],
		["no key", head({ "Sec-WebSocket-Key": undefined }), "HTTP/1.1 400"],
		["a key of another length", head({ "Sec-WebSocket-Key": "AAAA" }), "HTTP/1.1 400"],
		["HTTP/1.0", head({}, "GET / HTTP/1.0"), "HTTP/1.1 400"],
		["noise", "\x16\x03\x01", "HTTP/1.1 400"],
		["a folded header", `${head()}\r\n folded`, "HTTP/1.1 400"],
		["a header without a name", `${head()}\r\n: x`, "HTTP/1.1 400"],
		["two Hosts", `${head()}\r\nHost: other`, "HTTP/1.1 400"],
		["two Origins", `${head({ Origin: "http://a" })}\r\norigin: http://b`, "HTTP/1.1 400"],
	])("%s is refused", (_, text, status) => {
		expect(statusOf(text)).toBe(status);
	});
});

import { describe, expect, test } from "bun:test";
import { ServerRules } from "../../src/mqtt/server-rules.ts";

const CONNACK = [0x20, 2, 0, 0];
/** Judges the bytes of one packet that begins at the third of them, of which so many are there. */
function judge(bytes: readonly number[], rules = accepted(), there = bytes.length): unknown {
	const data = Buffer.from([0xaa, 0xbb, ...bytes.slice(0, there)]);
	let bodyAt = 3;
	while (((bytes[bodyAt - 2] ?? 0) & 0x80) !== 0) bodyAt += 1;
	bodyAt += 1;
	return rules.judge(data, 2, bodyAt, 2 + bytes.length);
}
/** Rules of a connection that is accepted. */
function accepted(): ServerRules {
	const rules = new ServerRules();
	rules.judge(Buffer.from(CONNACK), 0, 2, 4);
	return rules;
}

describe("rules for a broker's packets", () => {
	test.each<[string, number[]]>([
		["CONNACK of another length", [0x20, 3, 0, 0, 0]],
		["CONNACK of another length", [0x20, 0]],
		["CONNACK with reserved flags", [0x20, 2, 2, 0]],
		["CONNACK with code 0x06", [0x20, 2, 0, 6]],
	])("%s is wrong", (reason, bytes) => {
		expect(judge(bytes, new ServerRules())).toEqual({ reason });
	});

	test.each<[string, number[]]>([
		["a second CONNACK", CONNACK],
		["PUBLISH of QoS 3", [0x36, 5, 0, 1, 0x74, 0, 1]],
		["PUBLISH without a topic", [0x31, 0]],
		["PUBLISH without a topic", [0x32, 4, 0, 9, 0x74, 0]],
		["PUBLISH with packet id 0", [0x34, 5, 0, 1, 0x74, 0, 0]],
		["packet 0x50 without a packet id", [0x50, 2, 0, 0]],
		["packet 0x62 without a packet id", [0x62, 3, 0, 1, 0]],
		["SUBACK without a code", [0x90, 2, 0, 1]],
		["SUBACK with code 0x7f", [0x90, 4, 0, 1, 2, 0x7f]],
		["UNSUBACK of another length", [0xb0, 3, 0, 1, 0]],
		["PINGRESP of another length", [0xd0, 1, 0]],
		["packet 0x82, which brokers do not send", [0x82, 2, 0, 1]],
	])("%s is wrong", (reason, bytes) => {
		expect(judge(bytes)).toEqual({ reason });
	});

	test.each<[string, number[]]>([
		["PUBLISH", [0x31, 3, 0, 1, 0x74]],
		["PUBLISH of QoS 2", [0x3c, 5, 0, 1, 0x74, 0, 1]],
		["PUBREL", [0x62, 2, 1, 0]],
		["SUBACK", [0x90, 6, 0, 1, 0, 1, 2, 0x80]],
		["UNSUBACK", [0xb0, 2, 0, 1]],
		["PINGRESP", [0xd0, 0]],
	])("%s is right, in pieces too", (_, bytes) => {
		for (let there = 2; there < bytes.length; there++) {
			const wanted = judge(bytes, accepted(), there);
			expect(wanted).toBeGreaterThan(there);
			expect(wanted).toBeLessThanOrEqual(bytes.length);
		}
		expect(judge(bytes)).toBeUndefined();
	});

	test("a PUBLISH is judged before its payload is there", () => {
		const head = [0x32, 100, 0, 1, 0x74, 0, 1];
		const bytes = [...head, ...new Array(95).fill(0x78)];
		expect(judge(bytes, accepted(), head.length)).toBeUndefined();
	});

	test("a packet that no broker needs that long is not waited for", () => {
		const data = Buffer.from([0x90, 0xff, 0xff, 0x7f]);
		expect(accepted().judge(data, 0, 4, 4 + 2_097_151)).toEqual({
			reason: "packet 0x90 of 2097151 bytes",
		});
	});
});

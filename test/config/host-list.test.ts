import { describe, expect, test } from "bun:test";
import { readHostList, withoutBrackets } from "../../src/config/host-list.ts";

const at = (host: string, port: number) => ({ host, port });

describe("a list of hosts", () => {
	for (const [text, wanted] of [
		["", []],
		["  ", []],
		["broker.lan", [at("broker.lan", 1883)]],
		["broker.lan:1884", [at("broker.lan", 1884)]],
		["broker.lan.", [at("broker.lan.", 1883)]],
		["my_broker", [at("my_broker", 1883)]],
		["192.0.2.7:65535", [at("192.0.2.7", 65535)]],
		["::1", [at("::1", 1883)]],
		["[::1]", [at("::1", 1883)]],
		["[::1]:1", [at("::1", 1)]],
		["2001:db8::7", [at("2001:db8::7", 1883)]],
		["a, b:2 ,[fe80::1]:3", [at("a", 1883), at("b", 2), at("fe80::1", 3)]],
	] as const) {
		test(`"${text}" is understood`, () => expect(readHostList(text, 1883)).toEqual([...wanted]));
	}

	for (const [text, problem] of [
		["a,,b", "has an empty entry"],
		["a,", "has an empty entry"],
		["mqtt://a", 'contains "mqtt://a": write host or host:port'],
		["a:", "a port is an integer from 1 to 65535"],
		["a:0", "a port is an integer"],
		["a:65536", "a port is an integer"],
		["a:+1", "a port is an integer"],
		["a:1883/x", "a port is an integer"],
		["a:1:2", "an IPv6 address with a port is written as [::1]:1883"],
		[":1883", "write host or host:port"],
		["[::1", 'contains "[::1":'],
		["[a]:1", '"[a]" is not a host name or IP address'],
		["[::1]1883", 'contains "[::1]1883":'],
		["a b", '"a b" is not a host name or IP address'],
		["-a", '"-a" is not a host name'],
		["a..b", '"a..b" is not a host name'],
		["user@host", '"user@host" is not a host name'],
		["1.2.3.400", '"1.2.3.400" is not a host name'],
		["1.2.3", '"1.2.3" is not a host name'],
		[Array(17).fill("a").join(","), "has 17 entries; at most 16"],
	] as const) {
		test(`"${text}" is refused with the reason`, () =>
			expect(readHostList(text, 1883)).toContain(problem));
	}

	test("an IPv6 address is used without brackets, a name as it is", () => {
		expect(withoutBrackets("[::1]")).toBe("::1");
		expect(withoutBrackets("[not an address]")).toBe("[not an address]");
	});
});

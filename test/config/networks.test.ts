import { expect, test } from "bun:test";
import { readNetworks } from "../../src/config/networks.ts";

test("a list of networks is read", () => {
	expect(readNetworks(" 192.168.7.0/24, fd00::/8  10.0.0.1")).toEqual([
		{ address: "192.168.7.0", bits: 24, family: "ipv4" },
		{ address: "fd00::", bits: 8, family: "ipv6" },
		{ address: "10.0.0.1", bits: 32, family: "ipv4" },
	]);
	expect(readNetworks("")).toEqual([]);
});

test.each(["192.168.7", "192.168.7.0/33", "fd00::/129", "lan", "1.2.3.4/", "/8"])(
	"%s is refused by its name",
	(entry) => expect(readNetworks(`10.0.0.0/8, ${entry}`)).toContain(`contains "${entry}"`),
);

test("no more than 32", () => {
	expect(readNetworks(Array(33).fill("::1").join(" "))).toContain("at most 32");
});

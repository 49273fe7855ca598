import { expect, test } from "bun:test";
import { groupOf } from "../../src/kit/address-group.ts";

test.each([
	["192.168.1.7", "192.168.1.7"],
	["::ffff:192.168.1.7", "192.168.1.7"],
	["::1", "0:0:0:0::/64"],
	["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
	["2001:db8::6", "2001:db8:0:0::/64"],
	["fe80::1%eth0", "fe80:0:0:0::/64"],
	["", ""],
])("%p counts as %p", (address, group) => expect(groupOf(address)).toBe(group));

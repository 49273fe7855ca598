import { expect, spyOn, test } from "bun:test";
import * as os from "node:os";
import { lanAddresses } from "../../src/settings/lan.ts";

const common = { netmask: "255.255.255.0", mac: "00:00:00:00:00:00", cidr: null };
const v4 = (address: string, internal = false) => ({
	...{ ...common, address, internal, family: "IPv4" as const },
});

test("others reach a machine under its IPv4 addresses that are not its own alone", () => {
	const interfaces = spyOn(os, "networkInterfaces").mockReturnValue({
		lo: [v4("127.0.0.1", true)],
		eth0: [
			v4("192.168.1.7"),
			{ ...common, address: "fe80::1", internal: false, family: "IPv6", scopeid: 2 },
		],
		wlan0: [v4("10.0.0.3")],
		down: undefined,
	});
	try {
		expect(lanAddresses()).toEqual(["192.168.1.7", "10.0.0.3"]);
	} finally {
		interfaces.mockRestore();
	}
});

test("this machine's are addresses", () => {
	for (const address of lanAddresses()) expect(address).toMatch(/^\d+(\.\d+){3}$/);
});

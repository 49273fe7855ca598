import { expect, test } from "bun:test";
import { setupAddresses } from "../../src/cli/setup-address.ts";
import { SERVER_MODULES } from "../../src/servers/server-modules.ts";
import { lanAddresses } from "../../src/settings/lan.ts";

const configOf = (bind: string) =>
	SERVER_MODULES.ini.parse("my.ini", `[core]\nbind = ${bind}\n`, "/home/pi");

test("a server for this machine alone is set up on it", () => {
	expect(setupAddresses(configOf("127.0.0.1"), "http://localhost:9992", "k3y")).toEqual([
		"http://localhost:9992/gui/#/setup/k3y",
	]);
});

test("one that others reach is set up at each of its addresses as well, with its port and encryption", () => {
	expect(setupAddresses(configOf("0.0.0.0"), "https://localhost:4443", "k3y")).toEqual([
		"https://localhost:4443/gui/#/setup/k3y",
		...lanAddresses().map((host) => `https://${host}:4443/gui/#/setup/k3y`),
	]);
});

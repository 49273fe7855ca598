import { expect, test } from "bun:test";
import { V1 } from "../../src/csm/config.ts";
import { SERVER_MODULES } from "../../src/servers/server-modules.ts";

const read =
	(...lines: string[]) =>
	() =>
		SERVER_MODULES.ini.parse("test.ini", ["[v1]", ...lines, ""].join("\n"));

test("the older protocol is off unless the ini gives it a port", () => {
	expect(V1.schema.properties.port.default).toBe(0);
	expect(
		read("port = 9999", "broadcast = true", "open-networks = 10.0.0.0/8, fd00::1"),
	).not.toThrow();
});

test.each([
	["broadcast = true", "needs port = 9999"],
	["open-networks = lan", 'contains "lan": write a network such as 192.168.7.0/24'],
	["offline-after = 0", "offline-after"],
	["port = 70000", "port"],
	["mqtt = true", "mqtt"],
])("%s is refused", (line, words) => expect(read("port = 9998", line)).toThrow(words));

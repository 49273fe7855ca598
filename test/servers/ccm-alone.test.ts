import { describe, expect, test } from "bun:test";
import { storeOptions } from "../../src/servers/core-options.ts";
import { SERVER_MODULES } from "../../src/servers/server-modules.ts";

const { ini: INI } = SERVER_MODULES;

const configured = (names: readonly string[], text = "") =>
	SERVER_MODULES.configure(names, INI.parse("x.ini", text, "/home/x"));

describe("start ccm alone", () => {
	test("is at the original's port, with its own database, at the broker of a CSM on this machine", () => {
		const { core, "core-db": db, "core-mqtt": mqtt, "core-ws": ws } = configured(["ccm"]);
		expect([core.bind, core["http-port"], db.url]).toEqual(["127.0.0.1", 7788, "iottalk-gui.db"]);
		expect(mqtt).toMatchObject({
			broker: "external",
			scheme: "mqtt",
			host: "localhost",
			port: 1883,
			username: "ccm",
		});
		expect(ws).toMatchObject({ scheme: "ws", host: "", port: 1884 });
	});

	test("names its own section where its database is at fault", () => {
		expect(storeOptions(configured(["ccm"])).setting).toBe("url in [gui-db]");
		expect(storeOptions(configured(["csm", "ccm"])).setting).toBe("url in [core-db]");
	});

	test("is where its own sections say, whatever those of the core say", () => {
		const text = `[core]
http-port = 1
bind = 192.0.2.1
[core-db]
url = a.db
[core-mqtt]
port = 2
connect = elsewhere
password = wrong
[gui]
port = 0
bind = 192.0.2.2
[gui-db]
url = sqlite:////srv/gui.db
[gui-mqtt]
scheme = mqtts
host = gateway.lan
port = 8883
username = other
password-file = /srv/secret
ca = /srv/ca.pem
`;
		const { core, "core-db": db, "core-mqtt": mqtt } = configured(["ccm"], text);
		expect([core.bind, core["http-port"], db.url]).toEqual(["192.0.2.2", 0, "/srv/gui.db"]);
		expect(mqtt).toMatchObject({
			scheme: "mqtts",
			host: "gateway.lan",
			port: 8883,
			connect: "",
			username: "other",
			password: "",
			"password-file": "/srv/secret",
			ca: "/srv/ca.pem",
		});
	});

	test.each([[["csm"]], [["csm", "ccm"]]])("%j are as the core's sections say", (names) => {
		const text = "[gui]\nport = 1\n[gui-mqtt]\nhost = x\n";
		expect(configured(names, text)).toEqual(INI.parse("x.ini", text, "/home/x"));
	});
});

import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GUI, GUI_DB, GUI_MQTT } from "../../src/ccm/config.ts";
import { sectionValues } from "../../src/config/mod.ts";
import { SERVER_MODULES } from "../../src/servers/server-modules.ts";

const { ini: INI } = SERVER_MODULES;

const parse = (text: string) => INI.parse("my.ini", text, "/home/x");

test("without an ini CCM is at the original's places", () => {
	const config = parse("");
	expect(sectionValues(config, GUI)).toMatchObject({
		registration: "auto",
		port: "",
		prefix: "/iottalk/ccm",
		workbench: "auto",
		"ownership-timeout": 0,
		"odf-single-bind": false,
	});
	expect(sectionValues(config, GUI_DB).url).toBe("iottalk-gui.db");
	expect(sectionValues(config, GUI_MQTT)).toMatchObject({
		host: "localhost",
		port: 1883,
		username: "ccm",
		"csm-port": 9992,
	});
});

test("an ini of the original's is read, and what has no effect is named with its line", () => {
	const folder = mkdtempSync(join(tmpdir(), "iotctl-gui-ini-"));
	const path = join(folder, "my.ini");
	const text = `[gui]
bind = 0.0.0.0
port = 7788
userdir = $HOME/.iottalk
flask-secret-key = abc
ownership-timeout = 180
odf-single-bind = 0
debug = True
[gui-db]
url = mysql://someone@somewhere/iottalk
redis-host = localhost
[gui-mqtt]
host = localhost
csm-host = localhost
gui-req-topic = iottalk/api/gui/req/+
[gui-ec]
ec-endpoint = http://localhost:9992
[gui-oauth2]
client-id = x
`;
	try {
		writeFileSync(path, text);
		const gui = sectionValues(INI.load(path), GUI);
		expect([gui.port, gui.bind, gui["ownership-timeout"]]).toEqual(["7788", "0.0.0.0", 180]);
		const said = INI.unusedKeys(path);
		expect(said).toHaveLength(5);
		expect(said[0]).toBe(
			`"${path}", line 4: "userdir" in [gui] has no effect: userdir in [core] counts`,
		);
		expect(INI.oldNames(path)).toEqual([]);
	} finally {
		rmSync(folder, { recursive: true });
	}
});

test.each([
	["[gui]\nport = 70000\n", "empty or a port from 0 to 65535"],
	["[gui]\nport = -1\n", "empty or a port from 0 to 65535"],
	["[gui]\nregistration = maybe\n", "auto, open, code or closed"],
	["[gui]\nprefix = iottalk\n", "empty or a path such as /iottalk/ccm"],
	["[gui]\nportt = 1\n", 'unknown key "portt" in [gui]'],
	["[gui-mqtt]\nport = x\n", "integer from 0 to 65535"],
])("a mistake in %j is refused in words", (text, words) => {
	expect(() => parse(text)).toThrow(words);
});

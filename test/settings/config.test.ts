import { describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError } from "../../src/kit/errors.ts";
import { LONGEST_TIMEOUT_MS } from "../../src/kit/timers.ts";
import { esmOf } from "../../src/servers/csm-options.ts";
import { SERVER_MODULES } from "../../src/servers/server-modules.ts";
import { encryptionOf, schemesOf } from "../../src/settings/mod.ts";

const { ini: INI } = SERVER_MODULES;

const parse = (text: string) => INI.parse("my.ini", text, "/home/pi");
const refusal = (text: string): string => {
	try {
		parse(text);
	} catch (error) {
		if (error instanceof ConfigError) return error.message;
		throw error;
	}
	throw new Error("The ini was accepted");
};

describe("defaults", () => {
	test("an empty ini gives the defaults of csm.md §9", () => {
		const config = parse("");
		expect(config).toEqual(INI.defaults("/home/pi"));
		expect(config.core).toMatchObject({
			userdir: "/home/pi/.iottalk",
			bind: "127.0.0.1",
			"http-port": 9992,
			"da-expiration": 259_200,
		});
		expect(config["core-db"]).toMatchObject({ type: "sqlite", url: "iottalk.db" });
		expect(config["core-mqtt"].port).toBe(1883);
		expect(config["core-ws"].port).toBe(1884);
		expect(schemesOf(config)).toEqual({ http: "http", mqtt: "mqtt", ws: "ws" });
	});

	test("sample.ini is what genconf writes, and changes only bind", () => {
		const sample = INI.sample();
		expect(readFileSync(join(import.meta.dir, "../../sample.ini"), "utf8")).toBe(sample);
		const { core, ...rest } = parse(sample);
		const { core: defaultCore, ...defaultRest } = INI.defaults("/home/pi");
		expect(core).toEqual({ ...defaultCore, bind: "0.0.0.0" });
		expect(rest).toEqual(defaultRest);
	});

	test("every default shown in the sample is accepted when its # is removed", () => {
		const opened = INI.sample().replace(/^#(?=[a-z])/gm, "");
		expect(() => parse(opened)).not.toThrow();
	});
});

describe("values", () => {
	test("each kind is read", () => {
		const config = parse(
			"[core]\nhttp-port = 80\nuserdir = ~/x\n[log]\nlevel=debug\n[aaa]\nenable_mqtt_auth = off\n",
		);
		expect(config.core["http-port"]).toBe(80);
		expect(config.core.userdir).toBe("/home/pi/x");
		expect(config.log.level).toBe("debug");
		expect(config.aaa.enable_mqtt_auth).toBe(false);
	});

	test("texts that look like other types stay texts", () => {
		expect(parse("[core-db]\nurl = true\n")["core-db"].url).toBe("true");
		expect(parse("[core-mqtt]\nhost = 5\n")["core-mqtt"].host).toBe("5");
	});

	test("quotes, comments, blanks, Windows line ends and a byte order mark are taken", () => {
		const text = '\uFEFF; comment\r\n[core]\r\n# more\r\n  bind = "::1"  \r\n\r\nhttp-port=81\r\n';
		expect(parse(text).core).toMatchObject({ bind: "::1", "http-port": 81 });
	});

	const password = (value: string) =>
		parse(`[core-mqtt]\npassword = ${value}\n`)["core-mqtt"].password;
	test.each([
		["6#G222@!ds9", "6#G222@!ds9"],
		["a;b", "a;b"],
		["a #b", "a #b"],
		["#a", "#a"],
		[";", ";"],
		["a\\#b\\", "a\\#b\\"],
		["a=b:c", "a=b:c"],
		['"a # b"', "a # b"],
		["'a ; b'", "a ; b"],
		['"', '"'],
		["'", "'"],
		['"a" or "b"', '"a" or "b"'],
		["true", "true"],
		["null", "null"],
		["[]", "[]"],
		["pa$word", "pa$word"],
		["~", "~"],
		["ü 密", "ü 密"],
	])("a password %p is taken whole, as configparser does: %p", (written, value) => {
		expect(password(written)).toBe(value);
	});

	test("a colon separates too, keys are read in any case, and [DEFAULT] counts everywhere", () => {
		const text =
			"[DEFAULT]\nplace = /srv\nlevel = warn\n[core]\nHTTP-Port: 80\nuserdir: ${Place}/x\n[core] # again\nbind=::1\n";
		const { core, log } = parse(text);
		expect(core).toMatchObject({ "http-port": 80, userdir: "/srv/x", bind: "::1" });
		expect(log.level).toBe("warn");
	});

	test.each([
		["$HOME/.iottalk", "/home/pi/.iottalk"],
		["${HOME}/x", "/home/pi/x"],
		["~", "/home/pi"],
		["~/x", "/home/pi/x"],
		["/data/$$x", "/data/$x"],
	])("a path %p is %p", (written, path) => {
		const other = `[tls]\ncert = ${written}\nkey = ${written}\n[core-mqtt]\nca = ${written}\npassword-file = ${written}\n[core-db]\nurl = ${written}\n`;
		const config = parse(`[core]\nuserdir = ${written}\n${other}`);
		const { tls, "core-mqtt": mqtt, "core-db": db } = config;
		expect([
			config.core.userdir,
			tls.cert,
			tls.key,
			mqtt.ca,
			mqtt["password-file"],
			db.url,
		]).toEqual(Array(6).fill(path));
	});

	test("unknown sections are ignored, whatever is in them", () => {
		expect(parse("[gui-oauth2]\nport = 7788\nx = ${no:where}\n[a.b.c]\ny = 1\n")).toEqual(
			parse(""),
		);
	});
});

test("[log] rooms, the old name of components, is read, and named once", () => {
	const folder = mkdtempSync(join(tmpdir(), "iotctl-ini-"));
	const path = join(folder, "my.ini");
	writeFileSync(path, "[log]\nrooms = broker:debug\n");
	const { log } = INI.load(path);
	expect([log.components, INI.oldNames(path)]).toEqual([
		"broker:debug",
		[
			`"${path}", line 2: "rooms" in [log] is still read in this version; rename it to "components"`,
		],
	]);
	writeFileSync(path, "[log]\nrooms = broker:debug\ncomponents = store:warn\n");
	expect(INI.load(path).log.components).toBe("store:warn");
	expect(INI.oldNames(path)).toEqual([
		`"${path}", line 2: "rooms" in [log] is ignored beside "components"`,
	]);
	writeFileSync(path, "[log]\ncomponents = store:warn\n");
	expect(INI.oldNames(path)).toEqual([]);
	rmSync(folder, { recursive: true });
});

test("data-qos of [core-mqtt] counts where [esm] has none, and is warned of", () => {
	const folder = mkdtempSync(join(tmpdir(), "iotctl-config-"));
	const path = join(folder, "my.ini");
	writeFileSync(path, "[core-mqtt]\ndata-qos = 0\n");
	expect([esmOf(INI.load(path))["data-qos"], INI.oldNames(path)]).toEqual([
		"0",
		[
			`"${path}", line 2: "data-qos" in [core-mqtt] is still read in this version; move it to "data-qos" in [esm]`,
		],
	]);
	writeFileSync(path, "[core-mqtt]\ndata-qos = 3\n");
	expect(() => INI.load(path)).toThrow('line 2: "data-qos" in [core-mqtt] has the value "3"');
	rmSync(folder, { recursive: true });
});

describe("interpolation", () => {
	test("${section:key} and ${key} stand for other values, set or default", () => {
		const text =
			"[core]\nhttp-port = 7000\nbind = ${core-db:host}\n[core-mqtt]\nport = ${core:http-port}\n[core-ws]\nport = ${core-mqtt:port}\n[esm]\nmax-graphs = ${max-functions}\n";
		const config = parse(text);
		expect(config["core-ws"].port).toBe(7000);
		expect(config.core.bind).toBe("localhost");
		expect(esmOf(config)["max-graphs"]).toBe(10_000);
	});

	test("$$ is a dollar", () => {
		expect(parse("[core]\nuserdir = /a/$${x}\n").core.userdir).toBe("/a/${x}");
	});

	test("what leads nowhere or in a circle is named", () => {
		expect(refusal("[core]\nbind = ${nope}\n")).toContain("refers to ${nope}, which is not set");
		expect(refusal("[core]\nbind = ${userdir}\nuserdir = ${bind}\n")).toContain("refers to itself");
		expect(refusal("[core]\nbind = ${bind}\n")).toContain("refers to itself");
	});
});

describe("errors name file, line, key, value and what is accepted", () => {
	test.each([
		[
			"[core]\nhttp-port = 70000\n",
			'line 2: "http-port" in [core] has the value "70000", which is not accepted: expected integer from 0 to 65535',
		],
		["[core]\nhttp-port =\n", 'has the value "", which is not accepted: expected integer'],
		["[core]\nda-expiration = 0\n", "(seconds)"],
		["[core]\n\n; x\nda-expiration = 1.5\n", "line 4"],
		[
			"[core]\nhttp-prefix = csm/\n",
			"which is not accepted: expected empty or a path such as /csm",
		],
		["[core]\nuserdir =\n", "which is not accepted: expected text"],
		["[core-db]\ntype = mysql\n", 'has the value "mysql", which is not accepted: expected sqlite'],
		["[core-mqtt]\nscheme = http\n", "which is not accepted: expected auto, mqtt or mqtts"],
		["[tls]\ncert = a.pem\n", "[tls] has cert, but not key"],
		["[tls]\nkey = a.pem\n", "[tls] has key, but not cert"],
		["[aaa]\nenable_mqtt_auth = maybe\n", "which is not accepted: expected true or false"],
		["[log]\nlevel = loud\n", "which is not accepted: expected debug, info, warn or error"],
		["[core]\nbind[] = a\n", "takes one value, not a list"],
		["bind = a\n[core]\n", 'line 1: "bind" is outside of any [section]'],
		["[core-mqtt]\nprot = 1\n", 'line 2: unknown key "prot" in [core-mqtt] (did you mean "port"?)'],
		["[core]\nsomething-else = 1\n", "(known are userdir, bind,"],
		["\n[CORE]\nbind = a\n", "line 2: [CORE] is not a known section; write [core]"],
		["[core_mqtt]\nport = 1\n", "line 1: [core_mqtt] is not a known section; write [core-mqtt]"],
		["[Core MQTT]\n", "write [core-mqtt]"],
		["[core]\nbind\n", "line 2: the line is neither a [section] nor key = value"],
		["[core\nbind = ::1\n", 'line 1: "[core" is neither a [section] nor key = value'],
		["[core]\n= 5\n", 'line 2: "= 5" has no key in front of its value'],
		["[core]\nhttp-port = 80 ; web\n", 'line 2: "http-port" in [core] has the value "80 ; web"'],
		["[core]\nuserdir = /data # disk\n", "put a comment on a line of its own"],
		["[core]\nuserdir = ~pi/x\n", "starts with another user's home: only ~/ is supported"],
		["[core]\nuserdir = $USER/x\n", "contains $USER, but only $HOME is supported"],
	])("%j", (text, part) => {
		const message = refusal(text);
		expect(message).toStartWith('Cannot use "my.ini"');
		expect(message).toContain(part);
	});

	test("a secret is not shown", () => {
		expect(refusal("[core-db]\npasswd = ${geheim}\n")).not.toContain('value "');
	});
});

test("no time that can be set is longer than a timer can wait", () => {
	const factors = new Map([
		["seconds", 1000],
		["milliseconds", 1],
	]);
	const times = INI.sections
		.flatMap(({ fields }) => fields)
		.filter(({ unit }) => factors.has(unit ?? ""));
	expect(times.length).toBeGreaterThan(4);
	for (const { key, unit, schema } of times) {
		const longest = Number(schema.maximum) * (factors.get(unit ?? "") ?? 1);
		expect([key, longest <= LONGEST_TIMEOUT_MS]).toEqual([key, true]);
	}
});

describe("schemes", () => {
	const cert = "[tls]\ncert = a.pem\nkey = b.pem\n";
	test.each([
		["", "http mqtt ws", "- - -"],
		[cert, "https mqtts wss", "http mqtt ws"],
		[`${cert}[core-mqtt]\nscheme = mqtt\n`, "https mqtt wss", "http - ws"],
		[`${cert}[core]\nhttp-scheme = http\n[core-ws]\nscheme = ws\n`, "http mqtts ws", "- mqtt -"],
		["[core]\nhttp-scheme = https\n[core-ws]\nscheme = wss\n", "https mqtt wss", "- - -"],
		[`${cert}[core-mqtt]\nbroker = external\n`, "https mqtt ws", "http - -"],
		[`${cert}[core]\nhttps-port = 9993\n`, "http mqtt ws", "- - -"],
		[
			`${cert}[core]\nhttps-port = 9993\n[core-mqtt]\nscheme = mqtts\n`,
			"http mqtts ws",
			"- mqtt -",
		],
		[`${cert}[core]\nhttps-port = 9993\nhttp-scheme = https\n`, "https mqtt ws", "http - -"],
	])("%j tells %p and encrypts %p", (text, told, encrypted) => {
		const config = parse(text);
		const { http, mqtt, ws } = schemesOf(config);
		expect(`${http} ${mqtt} ${ws}`).toBe(told);
		const is = encryptionOf(config);
		const shown = [is.http && "http", is.mqtt && "mqtt", is.ws && "ws"];
		expect(shown.map((name) => name || "-").join(" ")).toBe(encrypted);
	});
});

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ServerOptions } from "../../src/servers/server-options.ts";
import { INI } from "../../src/settings/mod.ts";

const config = (text: string) => INI.parse("test.ini", text, "/home/x");

describe("a reload", () => {
	test("changes limits in place, and names what has to wait for a start, each time", () => {
		const options = new ServerOptions(config(""));
		const graphs = options.graphs();
		const changed = config("[core]\nbind = 0.0.0.0\n[esm]\nmax-graphs = 3\n");
		expect(options.reload(changed)).toEqual({
			applied: ["esm.max-graphs"],
			needRestart: ["core.bind"],
		});
		expect(graphs.maxGraphs).toBe(3);
		expect(options.reload(changed)).toEqual({ applied: [], needRestart: ["core.bind"] });
	});

	test("leaves what cannot change as the server started with it", () => {
		const options = new ServerOptions(config(""));
		options.reload(config("[core]\nbind = 0.0.0.0\nmax-devices = 5\n"));
		expect(options.config.core.bind).toBe("127.0.0.1");
		expect(options.config.core["max-devices"]).toBe(5);
	});
});

describe("the password of an external broker", () => {
	let folder: string;
	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), "iotctl-password-"));
	});
	afterEach(() => rmSync(folder, { recursive: true }));

	const passwordIn = (bytes: Uint8Array | string): string => {
		const path = join(folder, "pw");
		writeFileSync(path, bytes);
		const text = `[core-mqtt]\nbroker = external\npassword-file = ${path}\n`;
		return new ServerOptions(config(text)).externalBroker(undefined).password;
	};

	test.each([
		["a#b;c\n", "a#b;c"],
		["\uFEFFsecret\r\nmore\r\n", "secret"],
		["secret ", "secret "],
		["\uFEFF", ""],
	])("in a file %j is %j", (text, password) => {
		expect(passwordIn(text)).toBe(password);
	});

	test("in a file of another encoding is refused in words", () => {
		const utf16 = Buffer.from("\uFEFFsecret\r\n", "utf16le");
		expect(() => passwordIn(utf16)).toThrow("(password-file in [core-mqtt]): it is not UTF-8 text");
	});
});

describe("where an external broker may be", () => {
	const at = (host: string, port: number) => ({ host, port });

	test("a bad one is named with file and line", () => {
		expect(() => INI.parse("my.ini", "[core-mqtt]\nconnect = a, b:x\n")).toThrow(
			'Cannot use "my.ini", line 2: "connect" in [core-mqtt] contains "b:x"',
		);
	});

	test("without a list it is host and port", () => {
		const addresses = (ini: string) =>
			new ServerOptions(INI.parse("my.ini", `[core-mqtt]\n${ini}`)).externalBroker(undefined)
				.addresses;
		expect(addresses("")).toEqual([at("localhost", 1883)]);
		expect(addresses("host = [::1]\nport = 7\n")).toEqual([at("::1", 7)]);
		expect(addresses("host = ::1\n")).toEqual([at("::1", 1883)]);
		expect(addresses("host = told\nport = 7\nconnect = a, b:8\n")).toEqual([
			at("a", 7),
			at("b", 8),
		]);
	});
});

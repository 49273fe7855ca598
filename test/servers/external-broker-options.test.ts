import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { externalBrokerOptions } from "../../src/servers/external-broker-options.ts";
import { SERVER_MODULES } from "../../src/servers/server-modules.ts";

const { ini: INI } = SERVER_MODULES;

const options = (ini: string) =>
	externalBrokerOptions(
		{ values: INI.parse("my.ini", `[core-mqtt]\n${ini}`, "/home/x") },
		undefined,
	);

describe("the password of an external broker", () => {
	const passwordIn = (bytes: Uint8Array | string): string => {
		const folder = mkdtempSync(join(tmpdir(), "iotctl-password-"));
		try {
			const path = join(folder, "pw");
			writeFileSync(path, bytes);
			return options(`broker = external\npassword-file = ${path}\n`).password;
		} finally {
			rmSync(folder, { recursive: true });
		}
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
		expect(() => options("connect = a, b:x\n")).toThrow(
			'Cannot use "my.ini", line 2: "connect" in [core-mqtt] contains "b:x"',
		);
	});

	test("without a list it is host and port", () => {
		expect(options("").addresses).toEqual([at("localhost", 1883)]);
		expect(options("host = [::1]\nport = 7\n").addresses).toEqual([at("::1", 7)]);
		expect(options("host = ::1\n").addresses).toEqual([at("::1", 1883)]);
		expect(options("host = told\nport = 7\nconnect = a, b:8\n").addresses).toEqual([
			at("a", 7),
			at("b", 8),
		]);
	});
});

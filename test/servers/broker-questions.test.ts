import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mayBeAsked } from "../../src/servers/broker-questions.ts";
import { SERVER_MODULES } from "../../src/servers/server-modules.ts";

const { ini: INI } = SERVER_MODULES;
const VARIABLE = "IOTCTL_BROKER_KEY";
const GOOD = "0123456789abcdef-_.~ABCD";

let folder: string;
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), "iotctl-broker-key-"));
});
afterAll(() => {
	rmSync(folder, { recursive: true });
	delete process.env[VARIABLE];
});

/** Whether a broker may ask a server with this key in a file of its user directory. */
function isAsked(key: string | undefined, modules: readonly string[] = ["csm"]): boolean {
	if (key !== undefined) writeFileSync(join(folder, "key"), key);
	const line = key === undefined ? "" : "\n[core-mqtt]\nauth-key-file = key\n";
	const values = INI.parse("my.ini", `[core]\nuserdir = ${folder}\n${line}`, "/home/x");
	return mayBeAsked(modules, values);
}

describe("a broker", () => {
	test("may ask where there is a key, in a file or in the environment, and devices are known", () => {
		expect(isAsked(undefined)).toBe(false);
		expect(isAsked(`${GOOD}\n`)).toBe(true);
		expect(isAsked(`\uFEFF${GOOD}\r\nmore`)).toBe(true);
		expect(isAsked(GOOD, ["ccm"])).toBe(false);
		process.env[VARIABLE] = GOOD;
		expect(isAsked(undefined)).toBe(true);
		process.env[VARIABLE] = "";
		expect(isAsked(undefined)).toBe(false);
		delete process.env[VARIABLE];
	});

	test.each(["", "short", `${GOOD} `, `${GOOD}/`, "ä".repeat(30), `\n${GOOD}`])(
		"may not ask with %j for a key: the start fails, and says why without the key",
		(key) => {
			const words =
				/^the key in "key" \(auth-key-file in \[core-mqtt\]\) must have at least 24 letters.*openssl rand -hex 24$/;
			expect(() => isAsked(key)).toThrow(words);
		},
	);

	test("a file that is not there, and a short key in the environment are said", () => {
		const values = INI.parse("my.ini", "[core-mqtt]\nauth-key-file = /nowhere/key\n", "/home/x");
		expect(() => mayBeAsked(["csm"], values)).toThrow(
			/Cannot read "\/nowhere\/key" \(auth-key-file in \[core-mqtt\]\)/,
		);
		process.env[VARIABLE] = "short";
		expect(() => isAsked(undefined)).toThrow(/^the key in IOTCTL_BROKER_KEY must have/);
		delete process.env[VARIABLE];
	});
});

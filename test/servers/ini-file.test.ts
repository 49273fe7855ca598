import { afterEach, beforeEach, expect, test } from "bun:test";
import {
	chmodSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { changeIni, iniWords } from "../../src/servers/ini-file.ts";

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "iotctl-ini-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const mode = (path: string) => statSync(path).mode & 0o777;

test("an ini keeps its comments, its other values and its rights", () => {
	const path = join(folder, "my.ini");
	writeFileSync(path, "# mine\n[core]\nbind = 127.0.0.1\n\n[log]\nlevel = debug\n");
	chmodSync(path, 0o640);
	changeIni(path, { core: { bind: "0.0.0.0" } });
	expect(readFileSync(path, "utf8")).toBe(
		"# mine\n[core]\nbind = 0.0.0.0\n\n[log]\nlevel = debug\n",
	);
	expect(mode(path)).toBe(0o640);
	expect(readdirSync(folder)).toEqual(["my.ini"]);
});

test("one that is not there is made for its owner alone", () => {
	const path = join(folder, "new.ini");
	changeIni(path, { core: { auth: "on" } });
	expect(readFileSync(path, "utf8")).toContain("[core]\nauth = on\n");
	expect(mode(path)).toBe(0o600);
});

test("one that says so already is not written", () => {
	const path = join(folder, "my.ini");
	writeFileSync(path, "[core]\nauth = on\n");
	const before = statSync(path);
	changeIni(path, { core: { auth: "on" } });
	expect([statSync(path).ino, statSync(path).mtimeMs]).toEqual([before.ino, before.mtimeMs]);
});

test("one that cannot be replaced stays, and nothing is left beside it", () => {
	// A folder in its place cannot be replaced by a file.
	const path = join(folder, "my.ini");
	writeFileSync(path, "[core]\n");
	mkdirSync(`${path}.new`);
	expect(() => changeIni(path, { core: { auth: "on" } })).toThrow();
	expect(readFileSync(path, "utf8")).toBe("[core]\n");
});

test("several sections change at once, and words say the same", () => {
	const path = join(folder, "my.ini");
	writeFileSync(path, "[core]\nbind = ::\n# mine\n");
	const changes = { core: { "https-port": "9993" }, tls: { cert: "a.pem", key: "b.pem" } };
	changeIni(path, changes);
	expect(readFileSync(path, "utf8")).toBe(
		"[core]\nhttps-port = 9993\nbind = ::\n# mine\n[tls]\ncert = a.pem\nkey = b.pem\n",
	);
	expect(iniWords(changes)).toBe(
		"https-port = 9993 in [core], cert = a.pem and key = b.pem in [tls]",
	);
});

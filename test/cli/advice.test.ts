import { describe, expect, test } from "bun:test";
import { advise, deniedText, quoted } from "../../src/cli/advice.ts";
import { failureOf } from "../../src/cli/failure.ts";
import { ConfigError, DeniedError } from "../../src/kit/errors.ts";

describe("advice", () => {
	test("names the ini in use in every command that needs it", () => {
		expect(advise("try iotctl status, or iotctl user add x", "/a b.ini")).toBe(
			"try iotctl -c '/a b.ini' status, or iotctl -c '/a b.ini' user add x",
		);
		for (const text of [
			"iotctl genconf x",
			"iotctl -c y status",
			"what iotctl is",
			"xiotctl stop",
		]) {
			expect(advise(text, "/a.ini")).toBe(text);
		}
		expect(advise("iotctl status", undefined)).toBe("iotctl status");
	});

	test("names the program as it was typed, in every command", () => {
		const advised = (text: string, ini?: string) => advise(text, ini, ["./my iotctl"]);
		const name = "'./my iotctl'";
		expect(advised("iotctl genconf x; iotctl -h")).toBe(`${name} genconf x; ${name} -h`);
		expect(advised("try sudo iotctl -c y status", "/a.ini")).toBe(`try sudo ${name} -c y status`);
		expect(advised("(iotctl stop)", "/a.ini")).toBe(`(${name} -c /a.ini stop)`);
		expect(advised("Usage: iotctl [options] [command]")).toBe(`Usage: ${name} [options] [command]`);
		for (const text of [
			"/usr/bin/iotctl stop",
			"my-iotctl stop",
			"systemctl stop iotctl",
			"iotctl",
		]) {
			expect(advised(text, "/a.ini")).toBe(text);
		}
		expect(advise("iotctl stop", undefined, ["bun", "src/main.ts"])).toBe("bun src/main.ts stop");
	});

	test.each([
		["/a/b-c_1.ini", "/a/b-c_1.ini"],
		["a b", "'a b'"],
		["it's", "'it'\\''s'"],
		["$x", "'$x'"],
		["", "''"],
	])("a shell reads %j as written in %j", (word, written) => {
		expect(quoted(word)).toBe(written);
		const { stdout } = Bun.spawnSync(["sh", "-c", `printf %s ${quoted(word)}`]);
		expect(stdout.toString()).toBe(word);
	});

	test("what was denied says whose it is, unless there is nothing to be done", () => {
		const denied = new DeniedError('Cannot read "/proc/1/mem"', "/proc/1/mem", undefined);
		const text = deniedText(denied, { args: ["status", "-c", "x.ini"], ini: "x.ini" });
		const more = '; "/proc/1/mem" belongs to root: try sudo iotctl status -c x.ini';
		const isRoot = process.getuid?.() === 0;
		expect(text).toBe(`Cannot read "/proc/1/mem": permission denied${isRoot ? "" : more}`);
	});
});

describe("a command that failed", () => {
	const call = { args: ["status"], ini: undefined };
	const system = (code: string, path: string) => Object.assign(new Error("x"), { code, path });
	test.each<[string, () => Error, string]>([
		["a message of two lines", () => new ConfigError("a\n  b"), "a; b"],
		["a full disk", () => system("ENOSPC", "/a"), 'Cannot use "/a": the disk is full'],
		["a directory", () => system("EISDIR", "/a"), 'Cannot use "/a": it is a directory'],
		["a read-only disk", () => system("EROFS", "/a"), 'Cannot use "/a": the disk is read-only'],
		[
			"a database on a full disk",
			() => Object.assign(new Error("disk"), { code: "SQLITE_FULL" }),
			"the server cannot store this now: its disk is full (SQLITE_FULL)",
		],
		[
			"a mistake of ours",
			() => new TypeError("x is not a function"),
			"unexpected failure, please report it: x is not a function",
		],
	])("by %s says one line without a stack", (_, make, message) => {
		expect(failureOf(make(), call)).toEqual({ message, exitCode: 1 });
	});
});

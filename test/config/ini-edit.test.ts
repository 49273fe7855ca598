import { describe, expect, test } from "bun:test";
import { withIniValues } from "../../src/config/ini-edit.ts";

const edit = (text: string) => withIniValues(text, "core", { bind: "0.0.0.0", auth: "on" });

describe("an ini with other values", () => {
	test.each([
		["an empty file", "", "[core]\nbind = 0.0.0.0\nauth = on\n"],
		[
			"a file without the section",
			"[log]\nlevel = debug",
			"[log]\nlevel = debug\n[core]\nbind = 0.0.0.0\nauth = on\n",
		],
		[
			"keys that are there, in their places",
			"; mine\n[core]\n  Bind=127.0.0.1\n# auth = off\nauth = auto\n\n[log]\nbind = x\n",
			"; mine\n[core]\n  Bind=0.0.0.0\n# auth = off\nauth = on\n\n[log]\nbind = x\n",
		],
		[
			"one key that is missing",
			"[ core ]\nuserdir = /x\nauth = off\n",
			"[ core ]\nbind = 0.0.0.0\nuserdir = /x\nauth = on\n",
		],
		["line ends of Windows", "[core]\r\nauth=off\r\n", "[core]\r\nbind = 0.0.0.0\r\nauth=on\r\n"],
		[
			"a key that is there twice",
			"[core]\nbind = a\nauth = on\nbind = b",
			"[core]\nbind = 0.0.0.0\nauth = on\nbind = 0.0.0.0",
		],
	])("of %s", (_, before, after) => {
		expect(edit(before)).toBe(after);
		expect(edit(after)).toBe(after);
	});
});

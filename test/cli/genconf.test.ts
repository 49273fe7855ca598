import { afterEach, beforeEach, expect, spyOn, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { genconf } from "../../src/cli/genconf.ts";
import { SERVER_MODULES } from "../../src/servers/server-modules.ts";

const INI = SERVER_MODULES.ini;

let folder: string;
const before = process.cwd();
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "iotctl-genconf-"));
	process.chdir(folder);
});
afterEach(() => {
	process.chdir(before);
	rmSync(folder, { recursive: true });
});

/** What a call prints. */
function printed(call: () => void): string {
	const write = spyOn(process.stdout, "write").mockReturnValue(true);
	try {
		call();
		return write.mock.calls.map(([text]) => String(text)).join("");
	} finally {
		write.mockRestore();
	}
}

test("the sample goes to a file, and the next command is named", () => {
	expect(printed(() => genconf(INI, "new.ini", false))).toBe(
		"Wrote new.ini. Use it with: iotctl -c new.ini start\n",
	);
	expect(readFileSync("new.ini", "utf8")).toBe(INI.sample());
});

test("a file that is there is kept, unless it is forced", () => {
	printed(() => genconf(INI, "new.ini", false));
	expect(() => genconf(INI, "new.ini", false)).toThrow('"new.ini" already exists');
	expect(printed(() => genconf(INI, "new.ini", true))).toContain("Wrote new.ini");
});

test("a dash is standard output: the sample alone, and no file of that name", () => {
	for (const force of [false, true])
		expect(printed(() => genconf(INI, "-", force))).toBe(INI.sample());
	expect(existsSync("-")).toBe(false);
});

import { afterAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Glob } from "bun";
import { withDirectImports } from "../../scripts/direct-imports.ts";

const SRC = join(import.meta.dir, "../../src");
const folder = mkdtempSync(join(tmpdir(), "iotctl-direct-imports-"));
afterAll(() => rmSync(folder, { recursive: true }));

const KIT = `export { type Bell, makeBell, ring as ringBell } from "./bells/bell.ts";
export type { Lamp } from "./lamp.ts";
export {
	DARK,
	LIGHT,
} from "./light.ts";
`;
mkdirSync(join(folder, "kit"));
writeFileSync(join(folder, "kit/mod.ts"), KIT);

/** A file of another module with its imports made direct. */
const direct = (text: string, path = "house/room.ts") =>
	withDirectImports(text, join(folder, path));

describe("imports through the entry of a module", () => {
	test("come from the files that have the names", () => {
		expect(direct('import { LIGHT, makeBell } from "../kit/mod.ts";\n')).toBe(
			'import { LIGHT as LIGHT } from "../kit/light.ts";import { makeBell as makeBell } from "../kit/bells/bell.ts";\n',
		);
	});

	test("keep the names they are given, by the entry and by the file", () => {
		expect(direct('import { ringBell as ring } from "../kit/mod.ts";\n')).toBe(
			'import { ring as ring } from "../kit/bells/bell.ts";\n',
		);
	});

	test("of types alone are left out or left as they are", () => {
		expect(direct('import { type Bell, DARK } from "../kit/mod.ts";\n')).toBe(
			'import { DARK as DARK } from "../kit/light.ts";\n',
		);
		const types = 'import type { Lamp } from "../kit/mod.ts";\n';
		expect(direct(types)).toBe(types);
	});

	test("over several lines, and from a file beside the module's folder", () => {
		expect(direct('import {\n\tDARK,\n\ttype Lamp,\n} from "./kit/mod.ts";\n', "main.ts")).toBe(
			'import { DARK as DARK } from "./kit/light.ts";\n',
		);
	});

	test("that are awaited for one name", () => {
		expect(direct('const load = async () => (await import("../kit/mod.ts")).ringBell;\n')).toBe(
			'const load = async () => (await import("../kit/bells/bell.ts")).ring;\n',
		);
	});

	test("of a name it does not have are refused", () => {
		expect(() => direct('import { lock } from "../kit/mod.ts";\n')).toThrow(
			'../kit/mod.ts has no "lock"',
		);
	});

	test("are all found in this program", () => {
		const files = [...new Glob("**/*.ts").scanSync(SRC)].filter(
			(path) => !path.startsWith("web/") && !path.endsWith(".d.ts"),
		);
		const left = files.flatMap((path) => {
			const place = join(SRC, path);
			const text = withDirectImports(readFileSync(place, "utf8"), place);
			const { imports } = new Bun.Transpiler({ loader: "ts" }).scan(text);
			return imports
				.filter((one) => one.path.endsWith("/mod.ts"))
				.map((one) => `${dirname(path)}: ${one.path}`);
		});
		expect(left).toEqual([]);
	});
});

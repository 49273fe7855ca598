import { expect, test } from "bun:test";
import * as audit from "../../../../src/web/editor/texts/audit.ts";

test("the same operations have a name in both languages", () => {
	const { zh, en } = audit;
	expect(Object.keys(en.operations)).toEqual(Object.keys(zh.operations));
});

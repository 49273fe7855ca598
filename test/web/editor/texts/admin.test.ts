import { expect, test } from "bun:test";
import * as admin from "../../../../src/web/editor/texts/admin.ts";

test("the same operations have a name in both languages", () => {
	const { zh, en } = admin;
	expect(Object.keys(en.operations)).toEqual(Object.keys(zh.operations));
});

import { expect, test } from "bun:test";
import { OPERATIONS } from "../../../../src/ccm/service/all-operations.ts";
import * as audit from "../../../../src/web/editor/texts/audit.ts";

test("each operation that changes something has a name in both languages", () => {
	const names = OPERATIONS.filter(({ reads }) => !reads).map(({ name }) => name);
	for (const { operations } of [audit.zh, audit.en]) {
		expect(names.filter((name) => !Object.hasOwn(operations, name))).toEqual([]);
	}
	expect(Object.keys(audit.en.operations)).toEqual(Object.keys(audit.zh.operations));
});

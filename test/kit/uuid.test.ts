import { expect, test } from "bun:test";
import { isUuid } from "../../src/kit/uuid.ts";

const ID = "01234567-89ab-cdef-0123-456789abcdef";

test("a UUID is one in lowercase, of any version, and nothing around it", () => {
	expect(isUuid(ID)).toBe(true);
	for (const other of [
		ID.toUpperCase(),
		` ${ID}`,
		`${ID}\n`,
		ID.slice(1),
		ID.replaceAll("-", ""),
	]) {
		expect([other, isUuid(other)]).toEqual([other, false]);
	}
});

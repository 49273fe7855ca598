import { expect, test } from "bun:test";
import { isSafe } from "../../src/http/safe-methods.ts";

test("methods that only look are safe, those that change something and unknown ones are not", () => {
	expect(["GET", "HEAD", "OPTIONS"].filter(isSafe)).toHaveLength(3);
	expect(["POST", "PUT", "PATCH", "DELETE", "get", "BREW"].filter(isSafe)).toEqual([]);
});

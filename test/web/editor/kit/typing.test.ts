import { expect, test } from "bun:test";
import { isTyping } from "../../../../src/web/editor/kit/typing.ts";

test("keys of an input method are part of typing, also the one that ends it in Safari", () => {
	expect(isTyping({ isComposing: true, keyCode: 13 })).toBe(true);
	expect(isTyping({ isComposing: false, keyCode: 229 })).toBe(true);
	expect(isTyping({ isComposing: false, keyCode: 13 })).toBe(false);
});

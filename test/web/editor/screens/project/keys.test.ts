import { expect, test } from "bun:test";
import { keyCommand, type Press } from "../../../../../src/web/editor/screens/project/keys.ts";

const NONE = { ctrlKey: false, metaKey: false, shiftKey: false, altKey: false };
const press = (key: string, more: Partial<Press> = {}): Press => ({ key, ...NONE, ...more });
const CTRL = { ctrlKey: true };

test("keys do the same with Ctrl and with Cmd", () => {
	for (const held of [CTRL, { metaKey: true }]) {
		expect(keyCommand(press("k", held), false)).toBe("find");
		expect(keyCommand(press("z", held), false)).toBe("undo");
		expect(keyCommand(press("Z", { ...held, shiftKey: true }), false)).toBe("redo");
		expect(keyCommand(press("y", held), false)).toBe("redo");
	}
});

test("single keys are commands where no text is written", () => {
	const keys = ["/", "?", "p", "P", "e", "Delete", "Escape", "q"];
	expect(keys.map((key) => keyCommand(press(key), false))).toEqual([
		...(["find", "help", "run", "run", "edit", "remove", "escape"] as const),
		undefined,
	]);
});

test("a field keeps its letters and its own undo; only finding works there", () => {
	for (const key of ["/", "?", "p", "Delete", "Escape"]) {
		expect(keyCommand(press(key), true)).toBeUndefined();
	}
	expect(keyCommand(press("z", CTRL), true)).toBeUndefined();
	expect(keyCommand(press("k", CTRL), true)).toBe("find");
});

test("keys of the browser and the system are left alone", () => {
	expect(keyCommand(press("p", CTRL), false)).toBeUndefined();
	expect(keyCommand(press("p", { altKey: true }), false)).toBeUndefined();
	expect(keyCommand(press("K", { ...CTRL, shiftKey: true }), false)).toBeUndefined();
});

import { expect, test } from "bun:test";
import { freeName, nameOfFile } from "../../../../../src/web/editor/screens/projects/names.ts";

test("an imported project is called like its file", () => {
	expect(nameOfFile("溫度計.JSON")).toBe("溫度計");
	expect(nameOfFile("a.b.json")).toBe("a.b");
	expect(nameOfFile(`${"x".repeat(300)}.json`)).toHaveLength(200);
});

test("a new project gets a name that is not taken", () => {
	expect(freeName("Lamp", [])).toBe("Lamp");
	expect(freeName("Lamp", ["Lamp", "Lamp 2", "Lamp 4"])).toBe("Lamp 3");
});

import { expect, test } from "bun:test";
import { refusalText } from "../../../../src/web/editor/screens/refusal-text.ts";

test("a refusal says what did not happen, and why", () => {
	const text = (status: number, reason: string) =>
		refusalText("Not deleted.", { status, reason }, "No contact.");
	expect(text(404, "project 3 not found")).toBe("Not deleted. Project 3 not found.");
	expect(text(0, "TypeError: Failed to fetch")).toBe("Not deleted. No contact.");
	expect(text(500, "")).toBe("Not deleted.");
	expect(refusalText("", { status: 400, reason: "Wrong!" }, "")).toBe("Wrong!");
});

import { expect, test } from "bun:test";
import { shownOf, textOf } from "../../../src/web/phone/display.ts";

const PIXEL = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=";

test.each<[unknown, object]>([
	[["Hello"], { text: "Hello", image: "" }],
	["哈囉", { text: "哈囉", image: "" }],
	[[42], { text: "42", image: "" }],
	[[true], { text: "true", image: "" }],
	[[[1, 2, 3, 4]], { text: "1  2  3  4", image: "" }],
	[[255, 0, 64], { colour: [255, 0, 64] }],
	[["#00ff00"], { colour: [0, 255, 0] }],
	[[PIXEL], { image: PIXEL, text: "" }],
	["https://example.org/a.png?x=1", { image: "https://example.org/a.png?x=1", text: "" }],
	["https://example.org/page", { text: "https://example.org/page", image: "" }],
	["data:text/html,<script>", { text: "data:text/html,<script>", image: "" }],
	[[{ text: "hi", color: [1, 2, 3] }], { text: "hi", colour: [1, 2, 3] }],
	[[{ image: "https://example.org/x" }], { image: "https://example.org/x" }],
	[[{ image: "http://example.org/x.png" }], { image: "", refused: "http://example.org/x.png" }],
	[[{ image: "javascript:alert(1)" }], { image: "", refused: "javascript:alert(1)" }],
	[[{ image: "" }], { image: "" }],
	[[{ sound: 440, vibrate: true }], { sound: 440, vibrate: 1 }],
	[[{ temperature: 21 }], { text: '{"temperature":21}', image: "" }],
	[[null], { text: "null", image: "" }],
	[[], { text: "", image: "" }],
])("a screen told %j shows %j", (value, shown) => {
	expect(shownOf(value)).toEqual(shown);
});

test("texts have an end", () => {
	expect(textOf("x".repeat(9_999)).length).toBe(2_000);
	expect(textOf([1.5, "a", null])).toBe("1.5  a  null");
	expect(textOf(undefined)).toBe("");
});

import { expect, test } from "bun:test";
import { EventParser } from "../../../../src/web/editor/project/event-parser.ts";

const TEXT =
	': a comment\n\nevent: changes\ndata: {"a":1}\n\nevent: values\r\ndata: [\r\ndata:]\r\n\r\n';

test("events are the same however the text is cut", () => {
	const whole = new EventParser().feed(TEXT);
	expect(whole).toEqual([
		{ name: "changes", data: '{"a":1}' },
		{ name: "values", data: "[\n]" },
	]);
	for (let size = 1; size < TEXT.length; size++) {
		const parser = new EventParser();
		const pieces = TEXT.match(new RegExp(`[^]{1,${size}}`, "g")) ?? [];
		expect(pieces.flatMap((piece) => parser.feed(piece))).toEqual(whole);
	}
});

test("an event that is not whole is kept back", () => {
	const parser = new EventParser();
	expect(parser.feed("event: people\ndata: []\n")).toEqual([]);
	expect(parser.feed("\n")).toEqual([{ name: "people", data: "[]" }]);
});

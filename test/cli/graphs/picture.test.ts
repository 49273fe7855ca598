import { describe, expect, test } from "bun:test";
import { drawJoin, type PictureJoin, type PicturePort } from "../../../src/cli/graphs/picture.ts";
import { widthOf } from "../../../src/cli/text-width.ts";

const port = (label: string, detail = "", state: PicturePort["state"] = "online"): PicturePort => ({
	label,
	detail,
	state,
});
const drawn = (join: Omit<PictureJoin, "name">, width = 80) =>
	drawJoin({ name: "Join", ...join }, width).join("\n");

describe("a join as a picture", () => {
	test("of one input and one output is a line", () => {
		const join = {
			function: undefined,
			inputs: [port("sensor · Temp-I", "fahrenheit  = [70.7]")],
			outputs: [port("display · Text-O", "", "offline")],
		};
		expect(drawn(join)).toBe(
			[
				"Join",
				"  ● sensor · Temp-I      ────────▶ ○ display · Text-O",
				"    fahrenheit  = [70.7]",
			].join("\n"),
		);
	});

	test("ties several inputs to the function in the middle", () => {
		const inputs = [port("a", "f"), port("b"), { ...port("c", "= [1]"), state: undefined }];
		expect(drawn({ function: "average", inputs, outputs: [port("d", "g")] })).toBe(
			[
				"Join",
				"  ● a     ──┐",
				"    f       │",
				"  ● b     ──┼─┤ average ├───▶ ● d",
				"            │                   g",
				"  · c     ──┘",
				"    = [1]",
			].join("\n"),
		);
	});

	test("has its middle between two, and more outputs than inputs", () => {
		expect(
			drawn({ function: undefined, inputs: [port("a")], outputs: [port("b"), port("c")] }),
		).toBe(["Join", "            ┌─▶ ● b", "  ● a ──────┤", "            └─▶ ● c"].join("\n"));
	});

	test("keeps its columns with Chinese names", () => {
		const inputs = [port("溫度計 · 溫度"), port("b")];
		const lines = drawn({ function: "平均", inputs, outputs: [port("燈")] }).split("\n");
		const columns = lines.flatMap((line) => {
			const at = line.search(/[┐┤┘│├]/);
			return at < 0 ? [] : [widthOf(line.slice(0, at))];
		});
		expect(new Set(columns.slice(0, 3)).size).toBe(1);
	});

	test.each([30, 40, 60, 80, 200])("is never wider than %p columns", (width) => {
		const long = "很長的名字".repeat(20);
		const inputs = [1, 2, 3].map(() => port(long, long));
		for (const line of drawJoin({ name: long, function: long, inputs, outputs: inputs }, width)) {
			expect(widthOf(line)).toBeLessThanOrEqual(width);
		}
	});

	test("is a list where there is no room", () => {
		const join = { function: "sum", inputs: [port("a", "f")], outputs: [port("b")] };
		expect(drawn(join, 30)).toBe(["Join (sum)", "  in  ● a  f", "  out ● b"].join("\n"));
	});
});

import { describe, expect, test } from "bun:test";
import { extended, LENGTH, NO_SERIES, numbersOf, pathOf } from "../../../src/web/phone/series.ts";

describe("charts", () => {
	test.each<[unknown, (number | undefined)[]]>([
		[7, [7]],
		[
			[1, 2],
			[1, 2],
		],
		[
			[1, "x", true],
			[1, undefined, 1],
		],
		["x", [undefined]],
		[
			[1, 2, 3, 4, 5, 6],
			[1, 2, 3, 4],
		],
	])("%j has the numbers %j", (value, numbers) => {
		expect(numbersOf(value)).toEqual(numbers);
	});

	test("have a line for each number of a value, and know their range", () => {
		const series = [[1, 10], [3], [2, 20]].reduce(extended, NO_SERIES);
		expect(series).toEqual({
			lines: [
				[1, 3, 2],
				[10, undefined, 20],
			],
			min: 1,
			max: 20,
		});
	});

	test("a value without numbers changes nothing", () => {
		expect(extended(NO_SERIES, ["x"])).toBe(NO_SERIES);
	});

	test("a line that joins later begins where it joined, and a flat one has a middle", () => {
		expect(extended(extended(NO_SERIES, 5), [5, 5])).toEqual({
			lines: [
				[5, 5],
				[undefined, 5],
			],
			min: 4,
			max: 6,
		});
	});

	test("keep the newest values", () => {
		let series = NO_SERIES;
		for (let value = 0; value < LENGTH + 50; value++) series = extended(series, value);
		expect([series.lines[0]?.length, series.lines[0]?.[0], series.min]).toEqual([LENGTH, 50, 50]);
	});

	test("are drawn in pieces where values are missing, the newest at the right", () => {
		const series = { lines: [], min: 0, max: 10 };
		const path = pathOf([0, undefined, 10, 5], series);
		const right = path.split(/[ML]/).at(-1);
		expect([path.match(/[ML]/g)?.join(""), right]).toEqual(["MML", "100.00 50.00"]);
	});
});

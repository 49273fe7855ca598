import { describe, expect, test } from "bun:test";
import {
	colourAt,
	dimmed,
	fromValues,
	hexOf,
	inkOn,
	type Rgb,
	toParams,
} from "../../../src/web/phone/colour.ts";

const NONE = { min: 0, max: 0 };
const BYTE = { min: 0, max: 255 };
const UNIT = { min: 0, max: 1 };

describe("colours", () => {
	test.each<[number, number, Rgb]>([
		[0, 0.5, [255, 0, 0]],
		[1 / 3, 0.5, [0, 255, 0]],
		[2 / 3, 0.5, [0, 0, 255]],
		[1, 0.5, [255, 0, 0]],
		[0.4, 0, [255, 255, 255]],
		[0.4, 1, [0, 0, 0]],
		[-3, 7, [0, 0, 0]],
		[0, 0.25, [255, 128, 128]],
	])("of the field at %p, %p", (x, y, colour) => {
		expect(colourAt(x, y)).toEqual(colour);
	});

	test("are sent as the parameters count", () => {
		expect(toParams([255, 0, 64], [NONE, NONE, NONE])).toEqual([255, 0, 64]);
		expect(toParams([255, 0, 64], [BYTE, BYTE, BYTE])).toEqual([255, 0, 64]);
		expect(toParams([255, 0, 64], [UNIT, UNIT, UNIT])).toEqual([1, 0, 0.251]);
		expect(toParams([255, 0, 64], [{ min: 0, max: 100 }])).toEqual([100, 0, 64]);
	});

	test.each<[unknown, Rgb | undefined]>([
		[
			[255, 0, 64],
			[255, 0, 64],
		],
		[
			[300, -5, 64.4],
			[255, 0, 64],
		],
		[[[1, 2, 3]], [1, 2, 3]],
		["#ff0040", [255, 0, 64]],
		[["#FF0040"], [255, 0, 64]],
		[[1, 2], undefined],
		[[1, "2", 3], undefined],
		["red", undefined],
		[7, undefined],
		[null, undefined],
	])("%j is %j", (values, colour) => {
		expect(fromValues(values)).toEqual(colour);
	});

	test("of parameters with a range are understood", () => {
		expect(fromValues([1, 0, 0.25], [UNIT, UNIT, UNIT])).toEqual([255, 0, 64]);
	});

	test("are dimmed, written, and have ink that can be read", () => {
		expect(dimmed([255, 100, 0], 0.5)).toEqual([128, 50, 0]);
		expect(dimmed([255, 100, 0], 3)).toEqual([255, 100, 0]);
		expect(hexOf([255, 0, 9])).toBe("#ff0009");
		expect<string[]>([inkOn([255, 255, 0]), inkOn([0, 0, 255]), inkOn([128, 128, 128])]).toEqual([
			...["#000000", "#ffffff", "#000000"],
		]);
	});
});

import { describe, expect, test } from "bun:test";
import { orderedJoins, spread } from "../../../../src/web/editor/lanes/order.ts";
import { block, join, port, project } from "./graphs.ts";

const names = (joins: readonly { readonly na_id: number }[]) => joins.map(({ na_id }) => na_id);

describe("the order of joins", () => {
	const blocks = [
		block(1, [port(11, "input"), port(12, "input")]),
		block(2, [port(21, "input")]),
		block(3, [port(31, "output")]),
		block(4, [port(41, "output")]),
	];

	test("follows the middle of what they link", () => {
		const joins = [join(1, [21, 41]), join(2, [11, 31]), join(3, [12, 41])];
		expect(names(orderedJoins(project(blocks, joins)))).toEqual([2, 3, 1]);
	});

	test("keeps joins with the same middle as they were", () => {
		const joins = [join(5, [11, 31]), join(2, [11, 31]), join(9, [11, 31])];
		expect(names(orderedJoins(project(blocks, joins)))).toEqual([5, 2, 9]);
	});

	test("takes links to ports that are not there for none", () => {
		const joins = [join(1, [11, 41]), join(2, [999])];
		expect(names(orderedJoins(project(blocks, joins)))).toEqual([2, 1]);
	});
});

describe("places of joins", () => {
	test("are where they wish to be, if there is room", () => {
		expect(
			spread(
				[
					{ wish: 50, height: 20 },
					{ wish: 200, height: 40 },
				],
				10,
			),
		).toEqual([40, 180]);
	});

	test("are moved apart together where they overlap", () => {
		const tops = spread(
			[
				{ wish: 100, height: 20 },
				{ wish: 100, height: 20 },
			],
			10,
		);
		expect(tops).toEqual([75, 105]);
	});

	test("never begin above the top", () => {
		const tops = spread(
			[
				{ wish: 0, height: 40 },
				{ wish: 0, height: 40 },
			],
			10,
			5,
		);
		expect(tops).toEqual([5, 55]);
	});

	test("never overlap, whatever they wish", () => {
		const items = Array.from({ length: 200 }, (_, i) => ({
			wish: (i * 7919) % 1000,
			height: 20 + ((i * 31) % 50),
		}));
		const tops = spread(items, 8);
		for (const [i, { height }] of items.entries()) {
			const next = tops[i + 1] ?? Number.POSITIVE_INFINITY;
			expect(next).toBeGreaterThanOrEqual((tops[i] ?? 0) + height + 8 - 1e-6);
		}
	});
});

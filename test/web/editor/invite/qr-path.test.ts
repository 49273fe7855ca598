import { describe, expect, test } from "bun:test";
import { encode } from "uqr";
import { qrPath } from "../../../../src/web/editor/invite/qr-path.ts";

/** The modules a path paints dark, row by row. */
function painted({ size, path }: { readonly size: number; readonly path: string }): boolean[][] {
	const rows = Array.from({ length: size }, () => Array.from({ length: size }, () => false));
	let rest = path;
	for (const [run, x = "", y = "", length = ""] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g)) {
		rest = rest.replace(run, "");
		rows[Number(y)]?.fill(true, Number(x), Number(x) + Number(length));
	}
	expect(rest).toBe("");
	return rows;
}

describe("the path of a QR code", () => {
	const text = "http://192.168.1.5:9992/join/KWQFTM";

	test("paints the dark modules, with four light ones around them", () => {
		const { data } = encode(text, { ecc: "M", boostEcc: true, border: 0 });
		const made = qrPath(text);
		const rows = painted(made);
		expect(made.size).toBe(data.length + 8);
		expect(rows.slice(4, -4).map((row) => row.slice(4, -4))).toEqual(data);
		const around = rows.filter((_, y) => y < 4 || y >= made.size - 4).flat();
		expect(around.some(Boolean)).toBe(false);
	});

	test("has the three corners by which readers find it", () => {
		const rows = painted(qrPath(text));
		const size = rows.length - 8;
		const corner = (top: number, left: number) =>
			rows.slice(top + 4, top + 11).map((row) =>
				row
					.slice(left + 4, left + 11)
					.map((isDark) => (isDark ? "#" : "."))
					.join(""),
			);
		const found = ["#######", "#.....#", "#.###.#", "#.###.#", "#.###.#", "#.....#", "#######"];
		expect(corner(0, 0)).toEqual(found);
		expect(corner(0, size - 7)).toEqual(found);
		expect(corner(size - 7, 0)).toEqual(found);
	});

	test("takes a long address behind a proxy", () => {
		expect(
			qrPath(`https://${"a".repeat(60)}.example/${"b".repeat(200)}/join/KWQFTM`).size,
		).toBeGreaterThan(60);
	});
});

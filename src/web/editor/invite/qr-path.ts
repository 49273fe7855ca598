import { encode } from "uqr";

/** Light modules around it that readers need. */
const QUIET = 4;

export interface QrPath {
	/** Modules of a side, with those around it. */
	readonly size: number;
	/** Dark modules, as the path of an SVG. */
	readonly path: string;
}

/** A QR code as one path: a stroke for each run of dark modules, so that no seams show between them. */
export function qrPath(text: string): QrPath {
	const { data } = encode(text, { ecc: "M", boostEcc: true, border: 0 });
	const path = data.flatMap((row, y) =>
		runsOf(row).map(([from, length]) => `M${from + QUIET} ${y + QUIET}h${length}v1h-${length}z`),
	);
	return { size: data.length + 2 * QUIET, path: path.join("") };
}

/** Begin and length of each run of dark modules. */
function runsOf(row: readonly boolean[]): [number, number][] {
	const runs: [number, number][] = [];
	for (const [x, isDark] of row.entries()) {
		if (!isDark) continue;
		const last = runs.at(-1);
		if (last !== undefined && last[0] + last[1] === x) last[1] += 1;
		else runs.push([x, 1]);
	}
	return runs;
}

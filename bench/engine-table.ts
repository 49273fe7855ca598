// Both engines beside each other, for light and heavy functions.
import { middle } from "./finding.ts";
import { HEAVY_GRAPH, PYTHON3, SEED_GRAPH } from "./names.ts";
import type { Measured } from "./servers.ts";

/** Functions, who runs them in the built-in engine, and how they are loaded. */
const ROWS: readonly (readonly [functions: string, who: string, way: string])[] = [
	["light", SEED_GRAPH, "QoS 0, 1"],
	["light", SEED_GRAPH, "QoS 0, 16"],
	["light", SEED_GRAPH, "QoS 0, 256"],
	["heavy", HEAVY_GRAPH, "QoS 0, 256"],
];
/** Seconds for 100,000 messages are so many microseconds for one. */
const MICROS_EACH = 10;

/** As Markdown. @param runs By `contender | way`. */
export function engineTable(runs: ReadonlyMap<string, readonly Measured[]>): string {
	const rows = ROWS.map(([functions, who, way]) => {
		const [own, python3] = [who, `${who}, ${PYTHON3}`].map((one) => runs.get(`${one} | ${way}`));
		const ratio = rateOf(own) / rateOf(python3);
		const cells = [shown(own), shown(python3), Number.isFinite(ratio) ? ratio.toFixed(2) : "–"];
		return `| ${functions} | ${way} | ${cells.join(" | ")} |`;
	});
	return [
		"| Functions | Load | built-in | python3 | built-in, of python3 |",
		"|---|---|---|---|---|",
		...rows,
	].join("\n");
}

function rateOf(runs: readonly Measured[] = []): number {
	return middle(runs.map(({ perSecond }) => perSecond));
}

function shown(runs: readonly Measured[] | undefined): string {
	if (runs === undefined || runs.length === 0) return "–";
	const micros = middle(runs.map(({ cpuOf }) => cpuOf.engine ?? Number.NaN)) * MICROS_EACH;
	const rate = Math.round(rateOf(runs)).toLocaleString("en");
	return `${rate} msgs/s${Number.isFinite(micros) ? `, engine ${micros.toFixed(1)} µs each` : ""}`;
}

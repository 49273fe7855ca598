import { describe, expect, test } from "bun:test";
import { CONTENDERS } from "../../bench/contenders.ts";
import { engineTable } from "../../bench/engine-table.ts";
import { type Growth, table } from "../../bench/growth.ts";
import type { Measured } from "../../bench/servers.ts";
import { ratesIn } from "../../scripts/measured-table.ts";

const measured = (perSecond: number, engine: number): Measured => ({
	...{ perSecond, cpuOf: { engine }, memoryOf: {} },
	...{ sent: 1, received: 1, p50: 1, p90: 1, p95: 1, p99: 1, max: 1, gap: 1, cpu: 1 },
});

describe("the table of both engines", () => {
	test("has a row for light and heavy functions, of what is measured", () => {
		const runs = new Map(
			Object.entries(CONTENDERS).flatMap(([name, { ways }]) =>
				Object.keys(ways).map((way) => {
					const isOwn = !name.endsWith("python3");
					return [`${name} | ${way}`, [measured(isOwn ? 3000 : 2000, isOwn ? 0.3 : 0.15)]] as const;
				}),
			),
		);
		const text = engineTable(runs);
		const cells = "3,000 msgs/s, engine 3.0 µs each | 2,000 msgs/s, engine 1.5 µs each | 1.50 |";
		expect(text.split("\n").slice(2)).toEqual([
			`| light | QoS 0, 1 | ${cells}`,
			`| light | QoS 0, 16 | ${cells}`,
			`| light | QoS 0, 256 | ${cells}`,
			`| heavy | QoS 0, 256 | ${cells}`,
		]);
		expect(ratesIn(text).size).toBe(0);
	});

	test("has a dash for what was not measured", () => {
		expect(engineTable(new Map())).toContain("| heavy | QoS 0, 256 | – | – | – |");
	});
});

describe("the table of growth", () => {
	const subject = {
		...{ name: "graphs", unit: "µs a message", sizes: [1, 10], shortSizes: [1] },
		measure: () => Promise.resolve({}),
	};
	const of = (...found: Growth["found"]) => table({ subject, found }).split("\n").slice(2);

	test("says what the largest costs of the smallest, and where that is more than twice", () => {
		expect(of([1, { server: 2, engine: 2 }], [1000, { server: 3, engine: 5 }])).toEqual([
			"| server | 2.0 | 3.0 | 1.50 |",
			"| engine | 2.0 | 5.0 | 2.50 **more than twice** |",
		]);
	});

	test("keeps what was measured before a size that failed", () => {
		expect(of([1, { server: 2 }], [10, {}])).toEqual(["| server | 2.0 | failed | – |"]);
		expect(table({ subject, found: [[1, {}]] })).toBe("graphs: failed.");
	});
});

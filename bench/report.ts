// The text of RESULTS.md.
import { cpus, loadavg } from "node:os";
import { engineTable } from "./engine-table.ts";
import { type Finding, middle } from "./finding.ts";
import { TARGETS } from "./ratios.ts";
import type { Measured } from "./servers.ts";

function table(runs: ReadonlyMap<string, readonly Measured[]>): string {
	const rows = [...runs].map(([key, all]) => {
		const rate = all.map(({ perSecond }) => perSecond);
		const list = (values: Readonly<Record<string, number>>, digits: number) =>
			Object.entries(values)
				.map(([name, value]) => `${name} ${value.toFixed(digits)}`)
				.join(", ");
		const ms = (value: (run: Measured) => number) => middle(all.map(value)).toFixed(2);
		const last = all.at(-1);
		return `| ${key} | ${Math.round(middle(rate)).toLocaleString("en")} (${Math.round(Math.min(...rate)).toLocaleString("en")}–${Math.round(Math.max(...rate)).toLocaleString("en")}) | ${ms(({ p50 }) => p50)} | ${ms(({ p90 }) => p90)} | ${ms(({ p99 }) => p99)} | ${ms(({ max }) => max)} | ${all.reduce((sum, { sent, received }) => sum + sent - received, 0)} | ${list(last?.cpuOf ?? {}, 2)} | ${list(last?.memoryOf ?? {}, 0)} |`;
	});
	return [
		"| Who | Load | msgs/s: median (least–most) | p50 ms | p90 | p99 | max | lost | CPU s per 100,000 | PSS MiB |",
		"|---|---|---|---|---|---|---|---|---|---|",
		...rows,
	].join("\n");
}

export interface Results {
	readonly rounds: number;
	/** Of each measurement. */
	readonly seconds: number;
	/** Ratios by name. */
	readonly found: Readonly<Record<string, number>>;
	/** Messages a second of the load generator alone. */
	readonly generator: number;
	readonly others: readonly Finding[];
	/** By `contender | way`. */
	readonly runs: ReadonlyMap<string, readonly Measured[]>;
	/** What a unit of work costs by how much there is. */
	readonly growth: string;
}

/** What a target asks for is there. */
const reached = (isMet: boolean | undefined) =>
	isMet === undefined ? "" : isMet ? "yes" : "**no**";

function ratioRows(found: Readonly<Record<string, number>>): string {
	return Object.entries(found)
		.map(([name, ratio]) => {
			const target = TARGETS[name]?.[2] ?? Number.NaN;
			return `| ${name} | ${ratio} | ${target} | ${reached(ratio >= target)} |`;
		})
		.join("\n");
}

function otherRows(others: readonly Finding[]): string {
	return others
		.map(
			({ what, measured, target, isMet }) =>
				`| ${what} | ${measured} | ${target} | ${reached(isMet)} |`,
		)
		.join("\n");
}

/** All results as Markdown; the README's table is taken from it. */
export function report(results: Results): string {
	const { rounds, seconds, generator, runs, growth } = results;
	const processor = cpus();
	const mosquitto = Bun.spawnSync(["mosquitto", "-h"]).stdout.toString().split("\n")[0];
	return `# Results

Written by \`npm run bench\`; do not edit. ${rounds} rounds of ${seconds} s, all baselines in turn in each round. Load generator,
brokers and engine share the machine: ${processor.length} × ${processor[0]?.model.trim()}. Bun ${Bun.version}, ${mosquitto}. Virtual machines
lend their processors to others, so compare within a run only. Load of the machine at the end: ${loadavg()[0]?.toFixed(1)}.

The load generator alone reaches ${Math.round(generator).toLocaleString("en")} messages a second against a socket that gives bytes back.
Closed loop: so many messages are in flight (window 256, 16, 1). Open loop: so many are sent a second.

What was tried for targets that are not reached, and where the time goes:
[ADR 31](../docs/adr/0031-where-the-microseconds-go.md).

| Ratio (median of the rounds) | measured | target | reached |
|---|---|---|---|
${ratioRows(results.found)}

| Beside throughput | measured | target | reached |
|---|---|---|---|
${otherRows(results.others)}

${table(runs)}

![Throughput by graphs, latency by rate](results/bench.svg)

## Both engines

The built-in Python and the machine's own (\`engine = python3\`, without a sandbox). Light: the seed's functions, a number and its
square; heavy: a sum of 2,000 squares.

${engineTable(runs)}

## Growth

${growth}

## Soak

\`npm run test:soak\`, ten minutes of it:

![Memory, latency and messages of the soak](results/soak.svg)
`;
}

// What a unit of work costs the server, in processor time, by how much of everything else there is.
import { join } from "node:path";
import { readArguments } from "../scripts/program-arguments.ts";
import { drawChart } from "../test/support/chart.ts";
import { part } from "./finding.ts";
import { subscribers, wildcards } from "./growth-broker.ts";
import type { Costs, Subject } from "./growth-cost.ts";
import { connected, registered } from "./growth-devices.ts";
import { functions, graphs } from "./growth-graphs.ts";

const SUBJECTS = [graphs, registered, connected, subscribers, wildcards, functions];
/** How much more the largest may cost than the smallest. */
const MOST = 2;
const SHORT_SHARE = 1 / 20;

/** Costs by size, in order of the sizes. */
export interface Growth {
	readonly subject: Subject;
	readonly found: readonly (readonly [size: number, costs: Costs])[];
}

async function grow(subject: Subject, isShort: boolean): Promise<Growth> {
	const found: [number, Costs][] = [];
	for (const size of isShort ? subject.shortSizes : subject.sizes) {
		const costs = await subject.measure(size, isShort ? SHORT_SHARE : 1);
		found.push([size, costs]);
		const each = Object.entries(costs).map(([what, micros]) => `${what} ${micros.toFixed(1)}`);
		console.log(`${subject.name}, ${size}: ${each.join(", ")} (${subject.unit})`);
	}
	return { subject, found };
}

/** One line for each thing that is counted. */
function table({ subject, found }: Growth): string {
	const sizes = found.map(([size]) => size.toLocaleString("en"));
	const rows = Object.keys(found[0]?.[1] ?? {}).map((what) => {
		const costs = found.map(([, all]) => all[what] ?? Number.NaN);
		const ratio = (costs.at(-1) ?? Number.NaN) / (costs[0] ?? Number.NaN);
		const flag = ratio > MOST ? " **more than twice**" : "";
		const cells = costs.map((micros) => micros.toFixed(1));
		return `| ${what} | ${cells.join(" | ")} | ${ratio.toFixed(2)}${flag} |`;
	});
	return [
		`| ${subject.name}, ${subject.unit} | ${sizes.join(" | ")} | last / first |`,
		`|---|${"---|".repeat(found.length + 1)}`,
		...rows,
	].join("\n");
}

function picture(all: readonly Growth[]): void {
	const panels = all.map(({ subject, found }) => ({
		title: subject.name,
		xName: subject.name,
		yName: subject.unit,
		isXLog: true,
		isLog: true,
		series: Object.keys(found[0]?.[1] ?? {}).map((name) => ({
			name,
			points: found.map(([size, costs]): [number, number] => [size, costs[name] ?? Number.NaN]),
		})),
	}));
	const title = "Processor time for a unit of work, by how much there is";
	drawChart(join(import.meta.dir, "results/growth.svg"), title, panels);
}

/** All subjects, at their sizes or at the small ones. */
export async function growth(chosen = SUBJECTS, isShort = false): Promise<Growth[]> {
	const all: Growth[] = [];
	for (const subject of chosen) {
		const one = await part(subject.name, () => grow(subject, isShort));
		if (one !== undefined) all.push(one);
	}
	return all;
}

/** As Markdown; draws its picture. */
export function growthText(all: readonly Growth[]): string {
	picture(all);
	return `Processor time of the server's processes for a unit of work, in microseconds; at the largest it should be twice that at
the smallest at most.

- **Graphs**: the seed's functions, all graphs in turn, 64 messages on their way.
- **Devices**: registered over HTTP, durably; they connect as the SDKs do. Messages go from one client to another.
- **Subscribers**: one message at a time to all of them, each a client of its own.
- **Wildcards**: all of one client, \`growth/N/+/state\`; one of them fits a message.
- **Functions**: what server and engine need beyond the function's own time. A batch ends after 4 ms
  ([ADR 26](../docs/adr/0026-engines-and-turns.md)), so longer functions are alone in theirs.

${all.map(table).join("\n\n")}

![Processor time by size](results/growth.svg)`;
}

if (import.meta.main) {
	const names = SUBJECTS.map(({ name }) => name);
	const { values, positionals } = readArguments(
		{
			usage: "bun bench/growth.ts [SUBJECT…] [--short]",
			about: `Measures what a unit of work costs by how much of everything else there is: ${names.join(", ")}; all of them by default.`,
			words: {
				are: `part of ${names.join(", ")}`,
				fits: (word) => names.some((name) => name.includes(word)),
			},
		},
		{ short: { type: "boolean", default: false } },
	);
	const chosen = SUBJECTS.filter(
		({ name }) => positionals.length === 0 || positionals.some((word) => name.includes(word)),
	);
	console.log((await growth(chosen, values.short)).map(table).join("\n\n"));
	process.exit(0);
}

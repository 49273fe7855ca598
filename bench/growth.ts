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

/** Costs by size, in order of the sizes; none where the measurement failed. */
export interface Growth {
	readonly subject: Subject;
	readonly found: readonly (readonly [size: number, costs: Costs])[];
}

async function grow(subject: Subject, isShort: boolean): Promise<Growth> {
	const found: [number, Costs][] = [];
	for (const size of isShort ? subject.shortSizes : subject.sizes) {
		const name = `${subject.name}, ${size}`;
		const costs = await part(name, () => subject.measure(size, isShort ? SHORT_SHARE : 1));
		found.push([size, costs ?? {}]);
		// A larger one would most likely fail as well, after ten minutes.
		if (costs === undefined) break;
		const each = Object.entries(costs).map(([what, micros]) => `${what} ${micros.toFixed(1)}`);
		console.log(`${name}: ${each.join(", ")} (${subject.unit})`);
	}
	return { subject, found };
}

/** What is counted, at any size. */
function counted({ found }: Growth): string[] {
	return [...new Set(found.flatMap(([, costs]) => Object.keys(costs)))];
}

/** One line for each thing that is counted. */
export function table(growth: Growth): string {
	const { subject, found } = growth;
	const names = counted(growth);
	if (names.length === 0) return `${subject.name}: failed.`;
	const sizes = found.map(([size]) => size.toLocaleString("en"));
	const rows = names.map((what) => {
		const costs = found.map(([, all]) => all[what]);
		const ratio = (costs.at(-1) ?? Number.NaN) / (costs[0] ?? Number.NaN);
		const flag = ratio > MOST ? " **more than twice**" : "";
		const cells = costs.map((micros) => micros?.toFixed(1) ?? "failed");
		return `| ${what} | ${cells.join(" | ")} | ${Number.isFinite(ratio) ? ratio.toFixed(2) : "–"}${flag} |`;
	});
	return [
		`| ${subject.name}, ${subject.unit} | ${sizes.join(" | ")} | last / first |`,
		`|---|${"---|".repeat(found.length + 1)}`,
		...rows,
	].join("\n");
}

function picture(all: readonly Growth[]): void {
	const panels = all.map((growth) => ({
		title: growth.subject.name,
		xName: growth.subject.name,
		yName: growth.subject.unit,
		isXLog: true,
		isLog: true,
		series: counted(growth).map((name) => ({ name, points: pointsOf(growth, name) })),
	}));
	const title = "Processor time for a unit of work, by how much there is";
	drawChart(join(import.meta.dir, "results/growth.svg"), title, panels);
}

/** What was measured; a difference of two measurements may be below 0, which has no place on this axis. */
function pointsOf({ found }: Growth, name: string): [number, number][] {
	return found.flatMap(([size, costs]): [number, number][] => {
		const micros = costs[name] ?? 0;
		return micros > 0 ? [[size, micros]] : [];
	});
}

/** All subjects, at their sizes or at the small ones. */
export async function growth(chosen = SUBJECTS, isShort = false): Promise<Growth[]> {
	const all: Growth[] = [];
	for (const subject of chosen) all.push(await grow(subject, isShort));
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

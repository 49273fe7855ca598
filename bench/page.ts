// bun bench/page.ts [--seconds 600] [--rounds 5] [--without-node-red]: what the editor costs in Chromium, beside
// Node-RED's editor in the same run, and what the server with the editor costs beside `start csm`.
import type { Browser } from "puppeteer-core";
import { readArguments } from "../scripts/program-arguments.ts";
import { ProjectServer } from "../test/support/project-server.ts";
import { type Finding, middle } from "./finding.ts";
import { fetchNodeRed } from "./node-red.ts";
import { type Editor, measureEditor } from "./page-editor.ts";
import { type Cost, type Drag, type Load, type Loaded, launchChromium } from "./page-measure.ts";
import { idleMemory } from "./page-memory.ts";
import { nodeRedEditor } from "./page-node-red.ts";
import { BLOCKS, largeProject, WIRES } from "./page-project.ts";

/** How much is measured. */
export interface PageOptions {
	/** How long the large project is looked at. */
	readonly seconds: number;
	readonly rounds: number;
	readonly withNodeRed: boolean;
}

/** Measures it all; with 600 seconds about 25 minutes. */
export async function page(options: PageOptions): Promise<Finding[]> {
	const memory = await idleMemory(options.rounds);
	const browser = await launchChromium();
	try {
		const ours = await ourEditor(browser, options);
		const theirs = options.withNodeRed ? await theirEditor(browser, options) : undefined;
		return [
			...findings("the editor", ours, options, {
				paint: 500,
				share: 25,
				heap: 20,
			}),
			...(theirs === undefined ? [] : findings("Node-RED's editor", theirs, options, {})),
			memory,
		];
	} finally {
		await browser.close();
	}
}

async function ourEditor(browser: Browser, options: PageOptions): Promise<Editor> {
	const server = await ProjectServer.start();
	try {
		const admin = await server.admin();
		const project = await largeProject(server, admin);
		const { cookie } = admin;
		const first: Load = {
			url: `${server.http}/gui/`,
			isReady: `document.querySelector(".projects-card") !== null`,
			cookie,
		};
		const large: Load = {
			url: `${server.http}/gui/#/p/${project.pId}`,
			isReady: `document.querySelectorAll("[data-wire]").length > 0`,
			cookie,
		};
		const ends = {
			port: `[data-port="${project.input}"]`,
			grip: "[data-grip]",
			to: `[data-lane="output"]`,
		};
		const measured = await measureEditor(browser, { first, large, ...ends }, options);
		await project.stop();
		return measured;
	} finally {
		await server.dispose();
	}
}

async function theirEditor(browser: Browser, options: PageOptions): Promise<Editor> {
	const editor = await nodeRedEditor();
	try {
		const all: Load = {
			url: editor.url,
			isReady: `document.querySelectorAll(".red-ui-flow-node-group, .red-ui-flow-node").length > 0 && document.querySelector("#red-ui-loading-progress")?.checkVisibility() !== true`,
		};
		const ends = { port: ".red-ui-flow-port", grip: ".red-ui-flow-node", to: "#red-ui-workspace" };
		return await measureEditor(browser, { first: all, large: all, ...ends }, options);
	} finally {
		await editor.stop();
	}
}

/** Of the main thread, what of that was a processor's time, and between frames. */
function dragText({ busyMs, cpuMs, frameMs }: Drag): string {
	return `${Math.round(busyMs)} ms (processor ${Math.round(cpuMs)}), frames ${Math.round(frameMs)} ms (p95)`;
}

/** Busy, and what of that was a processor's time. */
function shareText({ share, cpu }: Pick<Cost, "share" | "cpu">): string {
	return `${(share * 100).toFixed(1)} % (processor ${(cpu * 100).toFixed(1)} %)`;
}

function findings(
	who: string,
	{ loads, again, cost: large, wire, block }: Editor,
	{ seconds }: PageOptions,
	targets: { readonly paint?: number; readonly share?: number; readonly heap?: number },
): Finding[] {
	/** What a value is to be at most; nothing without a limit. */
	const upTo = (value: number, limit: number | undefined, unit: string) =>
		limit === undefined ? { target: "–" } : { target: `≤ ${limit} ${unit}`, isMet: value <= limit };
	const paint = upTo(middle(loads.map(({ paintMs }) => paintMs)), targets.paint, "ms");
	const ms = (of: (one: Loaded) => number) => {
		const all = loads.map(of);
		return `${Math.round(middle(all))} ms (${Math.round(Math.min(...all))}–${Math.round(Math.max(...all))})`;
	};
	const size = `${BLOCKS} blocks and ${WIRES} wires`;
	const kb = ({ bytes, requests }: Loaded) =>
		`${Math.round(bytes / 1000)} KB, ${requests} requests`;
	const [first = again] = loads;
	return [
		{ what: `${who}: first paint, cold`, measured: ms(({ paintMs }) => paintMs), ...paint },
		{ what: `${who}: can be used, cold`, measured: ms(({ readyMs }) => readyMs), target: "–" },
		{ what: `${who}: transferred, cold`, measured: kb(first), target: "–" },
		{ what: `${who}: transferred, second visit`, measured: kb(again), target: "–" },
		{
			what: `${who}: main thread, ${size} at 10 Hz`,
			measured: shareText(large),
			...upTo(large.share * 100, targets.share, "%"),
		},
		{
			what: `${who}: heap after ${seconds} s of that`,
			measured: `${large.heapMb.toFixed(1)} MB (${large.nodes} DOM nodes)`,
			...upTo(large.heapMb, targets.heap, "MB"),
		},
		{ what: `${who}: drawing a wire, 40 moves`, measured: dragText(wire), target: "–" },
		{ what: `${who}: moving a block, 40 moves`, measured: dragText(block), target: "–" },
	];
}

if (import.meta.main) {
	const { values } = readArguments(
		{
			usage: "bun bench/page.ts [--seconds N] [--rounds N] [--without-node-red]",
			about:
				"Measures what the editor costs in Chromium, beside Node-RED's: 25 minutes, unless told.",
			numbers: ["seconds", "rounds"],
		},
		{
			seconds: { type: "string", default: "600" },
			rounds: { type: "string", default: "5" },
			"without-node-red": { type: "boolean", default: false },
		},
	);
	const found = await page({
		seconds: Number(values.seconds),
		rounds: Number(values.rounds),
		withNodeRed: !values["without-node-red"] && fetchNodeRed(),
	});
	for (const { what, measured, target } of found)
		console.log(`| ${what} | ${measured} | ${target} |`);
	process.exit(0);
}

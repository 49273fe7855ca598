// What an editor costs: its first page cold, and a large project while values flow.
import type { Browser, Page } from "puppeteer-core";
import {
	type Cost,
	coldContext,
	cost,
	type Drag,
	drag,
	type Load,
	type Loaded,
	load,
	middleOf,
} from "./page-measure.ts";

/** Between two looks at a page that is measured for minutes. */
const LOOK_SECONDS = 60;

/** What was measured of one editor. */
export interface Editor {
	readonly loads: readonly Loaded[];
	/** The second visit of the same browser. */
	readonly again: Loaded;
	readonly cost: Cost;
	/** The best of the rounds: a wire that is drawn, a block that is moved. */
	readonly wire: Drag;
	readonly block: Drag;
}

/** How an editor is measured. */
export interface EditorPages {
	/** What people open first. */
	readonly first: Load;
	readonly large: Load;
	/** Selectors in the large one: where a wire begins, what moves a block, and where both are pulled to. */
	readonly port: string;
	readonly grip: string;
	readonly to: string;
}

/** Loads the first page cold, and looks at the large one for so long. */
export async function measureEditor(
	browser: Browser,
	{ first, large, port, grip, to }: EditorPages,
	{ seconds, rounds }: { readonly seconds: number; readonly rounds: number },
): Promise<Editor> {
	const visits: { readonly cold: Loaded; readonly again: Loaded }[] = [];
	for (let n = 0; n < rounds; n++) visits.push(await visit(browser, first));
	console.log(`${first.url}: ${JSON.stringify(visits)}`);
	const context = await coldContext(browser, large);
	const { page } = await load(context, large);
	const wire = await bestDrag(page, [port, to], rounds);
	const block = await bestDrag(page, [grip, to], rounds);
	const looks: Cost[] = [];
	for (let left = seconds; left > 0; left -= LOOK_SECONDS) {
		const look = await cost(page, Math.min(left, LOOK_SECONDS));
		console.log(`${large.url}: ${JSON.stringify(look)}`);
		looks.push(look);
	}
	await context.close();
	const mean = (of: (look: Cost) => number) =>
		looks.reduce((sum, look) => sum + of(look), 0) / looks.length;
	return {
		loads: visits.map(({ cold }) => cold),
		again: last(visits).again,
		cost: { ...last(looks), share: mean(({ share }) => share), cpu: mean(({ cpu }) => cpu) },
		wire,
		block,
	};
}

async function visit(browser: Browser, first: Load) {
	const context = await coldContext(browser, first);
	const { loaded: cold } = await load(context, first);
	const { loaded: again } = await load(context, first);
	await context.close();
	return { cold, again };
}

async function bestDrag(
	page: Page,
	[from, to]: readonly [string, string],
	rounds: number,
): Promise<Drag> {
	const drags: Drag[] = [];
	for (let n = 0; n < rounds; n++) {
		drags.push(await drag(page, await middleOf(page, from), await middleOf(page, to)));
	}
	return last(drags.toSorted((a, b) => b.busyMs - a.busyMs));
}

function last<T>(all: readonly T[]): T {
	const one = all.at(-1);
	if (one === undefined) throw new Error("nothing was measured: ask for more rounds or seconds");
	return one;
}

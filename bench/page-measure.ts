// What a page costs in Chromium: its first paint, its bytes, its main thread and its heap.
import puppeteer, {
	type Browser,
	type BrowserContext,
	type CDPSession,
	type Page,
} from "puppeteer-core";

/** How a page is loaded. */
export interface Load {
	readonly url: string;
	/** A JavaScript expression that is true as soon as the page can be used. */
	readonly isReady: string;
	/** Sent with it, `name=value`. */
	readonly cookie?: string;
}

/** What a load took. */
export interface Loaded {
	/** From the start of the navigation, ms. */
	readonly paintMs: number;
	readonly readyMs: number;
	/** Over the wire, with headers and as compressed as they came. */
	readonly bytes: number;
	readonly requests: number;
}

/** What an open page costs. */
export interface Cost {
	/** Share of the time in which the main thread was in a task, waiting for a processor included. */
	readonly share: number;
	/** Share of a processor that it used. */
	readonly cpu: number;
	/** MB of JavaScript objects after the garbage was collected. */
	readonly heapMb: number;
	readonly nodes: number;
}

/** What pulling something across the page took. */
export interface Drag {
	/** Of the main thread, ms, waiting for a processor included. */
	readonly busyMs: number;
	readonly cpuMs: number;
	/** Time between frames, the 95th of 100. */
	readonly frameMs: number;
}

const QUIET_MS = 1000;
const READY_MS = 60_000;
const MOVES = 40;
const MB = 1_000_000;

const FLAGS = [
	...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
	...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
];

/** Starts Chromium; its owner closes it. */
export function launchChromium(): Promise<Browser> {
	return puppeteer.launch({ executablePath: Bun.which("chromium") ?? "", args: FLAGS });
}

/** A page with nothing in its cache; its owner closes it. */
export async function coldContext(
	browser: Browser,
	{ url, cookie }: Load,
): Promise<BrowserContext> {
	const context = await browser.createBrowserContext();
	const [name = "", value = ""] = cookie?.split("=") ?? [];
	if (cookie !== undefined) {
		await context.setCookie({ name, value, domain: new URL(url).hostname, path: "/" });
	}
	return context;
}

/** Loads the page in a new tab, which stays open. */
export async function load(
	context: BrowserContext,
	{ url, isReady }: Load,
): Promise<{ readonly page: Page; readonly loaded: Loaded }> {
	const page = await context.newPage();
	await page.setViewport({ width: 1400, height: 860 });
	const wire = await page.createCDPSession();
	let bytes = 0;
	let requests = 0;
	await wire.send("Network.enable");
	wire.on("Network.requestWillBeSent", () => {
		requests += 1;
	});
	wire.on("Network.loadingFinished", ({ encodedDataLength }) => {
		bytes += encodedDataLength;
	});
	await page.goto(url, { waitUntil: "load" });
	await page.waitForFunction(isReady, { timeout: READY_MS });
	const readyMs = Number(await page.evaluate("performance.now()"));
	const paint = await page.waitForFunction(
		`performance.getEntriesByName("first-contentful-paint")[0]?.startTime`,
	);
	const paintMs = Number(await paint.jsonValue());
	// What is loaded after it can be used belongs to the page as well; streams never end.
	await page.waitForNetworkIdle({ idleTime: QUIET_MS, concurrency: 2, timeout: READY_MS });
	await wire.detach();
	return { page, loaded: { paintMs, readyMs, bytes, requests } };
}

/** Looks at a page for so long. */
export async function cost(page: Page, seconds: number): Promise<Cost> {
	const wire = await page.createCDPSession();
	await wire.send("Performance.enable");
	const before = await threadTimes(wire);
	const begun = performance.now();
	await Bun.sleep(seconds * 1000);
	const after = await threadTimes(wire);
	const took = (performance.now() - begun) / 1000;
	const [share, cpu] = [(after.busy - before.busy) / took, (after.cpu - before.cpu) / took];
	await wire.send("HeapProfiler.collectGarbage");
	const metrics = await page.metrics();
	await wire.detach();
	return { share, cpu, heapMb: (metrics.JSHeapUsedSize ?? 0) / MB, nodes: metrics.Nodes ?? 0 };
}

/** Seconds of the main thread so far. */
async function threadTimes(wire: CDPSession): Promise<{ busy: number; cpu: number }> {
	const { metrics } = await wire.send("Performance.getMetrics");
	const of = (wanted: string) => metrics.find(({ name }) => name === wanted)?.value ?? Number.NaN;
	return { busy: of("TaskDuration"), cpu: of("ThreadTime") };
}

interface Point {
	readonly x: number;
	readonly y: number;
}

/** The middle of the first element that fits. */
export async function middleOf(page: Page, selector: string): Promise<Point> {
	const shown = await page.waitForSelector(selector);
	const box = await shown?.boundingBox();
	if (!box) throw new Error(`${selector} is not to be seen`);
	return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** Pulls with the mouse from one point to another, in 40 moves of a frame each. */
export async function drag(page: Page, from: Point, to: Point): Promise<Drag> {
	const wire = await page.createCDPSession();
	await wire.send("Performance.enable");
	await page.mouse.move(from.x, from.y);
	await page.evaluate(`{
		window.benchFrames = [];
		window.benchRuns = true;
		const frame = (at) => {
			window.benchFrames.push(at);
			if (window.benchRuns) requestAnimationFrame(frame);
		};
		requestAnimationFrame(frame);
	}`);
	const before = await threadTimes(wire);
	await page.mouse.down();
	for (let n = 1; n <= MOVES; n++) {
		const share = n / MOVES;
		await page.mouse.move(from.x + (to.x - from.x) * share, from.y + (to.y - from.y) * share);
		await page.evaluate("new Promise(requestAnimationFrame)");
	}
	const after = await threadTimes(wire);
	const [busyMs, cpuMs] = [(after.busy - before.busy) * 1000, (after.cpu - before.cpu) * 1000];
	// Nothing is to be changed.
	await page.keyboard.press("Escape");
	await page.mouse.up();
	const frames = (await page.evaluate("window.benchRuns = false, window.benchFrames")) as number[];
	await wire.detach();
	const gaps = frames.slice(1).map((at, n) => at - (frames[n] ?? at));
	gaps.sort((a, b) => a - b);
	return { busyMs, cpuMs, frameMs: gaps[Math.floor(gaps.length * 0.95)] ?? Number.NaN };
}

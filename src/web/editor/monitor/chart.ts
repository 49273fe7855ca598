import type UPlot from "uplot";
import type { Series } from "./series.ts";
import { formatTimeOfDay } from "./time-of-day.ts";
import type { Drawn } from "./use-monitor.ts";

const HEIGHT = 240;
/** Seconds between the times at the axis. */
const TIME_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300];
/** Lines differ not by colour alone. */
const DASHES: readonly number[][] = [
	[],
	[8, 4],
	[2, 3],
	[12, 4, 2, 4],
	[],
	[8, 4],
	[2, 3],
	[12, 4, 2, 4],
];

/** A plot in an element: as wide as that, in the colours of the page. */
export class Chart {
	readonly #place: HTMLElement;
	#package: typeof UPlot | undefined;
	#plot: UPlot | undefined;
	#shape = "";
	#hidden: ReadonlySet<string> = new Set();
	#drawn: Drawn | undefined;
	readonly #resize = new ResizeObserver(() => this.#fit());
	readonly #theme = new MutationObserver(() => this.#redraw());
	readonly #scheme = matchMedia("(prefers-color-scheme: dark)");
	readonly #onScheme = () => this.#redraw();
	#isClosed = false;

	/** @param failed Is called when the plotting package cannot be loaded. */
	constructor(place: HTMLElement, failed: () => void) {
		this.#place = place;
		this.#resize.observe(place);
		this.#theme.observe(document.documentElement, { attributeFilter: ["data-theme"] });
		this.#scheme.addEventListener("change", this.#onScheme);
		import("uplot").then(({ default: loaded }) => {
			this.#package = loaded;
			this.#draw();
		}, failed);
	}

	/** @param hidden Labels of columns whose lines are left out. */
	show(drawn: Drawn, hidden: ReadonlySet<string>): void {
		this.#drawn = drawn;
		this.#hidden = hidden;
		this.#draw();
	}

	close(): void {
		this.#isClosed = true;
		this.#resize.disconnect();
		this.#theme.disconnect();
		this.#scheme.removeEventListener("change", this.#onScheme);
		this.#plot?.destroy();
	}

	#draw(): void {
		const { times, series } = this.#drawn ?? { times: [], series: [] };
		if (this.#isClosed || this.#package === undefined || series.length === 0) return;
		const data: UPlot.AlignedData = [[...times], ...series.map(({ values }) => [...values])];
		const shape = JSON.stringify([series.map(({ column }) => column.label), [...this.#hidden]]);
		if (this.#plot !== undefined && shape === this.#shape) {
			this.#plot.setData(data);
			return;
		}
		this.#plot?.destroy();
		this.#shape = shape;
		this.#plot = new this.#package(this.#options(series), data, this.#place);
	}

	#redraw(): void {
		this.#shape = "";
		this.#draw();
	}

	#fit(): void {
		this.#plot?.setSize({ width: this.#place.clientWidth, height: HEIGHT });
	}

	#options(series: readonly Series[]): UPlot.Options {
		const ink = this.#colour("monitor-axis", "color");
		const line = this.#colour("monitor-axis", "border-top-color");
		const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { stroke: line } };
		return {
			width: this.#place.clientWidth,
			height: HEIGHT,
			legend: { show: false },
			cursor: { show: false },
			axes: [
				{
					...axis,
					space: 90,
					incrs: TIME_STEPS,
					values: (_, seconds) => seconds.map(formatTimeOfDay),
				},
				{ ...axis, size: 64 },
			],
			series: [
				{},
				...series.map(({ column }, index) => ({
					show: !this.#hidden.has(column.label),
					stroke: this.#colour(`monitor-line-${index}`, "stroke"),
					width: 2,
					dash: DASHES[index] ?? [],
					// Not every message reaches every place.
					spanGaps: true,
					points: { show: false },
				})),
			],
		};
	}

	/** What the style sheet makes of a class now: the colours of the theme are only there. */
	#colour(className: string, property: string): string {
		const probe = document.createElement("span");
		probe.className = className;
		this.#place.append(probe);
		const colour = getComputedStyle(probe).getPropertyValue(property);
		probe.remove();
		return colour;
	}
}

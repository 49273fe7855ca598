// Draws measurements as an SVG file.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { init } from "echarts";

export interface Series {
	readonly name: string;
	readonly points: readonly (readonly [x: number, y: number])[];
}

export interface Panel {
	readonly title: string;
	readonly xName: string;
	readonly yName: string;
	readonly isLog?: boolean;
	/** A logarithmic axis for rates that double. */
	readonly isXLog?: boolean;
	readonly series: readonly Series[];
}

const WIDTH = 900;
const PANEL_HEIGHT = 300;
const TITLE_HEIGHT = 40;

/** Writes panels, one below the other, into one picture. */
export function drawChart(file: string, title: string, panels: readonly Panel[]): void {
	const height = TITLE_HEIGHT + panels.length * PANEL_HEIGHT;
	const chart = init(null, null, { renderer: "svg", ssr: true, width: WIDTH, height });
	const top = (n: number) => TITLE_HEIGHT + n * PANEL_HEIGHT;
	chart.setOption({
		animation: false,
		backgroundColor: "#fff",
		title: [
			{ text: title, left: "center", top: 8, textStyle: { fontSize: 16 } },
			...panels.map((panel, n) => ({
				text: `${panel.title} [${panel.yName}]`,
				left: 60,
				top: top(n),
				textStyle: { fontSize: 12 },
			})),
		],
		legend: panels.map((panel, n) => ({
			data: panel.series.map(({ name }) => name),
			right: 20,
			top: top(n),
		})),
		grid: panels.map((_, n) => ({
			left: 70,
			right: 30,
			top: top(n) + 40,
			height: PANEL_HEIGHT - 95,
		})),
		xAxis: panels.map(({ xName, isXLog }, n) => ({
			type: isXLog ? "log" : "value",
			gridIndex: n,
			name: xName,
			nameLocation: "middle",
			nameGap: 25,
		})),
		yAxis: panels.map(({ isLog }, n) => ({ type: isLog ? "log" : "value", gridIndex: n })),
		series: panels.flatMap((panel, n) =>
			panel.series.map(({ name, points }) => ({
				name,
				type: "line",
				showSymbol: points.length < 30,
				xAxisIndex: n,
				yAxisIndex: n,
				data: points,
				lineStyle: { width: 1.5 },
			})),
		),
	});
	mkdirSync(dirname(file), { recursive: true });
	writeFileSync(file, chart.renderToSVGString());
	chart.dispose();
}

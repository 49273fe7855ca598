import type { EngineStats, NumberedEngineStats } from "../dataflow/mod.ts";
import type { Metric } from "../kit/mod.ts";

type Engines = () => readonly NumberedEngineStats[];

const STATES: readonly EngineStats["state"][] = ["off", "starting", "ready"];
const STATE = {
	kind: "gauge",
	name: "iotctl_engine_state",
	help: "1 for the state a function engine is in.",
} as const;

interface Figure {
	readonly kind: "gauge" | "counter";
	readonly name: string;
	readonly help: string;
	readonly read: (engine: NumberedEngineStats) => number;
}

const FIGURES: readonly Figure[] = [
	{
		kind: "counter",
		name: "iotctl_engine_messages_total",
		help: "Messages the engine worked on.",
		read: ({ messages }) => messages,
	},
	{
		kind: "counter",
		name: "iotctl_engine_batches_total",
		help: "Batches handed to the engine.",
		read: ({ batches }) => batches,
	},
	{
		kind: "counter",
		name: "iotctl_engine_busy_seconds_total",
		help: "Time the engine worked on messages.",
		read: ({ busySeconds }) => busySeconds,
	},
	{
		kind: "counter",
		name: "iotctl_engine_restarts_total",
		help: "Engines that were replaced.",
		read: ({ restarts }) => restarts,
	},
	{
		kind: "gauge",
		name: "iotctl_engine_functions",
		help: "Functions made ready in the engine.",
		read: ({ functions }) => functions,
	},
	{
		kind: "gauge",
		name: "iotctl_engine_graphs",
		help: "Attached graphs that have functions and live in the engine.",
		read: ({ graphs }) => graphs,
	},
];

/**
 * What function engines do. Where there is one, as it was when there was no other; where there are several, each has
 * lines with its number as the label `engine`, so that a sum is what one line was.
 */
export function engineMetrics(engines: Engines): Metric[] {
	return engines().length === 1 ? metricsOfOne(engines) : metricsOfSeveral(engines);
}

function metricsOfOne(engines: Engines): Metric[] {
	return [
		{
			...STATE,
			label: "state",
			readEach: () =>
				engines().flatMap(({ state }) =>
					STATES.map((name) => [name, name === state ? 1 : 0] as const),
				),
		},
		...FIGURES.map(
			({ read, ...named }): Metric => ({
				...named,
				read: () => engines().reduce((sum, engine) => sum + read(engine), 0),
			}),
		),
	];
}

function metricsOfSeveral(engines: Engines): Metric[] {
	return [
		{
			...STATE,
			labels: ["engine", "state"],
			readAll: () =>
				engines().flatMap(({ number, state }) =>
					STATES.map((name) => [[String(number), name], name === state ? 1 : 0] as const),
				),
		},
		...FIGURES.map(
			({ read, ...named }): Metric => ({
				...named,
				label: "engine",
				readEach: () => engines().map((engine) => [String(engine.number), read(engine)] as const),
			}),
		),
	];
}

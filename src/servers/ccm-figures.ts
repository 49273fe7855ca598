import type { ProjectsView } from "../contract/mod.ts";
import type { Metric } from "../kit/mod.ts";

/** What operators see of projects. */
export interface CcmFigures {
	counts(): { readonly projects: number; readonly running: number };
	/** Graphs that are worked at, and links that CSM has not confirmed or refuses. */
	backlog(): { readonly graphs: number; readonly links: number };
	/** Simulated devices that are online. */
	simulated(): number;
	/** Streams of projects that people look at. */
	streams(): number;
	/** Requests about functions that wait for their turn. */
	trials(): number;
}

export function ccmMetrics({ counts, backlog, simulated, streams, trials }: CcmFigures): Metric[] {
	return [
		{
			kind: "gauge",
			name: "iotctl_projects",
			help: "Projects.",
			read: () => counts().projects,
		},
		{
			kind: "gauge",
			name: "iotctl_projects_running",
			help: "Projects that have graphs.",
			read: () => counts().running,
		},
		{
			kind: "gauge",
			name: "iotctl_project_links_open",
			help: "Links of projects that CSM has not confirmed, or refuses.",
			read: () => backlog().links,
		},
		{
			kind: "gauge",
			name: "iotctl_project_graphs_queued",
			help: "Graphs of projects that are being brought to CSM.",
			read: () => backlog().graphs,
		},
		{
			kind: "gauge",
			name: "iotctl_simulated_devices",
			help: "Simulated devices of projects that are online.",
			read: () => simulated(),
		},
		{
			kind: "gauge",
			name: "iotctl_project_streams",
			help: "Streams of events of projects that are open.",
			read: () => streams(),
		},
		{
			kind: "gauge",
			name: "iotctl_workbench_waiting",
			help: "Checks and trials of functions that wait for their turn.",
			read: () => trials(),
		},
	];
}

export function ccmView({ counts, backlog }: CcmFigures): ProjectsView {
	const { projects, running } = counts();
	const { links, graphs } = backlog();
	return { known: projects, running, links_open: links, graphs_queued: graphs };
}

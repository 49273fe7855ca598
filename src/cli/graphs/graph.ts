import { Type } from "@sinclair/typebox";
import { GraphView, type LinkView } from "../../contract/mod.ts";
import type { RunInfo } from "../../daemon/mod.ts";
import { ConfigError, visible } from "../../kit/mod.ts";
import type { GlobalOptions } from "../options.ts";
import { print } from "../output.ts";
import { type Outline, readOutline } from "../projects/outline.ts";
import { ProjectServer } from "../projects/server.ts";
import { readUserdir } from "../read-config.ts";
import { askFor, runningServer } from "../running.ts";
import { drawJoin, type PictureJoin, type PicturePort } from "./picture.ts";

/** What the project manager is called at CSM. */
const CCM = "ccm";
const DEFAULT_WIDTH = 80;
const MOST_VALUE = 40;

export interface GraphOptions {
	/** Name of the project's owner. */
	readonly owner?: string;
	/** Columns; those of the terminal by default. */
	readonly width?: number;
	readonly json?: boolean;
}

interface Shown {
	readonly title: string;
	readonly joins: readonly PictureJoin[];
}

/**
 * `iotctl graph show NAME`: a project, else a graph a script drew.
 * @throws NotRunning; ConfigError when there is neither.
 */
export async function showGraph(
	options: GlobalOptions,
	name: string,
	{ owner, width = process.stdout.columns ?? DEFAULT_WIDTH, json = false }: GraphOptions,
): Promise<void> {
	const info = runningServer(readUserdir(options));
	const graphs = await graphsOf(info);
	const { title, joins } =
		graphNamed(graphs, name, owner) ?? (await projectNamed(options, name, owner, graphs));
	if (json) return print(`${JSON.stringify({ title, joins }, null, 2)}\n`);
	const drawn = joins.map((join) => drawJoin(join, width).join("\n"));
	print(`${[title, ...(drawn.length === 0 ? ["no joins yet"] : drawn)].join("\n\n")}\n`);
}

/** Graphs of CSM; none where that is elsewhere. */
async function graphsOf(info: RunInfo): Promise<readonly GraphView[]> {
	return info.servers.includes("csm") ? askFor(info, "/api/graphs", Type.Array(GraphView)) : [];
}

/** A graph that does not belong to a project. */
function graphNamed(
	graphs: readonly GraphView[],
	name: string,
	owner: string | undefined,
): Shown | undefined {
	if (owner !== undefined) return undefined;
	const found = graphs.filter(({ client, graph }) =>
		client === CCM ? false : graph === name || `${client}/${graph}` === name,
	);
	const [only, ...others] = found;
	if (only === undefined) return undefined;
	if (others.length > 0) {
		const names = found.map(({ client, graph }) => `${client}/${graph}`).join(", ");
		throw new ConfigError(`${found.length} graphs are called "${name}": use one of ${names}`);
	}
	const { client, graph, join, idfs, odfs } = only;
	const port = (link: LinkView): PicturePort => ({
		state: undefined,
		label: visible(`${link.device ?? `${link.da_id.slice(0, 8)}…`} · ${link.feature}`),
		detail: detailOf([functionOf(link)], link.last),
	});
	const shown = visible(`${client}/${graph}`);
	const fn = functionOf(join);
	return {
		title: shown,
		joins: [
			{
				...{ name: shown, function: fn === undefined ? undefined : visible(fn) },
				...{ inputs: idfs.map(port), outputs: odfs.map(port) },
			},
		],
	};
}

/** A function has no name at CSM: the first line that says something, or its digest. */
function functionOf({ func, title }: Pick<LinkView, "func" | "title">): string | undefined {
	return title ?? func?.slice(0, 8);
}

async function projectNamed(
	options: GlobalOptions,
	name: string,
	owner: string | undefined,
	graphs: readonly GraphView[],
): Promise<Shown> {
	const server = ProjectServer.find(options);
	const outline = await readOutline(server, await server.project(name, owner));
	const { p_name, u_name, status } = outline;
	return {
		title: visible(`${p_name} of ${u_name ?? "no one"}, ${status}`),
		joins: outline.joins.map((join) => {
			const own = graphs.filter(
				({ client, graph }) =>
					client === CCM && (graph === `${join.na_id}` || graph.startsWith(`${join.na_id}-`)),
			);
			const links = own.flatMap(({ idfs, odfs }) => [...idfs, ...odfs]);
			const port = (end: Outline["joins"][number]["inputs"][number]) => portOf(outline, end, links);
			return {
				name: visible(join.na_name),
				function: join.function === null ? undefined : visible(join.function),
				...{ inputs: join.inputs.map(port), outputs: join.outputs.map(port) },
			};
		}),
	};
}

function portOf(
	{ objects }: Outline,
	{ do_id, dfo_id, functions }: Outline["joins"][number]["inputs"][number],
	links: readonly LinkView[],
): PicturePort {
	const object = objects.find((one) => one.do_id === do_id);
	const feature = object?.features.find((one) => one.dfo_id === dfo_id);
	const devices = object?.devices ?? [];
	const [device] = devices;
	const isOnline = devices.some(({ status }) => status === "online");
	const seats = object?.seats ?? null;
	const what =
		seats === null
			? (device?.d_name ?? object?.dm_name ?? "?")
			: `${object?.dm_name} ${devices.length}/${seats}`;
	const link = links.find(
		({ da_id, feature: df_name }) =>
			df_name === feature?.df_name && devices.some(({ mac_addr }) => mac_addr === da_id),
	);
	return {
		state: device === undefined ? undefined : isOnline ? "online" : "offline",
		label: visible(`${what} · ${feature?.alias_name ?? "?"}`),
		detail: detailOf(
			device === undefined && seats === null ? ["no device", ...functions] : functions,
			link?.last ?? null,
		),
	};
}

function detailOf(functions: readonly (string | undefined)[], last: string | null): string {
	const used = functions.flatMap((fn) => fn ?? []).join(", ");
	const value = last === null ? "" : `= ${last.slice(0, MOST_VALUE)}`;
	return visible([used, value].filter((part) => part !== "").join("  "));
}

import { existsSync } from "node:fs";
import { Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { type ClusterView, ProjectsView, ServerView, type StatusView } from "../contract/mod.ts";
import type { RunInfo } from "../daemon/mod.ts";
import { count, visible } from "../kit/mod.ts";
import { SERVICE_INI } from "./ini-path.ts";
import type { GlobalOptions } from "./options.ts";
import { print } from "./output.ts";
import { readUserdir, say } from "./read-config.ts";
import { askFor, NotRunning, runningServer } from "./running.ts";

const StatusShape = Type.Unsafe<StatusView>(
	Type.Object({
		version: Type.String(),
		devices: Type.Object({ online: Type.Integer(), known: Type.Integer() }),
		messages: Type.Object({}),
		engine: Type.Object({}),
		broker: Type.Object({}),
		warnings: Type.Array(Type.String()),
	}),
);

/** `iotctl status [--json]`. @throws NotRunning with exit code 3, or 4 when the server does not answer. */
export async function status(options: GlobalOptions, isJson: boolean): Promise<void> {
	try {
		const info = runningServer(readUserdir(options));
		const told = await askStatus(info);
		const { server, csm, projects } = told;
		const json = { running: true, ini: info.ini, ...server, ...csm, modules: undefined, projects };
		if (isJson) print(`${JSON.stringify(json, null, 2)}\n`);
		else say(options, statusText(told, info.ini));
	} catch (error) {
		if (isJson && error instanceof NotRunning) {
			print(`${JSON.stringify({ running: false, reason: error.message })}\n`);
		}
		if (error instanceof NotRunning && error.exitCode === 3 && isBesideService(options)) {
			const service = `sudo iotctl -c ${SERVICE_INI} status`;
			throw new NotRunning(`${error.message}; for the service: ${service}`, 3);
		}
		throw error;
	}
}

/** Whether this machine has a service that the command did not look at. */
function isBesideService({ config }: GlobalOptions): boolean {
	return config === undefined && existsSync(SERVICE_INI);
}

/** What is known of a server. */
export interface Told {
	readonly server: ServerView;
	/** Undefined: it has no devices and graphs. */
	readonly csm: StatusView | undefined;
	/** Undefined: it has no projects. */
	readonly projects: ProjectsView | undefined;
}

type Row = readonly [string, string];

/** Asks the running server for its status. @throws NotRunning when it does not answer. */
export async function askStatus(info: RunInfo): Promise<Told> {
	const server = await askFor(info, "/api/server", ServerView);
	const { ccm } = server.modules;
	return {
		server,
		csm: server.servers.includes("csm")
			? await askFor(info, "/api/status", StatusShape)
			: undefined,
		projects: Value.Check(ProjectsView, ccm) ? ccm : undefined,
	};
}

/**
 * The status for people.
 * @param ini The server was started with; null for none.
 */
export function statusText({ server, csm, projects }: Told, ini: string | null): string {
	const rows: readonly Row[] = [
		...placeRows(server, csm),
		["Ini", ini ?? "none (defaults)"],
		...(csm?.cluster ? [["Cluster", clusterText(csm.cluster)] as const] : []),
		...(csm === undefined ? [] : flowRows(csm)),
		...(projects === undefined ? [] : [["Projects", projectsText(projects)] as const]),
		["Memory", `${Math.round(server.memory_bytes / 2 ** 20)} MiB`],
	];
	const since = `${new Date(server.since * 1000).toLocaleString("sv-SE")} (${duration(Date.now() / 1000 - server.since)})`;
	return [
		`IoTtalk ${server.version} is running (pid ${server.pid}) since ${since}`,
		...rows.map(([name, value]) => `  ${name.padEnd(10)} ${visible(value)}`),
		...server.warnings.map((text) => `  Warning    ${visible(text)}`),
		"",
	].join("\n");
}

function placeRows(
	{ http, https, mqtt, ws, database, servers }: ServerView,
	csm: StatusView | undefined,
): Row[] {
	const clients = csm?.broker.clients ?? null;
	const page = servers.includes("csm") && !servers.includes("ccm") ? "live page" : "editor";
	const web: Row[] = [["HTTP", `${http} (open it in a browser for the ${page})`]];
	if (https !== undefined) web.push(["HTTPS", `${https} (the same, for phones)`]);
	// The editor alone has none of these.
	if (mqtt === "") return web;
	return [
		...web,
		["MQTT", `${mqtt}${clients === null ? " (external broker)" : `, ${count(clients, "client")}`}`],
		["WebSocket", ws],
		["Database", database],
	];
}

function flowRows(view: StatusView): Row[] {
	const { devices, v1, messages, graphs, functions } = view;
	const dropped = Object.entries(messages.dropped).map(([reason, n]) => `${n} ${reason}`);
	return [
		["Devices", `${devices.online} online, ${devices.known} known`],
		...(v1
			? [["Of v1", `${v1.online} online, ${v1.known} known, on port ${v1.port}`] as const]
			: []),
		["Graphs", `${graphs}, with ${count(functions, "function")} stored`],
		[
			"Messages",
			`${messages.received_per_second}/s in, ${messages.published_per_second}/s out (${messages.received} and ${messages.published} since the start)`,
		],
		["Dropped", dropped.join(", ") || "none"],
		...engineRows(view),
	];
}

function clusterText({ name, node, nodes, partitions }: ClusterView): string {
	const own = nodes.find((one) => one.name === node)?.partitions.length ?? 0;
	const silent = nodes.filter(({ state }) => state === "silent").map((one) => one.name);
	const others = silent.length === 0 ? "" : `, silent: ${silent.join(", ")}`;
	return `${name}, as node ${node} with ${own} of ${partitions.all} partitions; ${count(nodes.length, "node")}${others}`;
}

function projectsText({ known, running, links_open }: ProjectsView): string {
	const open = links_open === 0 ? "" : `, ${count(links_open, "link")} not confirmed by CSM`;
	return `${known}, ${running} of them running${open}`;
}

/** A server of an earlier version has one, and does not tell of several. */
function engineRows({ engine, engines }: Partial<StatusView>): Row[] {
	if (engines !== undefined && engines.length > 1) {
		return engines.map((one) => [
			`Engine ${one.number}`,
			`${engineText(one)}${one.graphs === 0 ? "" : `, ${count(one.graphs, "graph")}`}`,
		]);
	}
	return engine === undefined ? [] : [["Engine", engineText(engine)]];
}

function engineText({ state, pid, restarts }: StatusView["engine"]): string {
	if (state === "off") return "off (no graph has functions)";
	const replaced =
		restarts === 0 ? "" : `, restarted ${restarts === 1 ? "once" : `${restarts} times`}`;
	return `${state} (pid ${pid})${replaced}`;
}

function duration(seconds: number): string {
	const days = Math.floor(seconds / 86_400);
	const hours = Math.floor((seconds % 86_400) / 3600);
	const minutes = Math.floor((seconds % 3600) / 60);
	if (days > 0) return `${days} d ${hours} h`;
	return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min`;
}

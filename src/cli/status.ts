import { existsSync } from "node:fs";
import { Type } from "@sinclair/typebox";
import type { StatusView } from "../contract/mod.ts";
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
		const view = await askFor(info, "/api/status", StatusShape);
		const json = { running: true, ini: info.ini, ...view };
		if (isJson) print(`${JSON.stringify(json, null, 2)}\n`);
		else say(options, statusText(view, info.ini));
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

/**
 * The status for people.
 * @param ini The server was started with; null for none.
 */
export function statusText(view: StatusView, ini: string | null): string {
	const { devices, messages, broker, engine } = view;
	const dropped = Object.entries(messages.dropped).map(([reason, n]) => `${n} ${reason}`);
	const rows: readonly (readonly [string, string])[] = [
		["HTTP", `${view.http} (open it in a browser for the live page)`],
		[
			"MQTT",
			`${view.mqtt}${broker.clients === null ? " (external broker)" : `, ${count(broker.clients, "client")}`}`,
		],
		["WebSocket", view.ws],
		["Database", view.database],
		["Ini", ini ?? "none (defaults)"],
		["Devices", `${devices.online} online, ${devices.known} known`],
		["Graphs", `${view.graphs}, with ${count(view.functions, "function")} stored`],
		[
			"Messages",
			`${messages.received_per_second}/s in, ${messages.published_per_second}/s out (${messages.received} and ${messages.published} since the start)`,
		],
		["Dropped", dropped.join(", ") || "none"],
		["Engine", engineText(engine)],
		["Memory", `${Math.round(view.memory_bytes / 2 ** 20)} MiB`],
	];
	const since = `${new Date(view.since * 1000).toLocaleString("sv-SE")} (${duration(Date.now() / 1000 - view.since)})`;
	return [
		`IoTtalk ${view.version} is running (pid ${view.pid}) since ${since}`,
		...rows.map(([name, value]) => `  ${name.padEnd(10)} ${visible(value)}`),
		...view.warnings.map((text) => `  Warning    ${visible(text)}`),
		"",
	].join("\n");
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

import type { GraphView, StatusView } from "../contract/mod.ts";
import { ConfigError } from "../kit/mod.ts";
import { type Config, INI } from "../settings/mod.ts";
import { StoreReader } from "../store/mod.ts";
import { databasePath } from "./database.ts";
import { ask, fetchFrom } from "./running.ts";
import { deregister, publish, watch } from "./shell-actions.ts";
import {
	devicesOf,
	find,
	functionsOf,
	graphsOf,
	type ShellContext,
	server,
} from "./shell-context.ts";
import { statusText } from "./status.ts";
import { table } from "./table.ts";

interface ShellCommand {
	/** Arguments, as the help shows them. */
	readonly usage: string;
	readonly help: string;
	run(context: ShellContext, rest: string): Promise<void> | void;
	/** What its argument may be. */
	choices?(context: ShellContext): Promise<string[]>;
}

const ROWS_SHOWN = 200;

const showJson = (value: unknown) => JSON.stringify(value, null, 2);
const nameOf = ({ client, graph }: GraphView) => `${client}/${graph}`;
const topicsOf = (graphs: readonly GraphView[]) =>
	graphs.flatMap(({ idfs, odfs }) => [...idfs, ...odfs].map(({ topic }) => topic));

/** The commands of `iotctl shell`, in the order the help lists them. */
export const SHELL_COMMANDS: ReadonlyMap<string, ShellCommand> = new Map<string, ShellCommand>([
	[
		"help",
		{
			usage: "",
			help: "this list",
			run: ({ print }) => {
				const rows = [...SHELL_COMMANDS].map(([name, { usage, help }]) => [
					`${name} ${usage}`,
					help,
				]);
				print(table([...rows, ["exit", "leave (Ctrl-D too)"]]));
			},
		},
	],
	[
		"status",
		{
			usage: "",
			help: "how the server is",
			run: async (context) =>
				context.print(
					statusText(
						(await ask(server(context), "/api/status")) as StatusView,
						server(context).ini,
					).trimEnd(),
				),
		},
	],
	[
		"devices",
		{
			usage: "",
			help: "list devices with their presence",
			run: async (context) => {
				const devices = await devicesOf(context);
				const rows = devices.map(({ id, name, state }) => [id, state, name]);
				context.print(table([["ID", "STATE", "NAME"], ...rows]));
			},
		},
	],
	[
		"device",
		{
			usage: "ID",
			help: "all of one device",
			run: async (context, typed) =>
				context.print(showJson(find("device", await devicesOf(context), ({ id }) => id, typed))),
			choices: async (context) => (await devicesOf(context)).map(({ id }) => id),
		},
	],
	[
		"deregister",
		{
			usage: "ID",
			help: "deregister a device; its links stay",
			run: deregister,
			choices: async (context) => (await devicesOf(context)).map(({ id }) => id),
		},
	],
	[
		"graphs",
		{
			usage: "",
			help: "list graphs",
			run: async (context) => {
				const rows = (await graphsOf(context)).map((graph) => [
					nameOf(graph),
					String(graph.idfs.length),
					String(graph.odfs.length),
					graph.join.func?.slice(0, 8) ?? "-",
					String(graph.dropped),
				]);
				context.print(table([["GRAPH", "IDF", "ODF", "JOIN", "DROPPED"], ...rows]));
			},
		},
	],
	[
		"graph",
		{
			usage: "CLIENT/GRAPH",
			help: "all of one graph: links, functions, topics, last error",
			run: async (context, typed) =>
				context.print(showJson(find("graph", await graphsOf(context), nameOf, typed))),
			choices: async (context) => (await graphsOf(context)).map(nameOf),
		},
	],
	[
		"functions",
		{
			usage: "",
			help: "list functions",
			run: async (context) => {
				const rows = (await functionsOf(context)).map(({ digest, bytes, uses, listed }) => [
					digest,
					String(bytes),
					String(uses),
					listed ? "" : "removed, still used",
				]);
				context.print(table([["DIGEST", "BYTES", "USES", ""], ...rows]));
			},
		},
	],
	[
		"function",
		{
			usage: "DIGEST",
			help: "the source of a function",
			run: async (context, typed) => {
				const known = await functionsOf(context);
				const { digest } = find("function", known, (entry) => entry.digest, typed);
				const response = await fetchFrom(server(context), `/api/functions/${digest}`);
				context.print((await response.text()).trimEnd());
			},
			choices: async (context) => (await functionsOf(context)).map(({ digest }) => digest),
		},
	],
	[
		"publish",
		{
			usage: "TOPIC PAYLOAD",
			help: "publish a message",
			run: publish,
			choices: async (context) => topicsOf(await graphsOf(context)),
		},
	],
	[
		"watch",
		{
			usage: "TOPIC",
			help: "show messages of a topic (+ and # allowed) until Ctrl-C",
			run: watch,
			choices: async (context) => topicsOf(await graphsOf(context)),
		},
	],
	[
		"log",
		{
			usage: "",
			help: "the newest lines of the server's log",
			run: async (context) => {
				const lines = (await ask(server(context), "/api/log")) as Record<string, unknown>[];
				for (const line of lines) context.print(JSON.stringify(line));
			},
		},
	],
	[
		"config",
		{
			usage: "[SECTION]",
			help: "the configuration in force, as the ini would say it",
			run: ({ config, print }, section) => print(configText(config, section)),
			choices: async () => INI.sections.map(({ name }) => name),
		},
	],
	[
		"db",
		{
			usage: "SQL",
			help: "ask the database: db SELECT name FROM devices (reading only)",
			run: ({ config, print }, sql) => {
				if (sql === "") throw new ConfigError("ask something: db SELECT name FROM devices");
				const reader = new StoreReader(databasePath(config));
				try {
					const rows = reader.query(sql);
					for (const row of rows.slice(0, ROWS_SHOWN)) print(JSON.stringify(row));
					if (rows.length > ROWS_SHOWN) print(`and ${rows.length - ROWS_SHOWN} more`);
				} finally {
					reader.close();
				}
			},
		},
	],
]);

function configText(config: Config, only: string): string {
	const known = INI.sections;
	if (only !== "" && !known.some(({ name }) => name === only)) {
		throw new ConfigError(
			`no section "${only}": known are ${known.map(({ name }) => name).join(", ")}`,
		);
	}
	return known
		.filter(({ name }) => only === "" || name === only)
		.map(({ name, fields }) => {
			const values = new Map(Object.entries(Object(new Map(Object.entries(config)).get(name))));
			const lines = fields
				.filter(({ hidden, secret }) => !hidden && !secret)
				.map(({ key }) => `${key} = ${String(values.get(key))}`);
			return [`[${name}]`, ...lines].join("\n");
		})
		.join("\n\n");
}

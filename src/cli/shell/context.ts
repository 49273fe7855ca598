import type { DeviceView, FunctionInfoView, GraphView } from "../../contract/mod.ts";
import type { RunInfo } from "../../daemon/mod.ts";
import { ConfigError } from "../../kit/mod.ts";
import { ask, runningServer } from "../running.ts";
import type { ShellContext } from "./command.ts";

/** The running server. @throws NotRunning when there is none. */
export const server = ({ config }: ShellContext): RunInfo => runningServer(config.core.userdir);

export async function devicesOf(context: ShellContext): Promise<DeviceView[]> {
	return (await ask(server(context), "/api/devices")) as DeviceView[];
}

export async function graphsOf(context: ShellContext): Promise<GraphView[]> {
	return (await ask(server(context), "/api/graphs")) as GraphView[];
}

export async function functionsOf(context: ShellContext): Promise<FunctionInfoView[]> {
	return (await ask(server(context), "/api/functions")) as FunctionInfoView[];
}

export async function deviceIds(context: ShellContext): Promise<string[]> {
	return (await devicesOf(context)).map(({ id }) => id);
}

/** The topics of all graphs. */
export async function topics(context: ShellContext): Promise<string[]> {
	return (await graphsOf(context)).flatMap(({ idfs, odfs }) =>
		[...idfs, ...odfs].map(({ topic }) => topic),
	);
}

export const json = (value: unknown): string => JSON.stringify(value, null, 2);

/** Finds the one entry that begins with what was typed. @throws ConfigError when it is none or several. */
export function find<T>(
	what: string,
	entries: readonly T[],
	key: (entry: T) => string,
	typed: string,
): T {
	if (typed === "") throw new ConfigError(`missing ${what} (a unique prefix is enough)`);
	const found = entries.filter((entry) => key(entry).startsWith(typed));
	const exact = found.find((entry) => key(entry) === typed);
	const [only] = found;
	if (exact !== undefined) return exact;
	if (only === undefined) throw new ConfigError(`no ${what} starts with "${typed}"`);
	if (found.length > 1) {
		throw new ConfigError(`${found.length} ${what}s start with "${typed}"; type more of it`);
	}
	return only;
}

import { type Static, Type } from "@sinclair/typebox";
import type { LogLevel, LogLevels } from "../kit/mod.ts";
import { bytes, oneOf, reloadable, section } from "./section.ts";

/** Components of every server. */
const COMPONENTS = ["auth", "broker", "http", "server", "store"];

/** How much is logged, and how. @param modules Components of the server's modules. */
export function logSection(modules: readonly string[]) {
	const components = [...COMPONENTS, ...modules].toSorted();
	const level = `(${components.join("|")}):(debug|info|warn|error)`;
	return section("config", "log", "The log, on standard error.", {
		level: reloadable(
			oneOf(["debug", "info", "warn", "error"], "Lowest severity that is logged.", "info"),
		),
		components: reloadable(
			Type.String({
				default: "",
				formerly: "rooms",
				pattern: `^(${level}(, *${level})*)?$`,
				patternText: `empty or a list such as broker:debug, store:warn (components: ${components.join(", ")})`,
				description: "Components of the server with a level of their own.",
			}),
		),
		format: oneOf(["text", "json"], "text for people, json (one object per line) for machines."),
		"max-file": bytes(
			5 << 20,
			1 << 30,
			"Size at which the log file of a detached server (iotctl.log in userdir) is rotated; the previous file is kept.",
		),
	});
}

/** The section `[log]`, whichever modules there are. */
export type LogSection = ReturnType<typeof logSection>;

/** From which severity each component logs. */
export function logLevels({ log }: { readonly log: Static<LogSection["schema"]> }): LogLevels {
	const components = log.components
		.split(/, */)
		.filter((entry) => entry !== "")
		.map((entry) => entry.split(":"))
		.map(([component = "", level]) => [component, level as LogLevel] as const);
	return { level: log.level, components: new Map(components) };
}

import { type Static, Type } from "@sinclair/typebox";
import type { LogLevel, LogLevels } from "../kit/mod.ts";
import { bytes, oneOf, reloadable, section } from "./section.ts";

const COMPONENTS = ["api", "auth", "broker", "devices", "esm", "http", "server", "store"];
const COMPONENT_LEVEL = `(${COMPONENTS.join("|")}):(debug|info|warn|error)`;

/** How much is logged, and how. */
export const LOG = section("config", "log", "The log, on standard error.", {
	level: reloadable(
		oneOf(["debug", "info", "warn", "error"], "Lowest severity that is logged.", "info"),
	),
	components: reloadable(
		Type.String({
			default: "",
			formerly: "rooms",
			pattern: `^(${COMPONENT_LEVEL}(, *${COMPONENT_LEVEL})*)?$`,
			patternText: `empty or a list such as broker:debug, esm:warn (components: ${COMPONENTS.join(", ")})`,
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

/** From which severity each component logs. */
export function logLevels({ log }: { readonly log: Static<typeof LOG.schema> }): LogLevels {
	const components = log.components
		.split(/, */)
		.filter((entry) => entry !== "")
		.map((entry) => entry.split(":"))
		.map(([component = "", level]) => [component, level as LogLevel] as const);
	return { level: log.level, components: new Map(components) };
}

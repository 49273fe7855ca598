import { type Static, Type } from "@sinclair/typebox";
import type { LogLevel, LogLevels } from "../kit/mod.ts";
import { bytes, oneOf, reloadable, section } from "./section.ts";

const ROOMS = ["api", "auth", "broker", "devices", "esm", "http", "server", "store"];
const ROOM_LEVEL = `(${ROOMS.join("|")}):(debug|info|warn|error)`;

/** How much is logged, and how. */
export const LOG = section("config", "log", "The log, on standard error.", {
	level: reloadable(
		oneOf(["debug", "info", "warn", "error"], "Least severity that is written.", "info"),
	),
	rooms: reloadable(
		Type.String({
			default: "",
			pattern: `^(${ROOM_LEVEL}(, *${ROOM_LEVEL})*)?$`,
			patternText: `empty or a list such as broker:debug, esm:warn (rooms: ${ROOMS.join(", ")})`,
			description: "Rooms of the server with a level of their own.",
		}),
	),
	format: oneOf(["text", "json"], "text for people, json (one object a line) for machines."),
	"max-file": bytes(
		5 << 20,
		1 << 30,
		"Size at which the log file of a detached server (iotctl.log in userdir) is begun anew; the former one is kept.",
	),
});

/** How loud each room is. */
export function logLevels({ log }: { readonly log: Static<typeof LOG.schema> }): LogLevels {
	const rooms = log.rooms
		.split(/, */)
		.filter((entry) => entry !== "")
		.map((entry) => entry.split(":"))
		.map(([room = "", level]) => [room, level as LogLevel] as const);
	return { level: log.level, rooms: new Map(rooms) };
}

import { NotThereYet } from "../options.ts";
import type { CliCommand } from "./command.ts";

export const start: CliCommand = {
	name: "start",
	description: "start a server in the foreground; Ctrl-C stops it",
	example: "iotctl -c iottalk.ini start csm",
	next: "iotctl status",
	completion: ["csm"],
	build: (command, { options }) =>
		command
			.argument("<server>", "csm: registration, MQTT broker, graphs")
			.option("--detach", "run in the background; returns when the server is ready")
			.option("--log <FILE>", "write the log to a file instead of standard error")
			.action(async (server: string, { detach, ...own }: { detach?: boolean; log?: string }) => {
				if (server !== "csm") throw new NotThereYet(`start ${server}`, "iotctl start csm");
				if (detach) return (await import("../detach.ts")).startDetached(await options("own"));
				return (await import("../start.ts")).start(await options("own"), own);
			}),
};

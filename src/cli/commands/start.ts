import type { ModuleList } from "../../servers/mod.ts";
import { NotThereYet } from "../options.ts";
import type { CliCommand } from "./command.ts";

/** The editor alone; with projects in the same process it is theirs. */
const GUI = "gui";

export const start: CliCommand = {
	name: "start",
	description: "start the server; Ctrl-C stops it, unless it was started with --detach",
	example: "iotctl -c iottalk.ini start",
	next: "iotctl status",
	completion: ({ names }) => [...names, GUI],
	build: (command, { options, serverModules }) =>
		command
			.argument(
				"[servers...]",
				"csm: registration, MQTT broker, graphs; ccm: projects with their editor; without a word both, in one process; gui: the editor alone, for the projects of another server (ccm-url in [gui])",
			)
			.option("--detach", "run in the background; returns when the server is ready")
			.option("--log <FILE>", "write the log to a file instead of standard error")
			.action(async (words: string[], { detach, ...own }: { detach?: boolean; log?: string }) => {
				const isGui = words.length === 1 && words[0] === GUI;
				const servers = isGui ? words : chosen(await serverModules(), words);
				if (detach) {
					return (await import("../detach.ts")).startDetached(await options("own"), servers);
				}
				if (isGui) return (await import("../start-gui.ts")).startGui(await options("own"), own.log);
				return (await import("../start.ts")).start(await options("own"), { ...own, servers });
			}),
};

/** Names of the servers to start, in the order of the program's list. @throws NotThereYet for others. */
function chosen({ names }: ModuleList, words: readonly string[]): string[] {
	const strange = words.find((word) => !names.includes(word));
	if (strange !== undefined) {
		throw new NotThereYet(
			`start ${words.join(" ")}`,
			["iotctl start", ...[...names, GUI].map((name) => `iotctl start ${name}`)].join(", "),
		);
	}
	return words.length === 0 ? names : names.filter((name) => words.includes(name));
}

import type { ModuleList } from "../../servers/mod.ts";
import { NotThereYet } from "../options.ts";
import type { CliCommand } from "./command.ts";

export const start: CliCommand = {
	name: "start",
	description: "start the server; Ctrl-C stops it, unless it was started with --detach",
	example: "iotctl -c iottalk.ini start",
	next: "iotctl status",
	completion: ["csm", "ccm"],
	build: (command, { options, serverModules }) =>
		command
			.argument(
				"[servers...]",
				"csm: registration, MQTT broker, graphs; ccm: projects; without a word both, in one process",
			)
			.option("--detach", "run in the background; returns when the server is ready")
			.option("--log <FILE>", "write the log to a file instead of standard error")
			.action(async (words: string[], { detach, ...own }: { detach?: boolean; log?: string }) => {
				const servers = chosen(await serverModules(), words);
				if (detach) {
					return (await import("../detach.ts")).startDetached(await options("own"), servers);
				}
				return (await import("../start.ts")).start(await options("own"), { ...own, servers });
			}),
};

/** Names of the servers to start, in the order of the program's list. @throws NotThereYet for others. */
function chosen({ names }: ModuleList, words: readonly string[]): string[] {
	const strange = words.find((word) => !names.includes(word));
	if (strange !== undefined) {
		throw new NotThereYet(
			`start ${strange}`,
			["iotctl start", ...names.map((name) => `iotctl start ${name}`)].join(", "),
		);
	}
	return words.length === 0 ? names : names.filter((name) => words.includes(name));
}

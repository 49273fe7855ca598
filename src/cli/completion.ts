import tab from "@bomb.sh/tab/commander";
import type { Command } from "commander";

/**
 * Adds `completion SHELL`, which prints a script, and the hidden command that script asks at each Tab.
 * @param helpEnd Text behind its help.
 */
export function addCompletion(program: Command, helpEnd: string): void {
	tab(program, { completionCommandName: "completion" });
	const [added] = program.commands.filter((command) => command.name() === "completion");
	added
		?.description("print the completion script of a shell: bash, zsh or fish")
		.helpOption("-h, --help", "show this help and exit")
		.addHelpText("after", helpEnd);
}

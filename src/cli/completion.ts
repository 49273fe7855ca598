import tab from "@bomb.sh/tab/commander";
import type { Command } from "commander";

/** `iotctl completion SHELL`, and the hidden `complete` that the script asks at each Tab. */
export function complete(program: Command, words: readonly string[]): void {
	// The library brings both commands, with the words of all others in them.
	const others = program.commands.filter(
		(command) => !["completion", "complete"].includes(command.name()),
	);
	const known = program.createCommand(program.name());
	for (const command of others) known.addCommand(command);
	for (const option of program.options) known.addOption(option);
	tab(known, { completionCommandName: "completion" });
	known.parse([...words], { from: "user" });
}

import { Argument } from "commander";
import { print } from "../output.ts";
import type { CliCommand } from "./command.ts";

const SHELLS = ["bash", "zsh", "fish"];

export const completion: CliCommand = {
	name: "completion",
	description: "print a shell completion script",
	example: "iotctl completion bash > /etc/bash_completion.d/iotctl",
	next: "open a new terminal and press Tab after iotctl",
	completion: SHELLS,
	build: (command, context) =>
		command.addArgument(new Argument("<shell>").choices(SHELLS)).action(async (shell: string) => {
			const { completionScript } = await import("../completion.ts");
			print(completionScript(context, shell));
		}),
};

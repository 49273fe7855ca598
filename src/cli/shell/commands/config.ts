import { ConfigError } from "../../../kit/mod.ts";
import { type Config, INI } from "../../../settings/mod.ts";
import type { ShellCommand } from "../command.ts";

export const config: ShellCommand = {
	name: "config",
	usage: "[SECTION]",
	help: "show the configuration in ini format",
	run: ({ config, print }, section) => print(configText(config, section)),
	choices: async () => INI.sections.map(({ name }) => name),
};

function configText(config: Config, only: string): string {
	const known = INI.sections;
	if (only !== "" && !known.some(({ name }) => name === only)) {
		throw new ConfigError(
			`unknown section "${only}": known are ${known.map(({ name }) => name).join(", ")}`,
		);
	}
	return known
		.filter(({ name }) => only === "" || name === only)
		.map(({ name, fields }) => {
			const values = new Map(Object.entries(Object(new Map(Object.entries(config)).get(name))));
			const lines = fields
				.filter(({ hidden, secret }) => !hidden && !secret)
				.map(({ key }) => `${key} = ${String(values.get(key))}`);
			return [`[${name}]`, ...lines].join("\n");
		})
		.join("\n\n");
}

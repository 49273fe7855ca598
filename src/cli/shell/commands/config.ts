import type { SectionFields } from "../../../config/mod.ts";
import { ConfigError } from "../../../kit/mod.ts";
import type { Config } from "../../../settings/mod.ts";
import type { ShellCommand } from "../command.ts";

export const config: ShellCommand = {
	name: "config",
	usage: "[SECTION]",
	help: "show the configuration in ini format",
	run: ({ modules, config, print }, section) =>
		print(configText(modules.ini.sections, config, section)),
	choices: async ({ modules }) => modules.ini.sections.map(({ name }) => name),
};

function configText(known: readonly SectionFields[], config: Config, only: string): string {
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

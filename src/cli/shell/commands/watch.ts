import { ConfigError, visible } from "../../../kit/mod.ts";
import type { ShellCommand } from "../command.ts";
import { topics } from "../context.ts";
import { withClient } from "../mqtt-client.ts";

export const watch: ShellCommand = {
	name: "watch",
	usage: "TOPIC",
	help: "show messages of a topic (+ and # allowed) until Ctrl-C",
	run: async (context, filter) => {
		if (filter === "") throw new ConfigError("usage: watch TOPIC");
		await withClient(context, async (client) => {
			client.on("message", (topic, payload) =>
				context.print(`${visible(topic)} ${visible(payload.toString())}`),
			);
			await client.subscribeAsync(filter);
			await context.interrupted();
		});
	},
	choices: topics,
};

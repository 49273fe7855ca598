import { ConfigError } from "../../../kit/mod.ts";
import type { ShellCommand } from "../command.ts";
import { topics } from "../context.ts";
import { withClient } from "../mqtt-client.ts";

export const publish: ShellCommand = {
	name: "publish",
	usage: "TOPIC PAYLOAD",
	help: "publish a message",
	run: async (context, rest) => {
		const [, topic, payload] = /^(\S+)\s+(.+)$/s.exec(rest) ?? [];
		if (topic === undefined || payload === undefined) {
			throw new ConfigError("usage: publish TOPIC PAYLOAD");
		}
		await withClient(context, async (client) => {
			await client.publishAsync(topic, payload, { qos: 1 });
			context.print("published");
		});
	},
	choices: topics,
};

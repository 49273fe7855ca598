import { beforeEach, expect, test } from "bun:test";
import { type DataPort, GraphChannels } from "../../src/dataflow/graph-channels.ts";
import { quietLog } from "../support/log.ts";

class NotedPort implements DataPort {
	readonly sent: string[] = [];

	async subscribe() {
		return async () => {};
	}

	publishData(topic: string, json: string) {
		this.sent.push(`${topic} ${json}`);
		return undefined;
	}
}

let main: NotedPort;
let channels: GraphChannels;
beforeEach(() => {
	main = new NotedPort();
	channels = new GraphChannels(
		{ dataQos: "auto" },
		{ port: main, onMessage: () => {}, log: quietLog },
	);
});

test("graphs use the broker, unless they have a port", () => {
	const port = new NotedPort();
	channels.use("lab/one", port);
	channels.of("lab/one").sender.sendResult("a", "[1]", 0);
	channels.of("lab/two").sender.sendResult("b", "[2]", 0);
	expect([port.sent, main.sent]).toEqual([["a [1]"], ["b [2]"]]);
});

test("graphs of one port share subscriptions, until all of them are gone", () => {
	const port = new NotedPort();
	channels.use("lab/one", port);
	channels.use("lab/two", port);
	const channel = channels.of("lab/one");
	expect(channels.of("lab/two")).toBe(channel);
	channels.release("lab/one");
	channels.release("lab/one");
	expect([channels.of("lab/one") === channel, channels.of("lab/two") === channel]).toEqual([
		false,
		true,
	]);
	channels.release("lab/two");
	channels.use("lab/two", port);
	expect(channels.of("lab/two")).not.toBe(channel);
});

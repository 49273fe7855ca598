import { expect, test } from "bun:test";
import type { AedesPublishPacket } from "aedes";
import { MessageBus } from "../../src/broker/message-bus.ts";

const packet = (topic: string) => ({ topic }) as AedesPublishPacket;
const turn = () => new Promise((resolve) => setImmediate(resolve));

test("a message is delivered at once and confirmed a turn later, until the bus is closed", async () => {
	const log: string[] = [];
	const bus = new MessageBus(({ topic }) => log.push(topic));
	bus.emit(packet("a"), () => log.push("done a"));
	expect(log).toEqual(["a"]);
	await turn();
	bus.close(() => log.push("closed"));
	bus.emit(packet("b"), () => log.push("done b"));
	await turn();
	expect(log).toEqual(["a", "done a", "closed", "done b"]);
});

test("aedes' subscriptions are confirmed and ignored", async () => {
	const log: string[] = [];
	const bus = new MessageBus(() => {});
	bus.on(
		"a",
		() => log.push("heard"),
		() => log.push("on"),
	);
	bus.emit(packet("a"));
	bus.removeListener("a", undefined, () => log.push("off"));
	await turn();
	expect(log).toEqual(["on", "off"]);
});

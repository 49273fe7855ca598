import { expect, test } from "bun:test";
import { SystemTopics } from "../../src/broker/system-topics.ts";

const stats = {
	...{ connected: 2, away: 1, received: 10, sent: 20, retained: 3, waiting: 4, subscriptions: 5 },
};

function build() {
	const state = { now: 0, ...stats };
	const topics = new SystemTopics(
		() => state,
		() => {},
		() => state.now,
	);
	const value = (name: string) =>
		topics.matching(`$SYS/broker/${name}`).map(({ payload }) => Buffer.from(payload).toString());
	return { state, topics, value };
}

test("a filter gets the current values, named as mosquitto names them", () => {
	const { state, topics, value } = build();
	state.now = 61_999;
	expect(value("uptime")).toEqual(["61 seconds"]);
	expect(value("clients/total")).toEqual(["3"]);
	expect(value("messages/stored")).toEqual(["7"]);
	expect(value("subscriptions/count")).toEqual(["5"]);
	expect(topics.matching("$SYS/broker/clients/+").length).toBe(6);
	expect(topics.matching("$SYS/#").length).toBe(16);
	expect(topics.matching("#")).toEqual([]);
});

test("the maximum of clients stays when they leave", () => {
	const { state, value } = build();
	state.connected = 9;
	value("clients/connected");
	state.connected = 1;
	expect([value("clients/connected"), value("clients/maximum")]).toEqual([["1"], ["9"]]);
});

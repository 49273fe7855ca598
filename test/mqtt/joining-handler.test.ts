import { expect, test } from "bun:test";
import { JoiningHandler } from "../../src/mqtt/joining-handler.ts";

function build() {
	const heard: string[] = [];
	const joining = new JoiningHandler(({ topic, payload, retained }) =>
		heard.push(`${topic} ${Buffer.from(payload)}${retained ? "*" : ""}`),
	);
	const message = (topic: string, text: string, retained: boolean) => ({
		...{ topic, payload: Buffer.from(text), retained },
		...{ qos: 0 as const, clientId: null, user: null, connection: null },
	});
	return {
		joining,
		heard,
		live: (topic: string, text: string) => joining.live(message(topic, text, false)),
		stored: (topic: string, text: string) => joining.live(message(topic, text, true)),
		fetched: (topic: string, text: string) => joining.fetched(message(topic, text, true)),
	};
}

test("a fetched message is heard, unless a live one of its topic came first: that may be newer", () => {
	const { heard, live, fetched } = build();
	live("a", "new");
	fetched("a", "old");
	fetched("b", "kept");
	live("b", "next");
	live("b", "after");
	expect(heard).toEqual(["a new", "b kept*", "b next", "b after"]);
});

test("a retained message that comes on both ways is heard once", () => {
	const { heard, stored, fetched } = build();
	fetched("a", "1");
	stored("a", "1");
	stored("b", "2");
	fetched("b", "2");
	expect(heard).toEqual(["a 1*", "b 2*"]);
});

test("once it has joined, everything of the subscription is heard, and nothing is fetched", () => {
	const { joining, heard, live, stored, fetched } = build();
	fetched("a", "1");
	joining.joined();
	stored("a", "again, after an outage");
	live("a", "2");
	fetched("c", "too late");
	expect(heard).toEqual(["a 1*", "a again, after an outage*", "a 2"]);
});

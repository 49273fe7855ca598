import { describe, expect, test } from "bun:test";
import type { Client } from "aedes";
import { PageOwners } from "../../src/broker/page-owners.ts";
import { Routes } from "../../src/broker/routes.ts";
import { SessionFilters } from "../../src/broker/session-filters.ts";
import type { MessageHandler } from "../../src/mqtt/port.ts";

/** Routes look at a client's identity only. */
const client = (id: string) => ({ id }) as Client;
const sink = {
	isOpen: true,
	unsentBytes: 0,
	maxUnsentBytes: 0,
	send: () => {},
	disconnect: () => {},
	whenSent: async () => {},
};
const plain = { qos: 0, noLocal: false, keepsRetain: false };

function build() {
	const own = new Map<string, MessageHandler[]>();
	const waiting = new SessionFilters();
	const routes = new Routes({
		pages: new PageOwners(),
		sessionFilters: waiting,
		handlersOf: (topic) => own.get(topic) ?? [],
	});
	return { routes, own, waiting };
}

describe("routes", () => {
	test("a client hears a topic once, at the highest QoS of its filters", () => {
		const { routes } = build();
		const [one, two] = [client("one"), client("two")];
		routes.subscribed(one, sink, "a/+", { ...plain, qos: 1 });
		routes.subscribed(one, sink, "a/b", { ...plain, noLocal: true, qos: 2 });
		routes.subscribed(one, sink, "#", { ...plain, keepsRetain: true });
		routes.subscribed(two, sink, "a/b", plain);
		const { recipients, streams, hasNoLocal } = routes.of("a/b");
		expect(recipients.map(({ reader, ...rest }) => [reader.client.id, rest])).toEqual([
			["one", { qos: 2, ownQos: 1, keepsRetain: true }],
			["two", { qos: 0, ownQos: 0, keepsRetain: false }],
		]);
		expect([streams.length, hasNoLocal]).toEqual([2, false]);
		routes.subscribed(two, sink, "a/b", { ...plain, noLocal: true });
		expect(routes.of("a/b").hasNoLocal).toBe(true);
	});

	test("follow subscriptions and their ends at once", () => {
		const { routes } = build();
		const one = client("one");
		const readers = () => routes.of("a/b").recipients.length;
		expect(readers()).toBe(0);
		routes.subscribed(one, sink, "a/b", plain);
		routes.subscribed(one, sink, "a/#", plain);
		expect([readers(), routes.filtersOf(one)]).toEqual([1, ["a/b", "a/#"]]);
		routes.unsubscribed(one, ["a/b", "never"]);
		expect(readers()).toBe(1);
		routes.left(one);
		expect([readers(), routes.filtersOf(one)]).toEqual([0, []]);
		routes.unsubscribed(one, ["a/#"]);
	});

	test("know the server's own handlers, and sessions that wait for confirmed messages", () => {
		const { routes, own, waiting } = build();
		expect(routes.of("t")).toMatchObject({ handlers: [], sessions: [] });
		const handler = () => {};
		own.set("t", [handler]);
		routes.handlersChanged("t");
		expect(routes.of("t").handlers).toEqual([handler]);
		waiting.add("away", [{ topic: "t", qos: 1 }]);
		routes.sessionsChanged();
		expect(routes.of("t").sessions).toMatchObject([{ clientId: "away", qos: 1 }]);
	});
});

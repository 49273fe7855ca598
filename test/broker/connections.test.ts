import { expect, test } from "bun:test";
import type { Client } from "aedes";
import { Connections } from "../../src/broker/connections.ts";
import type { Connection } from "../../src/mqtt/connection.ts";

function build() {
	const log: string[] = [];
	const names = new Map<Connection, string>();
	const nameOf = (connection: Connection) => {
		const name = names.get(connection) ?? `#${names.size + 1}`;
		names.set(connection, name);
		return `${name}${connection.isOpen ? "" : ", closed"}`;
	};
	let now = 0;
	const connections = new Connections(() => {
		now += 1;
		return now;
	});
	connections.follow({
		opened: (device, connection) =>
			log.push(`${nameOf(connection)} opened at ${connection.openedAt} by ${device}`),
		subscribed: (filter, connection) => log.push(`${nameOf(connection)} + ${filter}`),
		unsubscribed: (filter, connection) => log.push(`${nameOf(connection)} - ${filter}`),
		closed: (connection, isProper) => log.push(`${nameOf(connection)} ended ${isProper}`),
	});
	return { connections, log };
}
const client = (changes: Partial<Client> & { _disconnected?: boolean } = {}) =>
	({ id: "c", closed: false, ...changes }) as Client;

test("what a client's connection does is told, from a session's subscriptions on", () => {
	const { connections, log } = build();
	const one = client();
	connections.unsubscribed(one, ["too early"]);
	connections.closed(one);
	connections.subscribed(one, "d/ctrl/o");
	connections.opened(one, "d");
	connections.unsubscribed(one, ["a", "b"]);
	Object.assign(one, { closed: true, _disconnected: true });
	connections.closed(one);
	expect(log).toEqual([
		"#1 + d/ctrl/o",
		"#1 opened at 2 by d",
		"#1 - a",
		"#1 - b",
		"#1, closed ended true",
	]);
});

test("the connection behind an uplink is known by its payload, also for a will of a client that is gone", () => {
	const { connections } = build();
	const one = client();
	const [uplink, other, will] = [Buffer.from("1"), Buffer.from("2"), Buffer.from("3")];
	connections.publishes(one, "d/ctrl/i", uplink);
	expect(connections.publisherOf(uplink)).toBeNull();
	connections.opened(one, null);
	connections.publishes(one, "d/ctrl/i", uplink);
	connections.publishes(one, "data", other);
	expect(connections.publisherOf(uplink)).toBe(connections.of(one));
	expect([connections.publisherOf(other), connections.publisherOf("1")]).toEqual([null, null]);
	Object.assign(one, { closed: true });
	connections.publishes(one, "d/ctrl/i", will);
	expect(connections.publisherOf(will)?.isOpen).toBe(false);
});

test("nothing is told once the server stops", () => {
	const { connections, log } = build();
	const one = client();
	connections.opened(one, null);
	connections.unfollow();
	connections.closed(one);
	expect(log).toHaveLength(1);
});

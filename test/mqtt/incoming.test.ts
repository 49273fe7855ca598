import { expect, test } from "bun:test";
import { Incoming } from "../../src/mqtt/incoming.ts";

function build() {
	const incoming = new Incoming();
	const heard: string[] = [];
	const hear =
		(name: string) =>
		({ topic, payload, retained }: { topic: string; payload: Uint8Array; retained: boolean }) =>
			heard.push(`${name}: ${topic} ${Buffer.from(payload)} ${retained}`);
	return { incoming, heard, hear };
}

test("a message reaches every handler whose filter matches, on either path", () => {
	const { incoming, heard, hear } = build();
	incoming.add("a/+", hear("one"));
	incoming.add("a/b", hear("two"));
	incoming.deliver("a/b", Buffer.from("1"), true, 1);
	expect(incoming.deliverPlain(Buffer.from("a/b"), Buffer.from("2"))).toBe(true);
	expect(heard).toEqual([
		"two: a/b 1 true",
		"one: a/b 1 true",
		"two: a/b 2 false",
		"one: a/b 2 false",
	]);
});

test("handlers that come and go are noticed by a topic that is remembered", () => {
	const { incoming, heard, hear } = build();
	const send = () => incoming.deliverPlain(Buffer.from("a"), Buffer.from("x"));
	const [exact, wild] = [hear("exact"), hear("wild")];
	for (const step of [
		() => {},
		() => incoming.add("a", exact),
		() => incoming.add("#", wild),
		() => incoming.delete("a", exact),
		() => incoming.delete("#", wild),
	]) {
		step();
		expect(send()).toBe(true);
	}
	expect(heard).toEqual([
		"exact: a x false",
		"exact: a x false",
		"wild: a x false",
		"wild: a x false",
	]);
});

test("a topic that is not UTF-8 is left to MQTT.js", () => {
	expect(build().incoming.deliverPlain(Buffer.from([0xc3]), Buffer.from("x"))).toBe(false);
});

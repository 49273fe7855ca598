import { expect, test } from "bun:test";
import { SessionFilters } from "../../src/broker/session-filters.ts";

test("sessions want a topic's messages confirmed once, at the highest QoS of their filters", () => {
	const filters = new SessionFilters();
	filters.add("one", [
		{ topic: "a/+", qos: 1, nl: true },
		{ topic: "a/b", qos: 2 },
		{ topic: "#", qos: 0 },
	]);
	filters.add("two", [{ topic: "a/b", qos: 1, nl: true, rap: true }]);
	expect(filters.matching("a/b")).toEqual([
		{ clientId: "one", qos: 2, ownQos: 2, keepsRetain: false },
		{ clientId: "two", qos: 1, ownQos: 0, keepsRetain: true },
	]);
	expect(filters.matching("a/c")).toHaveLength(1);
	expect([filters.matching("c"), filters.hasNoLocal]).toEqual([[], true]);
	expect(filters.of("two")).toEqual([{ topic: "a/b", qos: 1, nl: true, rap: true }]);
});

test("a filter that is added again replaces itself, and what is removed does not count", () => {
	const filters = new SessionFilters();
	let changes = 0;
	filters.onChange = () => {
		changes += 1;
	};
	filters.add("s", [{ topic: "t", qos: 1, nl: true }]);
	filters.add("s", [{ topic: "t", qos: 0 }]);
	expect([filters.matching("t"), filters.hasNoLocal, filters.of("s")]).toEqual([
		[],
		false,
		[{ topic: "t", qos: 0 }],
	]);
	filters.add("s", [{ topic: "u", qos: 2 }]);
	filters.remove("s", ["t", "never"]);
	expect(filters.of("s")).toEqual([{ topic: "u", qos: 2 }]);
	filters.forget("s");
	filters.remove("s", ["u"]);
	expect([filters.of("s"), filters.matching("u"), changes]).toEqual([[], [], 5]);
});

test("sessions with filters are walked through, while those of the current one are removed", () => {
	const filters = new SessionFilters();
	for (const session of ["one", "two", "three"]) filters.add(session, [{ topic: "t", qos: 0 }]);
	filters.forget("two");
	const seen: string[] = [];
	for (const session of filters.sessions()) {
		seen.push(session);
		filters.remove(session, ["t"]);
	}
	expect([seen, [...filters.sessions()]]).toEqual([["one", "three"], []]);
});

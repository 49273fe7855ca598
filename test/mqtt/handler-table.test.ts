import { expect, test } from "bun:test";
import { HandlerTable } from "../../src/mqtt/handler-table.ts";

const [one, two, three] = [() => {}, () => {}, () => {}];

test("gives the handlers of all filters a topic matches, those of one filter in order", () => {
	const table = new HandlerTable();
	for (const [filter, handler] of [
		["a/b", one],
		["a/+", two],
		["a/b", three],
		["#", one],
		["b", two],
	] as const) {
		table.add(filter, handler);
	}
	expect(table.of("a/b")).toEqual([one, three, two, one]);
	expect(table.of("c")).toEqual([one]);
	expect(table.of("$SYS/x")).toEqual([]);
	expect(table.filters().sort()).toEqual(["#", "a/+", "a/b", "b"]);
});

test.each(["a", "a/#"])("says of %s which handler was its last", (filter) => {
	const table = new HandlerTable();
	for (const handler of [one, two, one]) table.add(filter, handler);
	expect(table.delete(filter, three)).toBe(false);
	expect([table.delete(filter, one), table.of("a")]).toEqual([false, [two, one]]);
	expect([table.delete(filter, two), table.of("a")]).toEqual([false, [one]]);
	expect([table.delete(filter, one), table.has(filter), table.of("a")]).toEqual([true, false, []]);
	expect([table.delete(filter, one), table.filters()]).toEqual([false, []]);
});

test.each(["a", "a/#"])("puts a handler of %s in another's place", (filter) => {
	const table = new HandlerTable();
	for (const handler of [one, two, one]) table.add(filter, handler);
	table.replace(filter, two, three);
	table.replace(filter, two, one);
	table.replace("b", one, two);
	expect([table.of("a"), table.of("b")]).toEqual([[one, three, one], []]);
});

test("a handler that leaves does not disturb those that are being called", () => {
	const table = new HandlerTable();
	const called: number[] = [];
	const first = () => {
		called.push(1);
		table.delete("t", first);
	};
	table.add("t", first);
	table.add("t", () => called.push(2));
	for (const handler of table.of("t"))
		handler({
			...{ topic: "t", payload: Buffer.alloc(0), retained: false },
			...{ qos: 0 as const, clientId: null, user: null, connection: null },
		});
	expect(called).toEqual([1, 2]);
});

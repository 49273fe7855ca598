import { expect, test } from "bun:test";
import { RouteCache } from "../../src/mqtt/route-cache.ts";

function build() {
	const made: string[] = [];
	const cache = new RouteCache((topic) => {
		made.push(topic);
		return { topic, bytes: Buffer.from(topic) };
	});
	return { cache, made };
}

test("a route is made once, whether it is asked for by text or by bytes", () => {
	const { cache, made } = build();
	const route = cache.of("a");
	expect(cache.of("a")).toBe(route);
	expect(cache.find(Buffer.from("a"), undefined)).toBe(route);
	expect(cache.find(Buffer.from("a"), route)).toBe(route);
	expect(cache.find(Buffer.from("b"), route)?.topic).toBe("b");
	expect(made).toEqual(["a", "b"]);
});

test("a change of a filter makes the routes it concerns again, and a previous one does not count", () => {
	const { cache } = build();
	const [a, b] = [cache.of("a"), cache.of("b")];
	cache.changed("a");
	expect(cache.find(Buffer.from("a"), a)).not.toBe(a);
	expect(cache.of("b")).toBe(b);
	cache.changed("+");
	expect(cache.find(Buffer.from("b"), b)).not.toBe(b);
	const c = cache.of("c");
	cache.clear();
	expect(cache.of("c")).not.toBe(c);
});

test("what is not UTF-8 or not wanted has no route", () => {
	const { cache, made } = build();
	expect(cache.find(Buffer.from([0xff]), undefined)).toBeUndefined();
	expect(cache.find(Buffer.from("a"), undefined, () => false)).toBeUndefined();
	expect(made).toEqual([]);
	const route = cache.of("a");
	expect(cache.find(Buffer.from("a"), undefined, () => false)).toBe(route);
	expect(cache.find(Buffer.from("\uFEFFa"), undefined)?.topic).toBe("\uFEFFa");
});

test("topics of 10,000 graphs, devices and what they answer are made once, however often their turn comes", () => {
	const { cache, made } = build();
	for (let turn = 0; turn < 3; turn++) for (let n = 0; n < 45_000; n++) cache.of(String(n));
	expect(made).toHaveLength(45_000);
});

test("it is bounded: of more topics than it holds those used least lately go", () => {
	const { cache, made } = build();
	const [first, second] = [cache.of("0"), cache.of("1")];
	for (let n = 2; n < 50_000; n++) cache.of(String(n));
	cache.of("one more");
	expect(cache.of("0")).toBe(first);
	expect(cache.find(Buffer.from("0"), first)).toBe(first);
	expect(made).toHaveLength(50_001);
	for (let n = 50_000; n < 100_000; n++) cache.of(String(n));
	expect(cache.of("0")).toBe(first);
	expect(cache.of("1")).not.toBe(second);
});

test("it is bounded: long topics count by their length", () => {
	const { cache } = build();
	const long = (n: number) => `${n}/`.padEnd(60_000, "x");
	const first = cache.of(long(0));
	for (let n = 1; n < 60; n++) cache.of(long(n));
	expect(cache.of(long(0))).toBe(first);
	for (let n = 60; n < 200; n++) cache.of(long(n));
	expect(cache.of(long(0))).not.toBe(first);
});

test("a route that is not in the newer half is made again after a change as well", () => {
	const { cache } = build();
	const [a, b] = [cache.of("a"), cache.of("b")];
	for (let n = 0; n < 50_000; n++) cache.of(String(n));
	cache.changed("a");
	expect(cache.find(Buffer.from("a"), a)).not.toBe(a);
	expect(cache.of("b")).toBe(b);
	for (let n = 50_000; n < 100_000; n++) cache.of(String(n));
	cache.changed("+/x");
	expect(cache.of("b")).not.toBe(b);
});

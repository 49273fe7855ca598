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

test("it is bounded: beyond 20,000 topics it starts over", () => {
	const { cache, made } = build();
	const first = cache.of("0");
	for (let n = 1; n < 20_000; n++) cache.of(String(n));
	expect(cache.of("0")).toBe(first);
	cache.of("one more");
	expect(cache.of("0")).not.toBe(first);
	expect(made).toHaveLength(20_002);
});

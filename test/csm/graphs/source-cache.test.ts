import { expect, test } from "bun:test";
import { SourceCache } from "../../../src/csm/graphs/source-cache.ts";

const source = (digest: string, chars: number) => ({ digest, code: "x".repeat(chars) });

test("the least recently used sources go when there are too many characters", () => {
	const cache = new SourceCache(10);
	cache.put(source("a", 4));
	cache.put(source("b", 4));
	expect(cache.get("a")).toEqual(source("a", 4));
	cache.put(source("c", 4));
	expect(["a", "b", "c"].map((digest) => cache.get(digest)?.digest)).toEqual(["a", undefined, "c"]);
});

test("one that is too long is not kept, and pushes nothing out", () => {
	const cache = new SourceCache(10);
	cache.put(source("a", 4));
	cache.put(source("long", 11));
	cache.put(source("a", 4));
	expect([cache.get("a")?.digest, cache.get("long")]).toEqual(["a", undefined]);
});

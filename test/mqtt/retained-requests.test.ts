import { expect, test } from "bun:test";
import { RetainedRequests } from "../../src/mqtt/retained-requests.ts";

const bytes = (text: string) => Buffer.from(text);
const found = (entries: Record<string, string>) =>
	new Map(Object.entries(entries).map(([topic, text]) => [topic, Bun.hash(bytes(text))] as const));

test("a request in the session that lies retained too is old, and its copy is known", () => {
	const requests = new RetainedRequests();
	requests.begin(found({ a: "1" }));
	expect(requests.judge("a", bytes("1"), false)).toBe("old");
	expect(requests.judge("a", bytes("1"), true)).toBe("known");
	expect(requests.judge("a", bytes("1"), false)).toBe("new");
});

test("another text, another topic, and what follows the retained copy are new", () => {
	const requests = new RetainedRequests();
	requests.begin(found({ a: "1" }));
	expect(requests.judge("a", bytes("2"), false)).toBe("new");
	expect(requests.judge("b", bytes("1"), false)).toBe("new");
	expect(requests.judge("a", bytes("1"), true)).toBe("old");
	expect(requests.judge("a", bytes("1"), false)).toBe("new");
});

test("each connection starts over", () => {
	const requests = new RetainedRequests();
	requests.begin(found({ a: "1" }));
	requests.judge("a", bytes("1"), false);
	requests.begin(found({}));
	expect(requests.judge("a", bytes("1"), true)).toBe("old");
});

import { afterEach, expect, test } from "bun:test";
import { isPassing, troubleOf } from "../../../../src/web/phone/server/device-access.ts";

const NAMES = ["navigator", "location"] as const;
const before = NAMES.map((name) => Object.getOwnPropertyDescriptor(globalThis, name));
afterEach(() => {
	for (const [n, name] of NAMES.entries()) {
		const own = before[n];
		if (own === undefined) Reflect.deleteProperty(globalThis, name);
		else Object.defineProperty(globalThis, name, own);
	}
});

function browser(onLine: boolean, hostname: string): void {
	const values = { navigator: { onLine }, location: { hostname } };
	for (const name of NAMES) {
		Object.defineProperty(globalThis, name, { value: values[name], configurable: true });
	}
}

test.each([
	["a phone without network", false, "gateway.local", 0, "offline"],
	["a phone with one", true, "gateway.local", 0, "away"],
	["a page of this machine, which needs none", false, "127.0.0.1", 0, "away"],
	["a server that answered", false, "gateway.local", 503, "away"],
])("%s", (_what, onLine, hostname, status, state) => {
	browser(onLine, hostname);
	expect(troubleOf({ status, retryAfterS: 7 })).toEqual({
		...{ kind: "wait", retryAfterS: 7 },
		state: state as "offline" | "away",
	});
});

test("another try may help where no answer came, or one that says later", () => {
	expect([0, 408, 429, 500, 503].map(isPassing)).not.toContain(false);
	expect([400, 401, 403, 404, 410].map(isPassing)).not.toContain(true);
});

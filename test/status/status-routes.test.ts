import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { type PagePort, type StatusPort, statusRoutes } from "../../src/status/status-routes.ts";
import { ADMIN, DEVICE, startHttp, type TestHttp, TOKEN } from "../support/http-server.ts";
import { basic } from "../support/logins.ts";

const CODE = "def run(x):\n    return x\n";
/** Numbers of the engines that were restarted in a test. */
let restarted: number[] = [];
let isFull = false;
const mays: (() => boolean)[] = [];

const status: StatusPort = {
	read: async () => ({ name: "iotctl" }),
	devices: () => [{ name: "Lamp" }],
	graphs: () => [{ graph: "g" }],
	functions: async () => [{ digest: "abc" }],
	code: async (digest) => (digest === "abc" ? CODE : undefined),
	restartEngine: (number = 1) => {
		if (number > 2) return false;
		restarted.push(number);
		return true;
	},
};
const page: PagePort = {
	isHome: true,
	live: "<!doctype html><script>live()</script>",
	openApi: "<!doctype html><p>API</p>",
	events: (stillMay) => {
		if (isFull) return undefined;
		mays.push(stillMay);
		return new Response("event: change\ndata: {}\n\n", {
			headers: { "content-type": "text/event-stream" },
		});
	},
};

let server: TestHttp;
beforeAll(async () => {
	server = await startHttp(statusRoutes(status, page), { logins: true });
});
beforeEach(() => {
	restarted = [];
});
afterAll(() => server.stop());

const LOGIN = { authorization: basic(ADMIN.name, ADMIN.password) };
const ask = (method: string, path: string, headers: Record<string, string> = LOGIN) =>
	fetch(server.url + path, { method, headers });

describe("admins see", () => {
	test.each([
		["/api/status", { name: "iotctl" }],
		["/api/devices", [{ name: "Lamp" }]],
		["/api/graphs", [{ graph: "g" }]],
		["/api/functions", [{ digest: "abc" }]],
	])("%s as JSON, never from a cache", async (path, shown) => {
		const response = await ask("GET", path);
		expect([response.status, await response.json()]).toEqual([200, shown]);
		expect(response.headers.get("cache-control")).toBe("no-store");
	});

	test("the source of a function as text, which no browser takes for a page", async () => {
		const response = await ask("GET", "/api/functions/abc");
		expect(await response.text()).toBe(CODE);
		expect(response.headers.get("content-type")).toBe("text/plain; charset=utf-8");
		expect(response.headers.get("x-content-type-options")).toBe("nosniff");
		const unknown = await ask("GET", "/api/functions/def");
		expect([unknown.status, await unknown.json()]).toEqual([
			404,
			{ state: "error", reason: "function not found" },
		]);
	});

	test("the pages, whose scripts and no others may run", async () => {
		const live = await ask("GET", "/");
		expect(await live.text()).toBe(page.live);
		expect(live.headers.get("content-security-policy")).toMatch(/script-src 'sha256-[^']+'/);
		expect(await (await ask("GET", "/openapi")).text()).toBe(page.openApi);
	});

	test("the events, as long as they may and there is room", async () => {
		const events = await ask("GET", "/api/events");
		expect(events.headers.get("content-type")).toContain("text/event-stream");
		expect(await events.text()).toBe("event: change\ndata: {}\n\n");
		expect(mays.at(-1)?.()).toBe(true);
		isFull = true;
		const refused = await ask("GET", "/api/events");
		isFull = false;
		expect([refused.status, await refused.json()]).toEqual([
			503,
			{ state: "error", reason: "too many live pages" },
		]);
	});
});

test("an admin replaces the engine, and the log says who", async () => {
	const response = await ask("POST", "/api/engine/restart");
	expect([response.status, await response.json(), restarted]).toEqual([
		...[200, { state: "ok" }, [1]],
	]);
	const line = server
		.log()
		.split("\n")
		.find((one) => one.includes("engine restarted by an admin"));
	expect(line).toContain(`"${ADMIN.name}"`);
});

test("of several engines one is replaced, if there is one of that number", async () => {
	const replies = ["2", "3", "0", "x", "1.5", "100"].map(async (number) => {
		const response = await ask("POST", `/api/engines/${number}/restart`);
		return [response.status, (await response.json()).reason];
	});
	const [done, ...refused] = await Promise.all(replies);
	expect([done, restarted]).toEqual([[200, undefined], [2]]);
	for (const [status, reason] of refused) {
		expect([status, reason]).toEqual([404, expect.stringContaining("there is no engine")]);
	}
});

test("no one else sees any of it, or replaces the engine", async () => {
	const others: [Record<string, string>, number][] = [
		[{}, 401],
		[{ authorization: `Bearer ${TOKEN}` }, 403],
		[{ authorization: basic(DEVICE.id, DEVICE.password) }, 403],
	];
	const paths = statusRoutes(status, page).map(({ method, path }) => [method, path] as const);
	for (const [headers, expected] of others) {
		for (const [method, path] of paths) {
			const response = await ask(
				method,
				path.replace("{digest}", "abc").replace("{number}", "1"),
				headers,
			);
			expect([method, path, response.status]).toEqual([method, path, expected]);
		}
	}
	expect(restarted).toEqual([]);
});

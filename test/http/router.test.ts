import { describe, expect, test } from "bun:test";
import { type Method, type RouteTable, route } from "../../src/http/route.ts";
import { buildRouter, isNotFound } from "../../src/http/router.ts";

const table = (module: string, ...wanted: readonly (readonly [Method, string])[]): RouteTable => ({
	module,
	routes: wanted.map(([method, path]) =>
		route({
			method,
			path,
			summary: "A test",
			who: "anyone",
			replies: {},
			run: () => new Response(),
		}),
	),
});

const build = (...tables: RouteTable[]) => buildBelow(["", "/csm"], ...tables);

const buildBelow = (prefixes: readonly string[], ...tables: RouteTable[]) =>
	buildRouter(
		tables,
		new Set(prefixes),
		(_, { method, path }, params) => Response.json([method, path, params ?? {}]),
		(error) => new Response(isNotFound(error) ? "not found" : String(error), { status: 404 }),
	);

async function found(router: ReturnType<typeof build>, method: string, path: string) {
	const response = await router.fetch(new Request(`http://localhost${path}`, { method }));
	return response.ok ? response.json() : response.text();
}

describe("the router", () => {
	const router = build(
		table("a", ["GET", "/health"], ["GET", "/list/{digest}"]),
		table("b", ["PUT", "/{id}"], ["GET", "/{id}"], ["ANY", "/{id}"]),
	);

	test("finds routes below every prefix, with a slash at the end or without", async () => {
		for (const path of ["/health", "/csm/health", "/health/"]) {
			expect(await found(router, "GET", path)).toEqual(["GET", "/health", {}]);
		}
		expect(await found(router, "GET", "/csm/list/a%20b")).toEqual([
			"GET",
			"/list/{digest}",
			{ digest: "a b" },
		]);
	});

	test("takes one prefix off, and only a whole one", async () => {
		const below = buildBelow(
			["", "/a", "/a/b"],
			table("a", ["GET", "/"], ["GET", "/bc"], ["GET", "/x"]),
		);
		for (const path of ["/", "/a", "/a/", "/a?q=/x", "/a/b", "/a/b/"]) {
			expect(await found(below, "GET", path)).toEqual(["GET", "/", {}]);
		}
		expect(await found(below, "GET", "/a/bc")).toEqual(["GET", "/bc", {}]);
		expect(await found(below, "GET", "/a/b/x")).toEqual(["GET", "/x", {}]);
		for (const path of ["/ax", "/a/a/x", "/a/bx", "/b/x"]) {
			expect(await found(below, "GET", path)).toBe("not found");
		}
	});

	test("hands over the request as it came", async () => {
		const seen: string[] = [];
		const note = ({ url }: Request) => {
			seen.push(url);
			return new Response();
		};
		const router = buildRouter(
			[table("a", ["GET", "/list/{digest}"])],
			new Set(["", "/csm"]),
			note,
			(_, request) => note(request),
		);
		const urls = ["http://localhost/csm/list/a%20b?token=x", "http://localhost/csm/nothing"];
		for (const url of urls) await router.fetch(new Request(url));
		expect(seen).toEqual(urls);
	});

	test("ANY takes the methods that have no route of their own", async () => {
		expect(await found(router, "PUT", "/x")).toEqual(["PUT", "/{id}", { id: "x" }]);
		expect(await found(router, "PATCH", "/x")).toEqual(["ANY", "/{id}", { id: "x" }]);
		expect(await found(router, "HEAD", "/csm/x")).toEqual(["ANY", "/{id}", { id: "x" }]);
	});

	test("what has no route is not found", async () => {
		expect(await found(router, "GET", "/a/b/c")).toBe("not found");
		expect(await found(router, "POST", "/list/x")).toBe("not found");
	});
});

describe("two modules that want the same route", () => {
	test.each([
		["the same path", "/things", "/things"],
		["another name for a parameter", "/things/{id}", "/things/{name}"],
		["a slash at the end", "/things", "/things/"],
		["a path that is the other's below a prefix", "/things", "/csm/things"],
	])("%s: named both, before anything is answered", (_, first, second) => {
		expect(() => build(table("lamps", ["GET", first]), table("shades", ["GET", second]))).toThrow(
			`modules "lamps" and "shades" both have the route GET ${first}`,
		);
	});

	test("other methods of a path do not clash", () => {
		expect(() =>
			build(table("a", ["GET", "/things"]), table("b", ["PUT", "/things"])),
		).not.toThrow();
	});
});

describe("ANY beside a route of another module keeps the router from being built", () => {
	test.each(["GET", "PUT"] as const)("ANY of one, and %s of the other", (method) => {
		const any = table("lamps", ["ANY", "/x/{id}"]);
		const one = table("shades", [method, "/x/{name}/"]);
		expect(() => build(any, one)).toThrow(
			`modules "lamps" and "shades" have routes that clash: ANY /x/{id} and ${method} /x/{name}/`,
		);
		expect(() => build(one, any)).toThrow(
			`modules "shades" and "lamps" have routes that clash: ${method} /x/{name}/ and ANY /x/{id}`,
		);
	});

	test("below a prefix", () => {
		expect(() => build(table("a", ["ANY", "/x"]), table("b", ["GET", "/csm/x"]))).toThrow(
			'modules "a" and "b" have routes that clash: ANY /x and GET /csm/x',
		);
	});
});

import { expect, test } from "bun:test";
import { AccessError } from "../../src/http/access.ts";
import {
	type DeviceOwners,
	moved,
	ownerRoutes,
	passedRoutes,
} from "../../src/http/owner-routes.ts";
import { type Route, type RouteContext, route, routeReading } from "../../src/http/route.ts";
import { ElsewhereError, StorageError } from "../../src/kit/errors.ts";
import { startHttp } from "../support/http-server.ts";

const OWN = "01234567-89ab-4def-8123-000000000001";
const FAR = "01234567-89ab-4def-8123-000000000002";
const COMING = "01234567-89ab-4def-8123-000000000003";

function build() {
	const ours = new Set([OWN]);
	const asked: unknown[] = [];
	const owners: DeviceOwners = {
		isOurs: (id) => ours.has(id),
		ask: async (_, id, body) => {
			asked.push(["ask", id, body]);
			return new Response("asked");
		},
		pass: async (_, id) => {
			asked.push(["pass", id]);
			return new Response("passed");
		},
		stop: () => {},
	};
	return { ours, asked, owners };
}

const refuse = ({ visitor }: RouteContext) => {
	if (visitor.kind === "anonymous") throw new AccessError(401, "who are you?");
};

async function serving(routes: Route[], work: (url: string) => Promise<void>): Promise<void> {
	const http = await startHttp(routes);
	try {
		await work(http.url);
	} finally {
		await http.stop();
	}
}

const said = async (url: string, options: RequestInit = {}) => {
	const answer = await fetch(url, options);
	return [answer.status, await answer.text()];
};

test("a node answers for its own devices, and asks for those of others, with the body", async () => {
	const { owners, asked } = build();
	const base = { path: "/d/{id}", summary: "", who: "owner", replies: {} } as const;
	const routes = ownerRoutes(
		[
			route({ ...base, method: "GET", admit: () => {}, run: () => new Response("own") }),
			routeReading((body) => body, {
				...{ ...base, method: "POST", body: {} as never },
				run: (_, body) => Response.json(body),
			}),
			route({ ...base, method: "OPTIONS", run: () => new Response("any") }),
		],
		owners,
	);
	await serving(routes, async (url) => {
		expect(await said(`${url}/d/${OWN}`)).toEqual([200, "own"]);
		expect(await said(`${url}/d/${FAR}`)).toEqual([200, "asked"]);
		const post = {
			method: "POST",
			headers: { "content-type": "application/json" },
			body: '{"a":1}',
		};
		expect(await said(`${url}/d/${OWN}`, post)).toEqual([200, '{"a":1}']);
		expect(await said(`${url}/d/${FAR}`, post)).toEqual([200, "asked"]);
		expect(await said(`${url}/d/${FAR}`, { method: "OPTIONS" })).toEqual([200, "any"]);
	});
	expect(asked).toEqual([
		["ask", FAR, {}],
		["ask", FAR, { a: 1 }],
	]);
});

test("a change that is refused since the device has gone to another node meanwhile is asked for there", async () => {
	const { owners, asked } = build();
	let refusal: Error = new ElsewhereError("partition 2 is another node's");
	const routes = ownerRoutes(
		[
			routeReading((body) => body, {
				...{ path: "/d/{id}", summary: "", who: "owner", replies: {}, method: "PUT" },
				...{ body: {} as never, admit: () => {} },
				run: () => Promise.reject(refusal),
			}),
		],
		owners,
	);
	await serving(routes, async (url) => {
		const put = {
			method: "PUT",
			headers: { "content-type": "application/json" },
			body: '{"a":1}',
		};
		expect(await said(`${url}/d/${OWN}`, put)).toEqual([200, "asked"]);
		expect(asked).toEqual([["ask", OWN, { a: 1 }]]);
		refusal = new StorageError("the disk is full");
		expect((await said(`${url}/d/${OWN}`, put))[0]).toBe(503);
		expect(asked).toHaveLength(1);
	});
});

test("who was not looked at is not answered here, though the device has come meanwhile", async () => {
	const { owners, asked, ours } = build();
	const isOurs = (id: string) => {
		const isHere = ours.has(id);
		if (id === COMING) ours.add(COMING);
		return isHere;
	};
	const routes = ownerRoutes(
		[
			route({
				...{ path: "/d/{id}", summary: "", who: "device", replies: {}, method: "GET" },
				admit: refuse,
				run: () => new Response("own"),
			}),
		],
		{ ...owners, isOurs },
	);
	await serving(routes, async (url) => {
		expect(await said(`${url}/d/${COMING}`)).toEqual([200, "asked"]);
		expect((await said(`${url}/d/${COMING}`))[0]).toBe(401);
	});
	expect(asked).toEqual([["ask", COMING, {}]]);
});

test("what a device sends and waits for is passed on, a wait also when the device moves meanwhile", async () => {
	const { owners, asked } = build();
	const base = { path: "/da/{id}", summary: "", replies: {} } as const;
	const routes = passedRoutes(
		[
			route({ ...base, who: "device", method: "GET", run: ({ params }) => moved(params.id ?? "") }),
			route({
				...base,
				who: "device",
				method: "POST",
				run: ({ params }) => moved(params.id ?? ""),
			}),
			route({ ...base, who: "any-page", method: "ANY", run: () => new Response("any") }),
		],
		owners,
	);
	await serving(routes, async (url) => {
		expect(await said(`${url}/da/${FAR}`)).toEqual([200, "passed"]);
		expect(await said(`${url}/da/${FAR}`, { method: "POST" })).toEqual([200, "passed"]);
		expect(await said(`${url}/da/${OWN}`)).toEqual([200, "passed"]);
		// Its values may have been read.
		expect((await said(`${url}/da/${OWN}`, { method: "POST" }))[0]).toBe(503);
		expect(await said(`${url}/da/${FAR}`, { method: "PATCH" })).toEqual([200, "any"]);
	});
	expect(asked).toEqual([
		["pass", FAR],
		["pass", FAR],
		["pass", OWN],
	]);
});

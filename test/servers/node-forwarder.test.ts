import { afterEach, expect, test } from "bun:test";
import { Readable } from "node:stream";
import type { Call } from "../../src/http/call.ts";
import { RequestHeaders } from "../../src/http/request-headers.ts";
import type { RouteContext } from "../../src/http/route.ts";
import { NodeForwarder } from "../../src/servers/node-forwarder.ts";
import { recordedLog } from "../support/log.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { until } from "../support/waiting.ts";

const ID = "00000000-0000-0000-0000-000000000001";

let owner: ReturnType<typeof Bun.serve> | undefined;
afterEach(() => owner?.stop(true));

/** Another node, and how many requests have come to it. */
function node(answer: (request: Request, nth: number) => Response | Promise<Response>) {
	const seen = { count: 0 };
	owner = Bun.serve({
		...{ port: 0, hostname: "127.0.0.1", idleTimeout: 0 },
		fetch: (request) => {
			seen.count += 1;
			return answer(request, seen.count);
		},
	});
	return { seen, url: `http://127.0.0.1:${owner.port}` };
}

function forwarder(ownerOf: () => Promise<{ name: string; url: string } | undefined>) {
	const clock = new ManualClock();
	const { log, lines } = recordedLog("devices");
	const made = new NodeForwarder({ isOurs: (id) => id === ID, ownerOf, clock, log });
	return { made, clock, lines };
}

function asking(method: string, fields: readonly string[] = [], path = `/${ID}`): RouteContext {
	const host = { name: "localhost", key: "localhost", isAddress: false };
	const call: Call = {
		request: new Request(`http://localhost${path}`, { method }),
		headers: new RequestHeaders(fields),
		body: Readable.from([]) as Call["body"],
		remoteAddress: "192.0.2.1",
		from: { host, isOwnHost: true, foreignOrigin: undefined },
		listener: { isEncrypted: false, port: 80 },
		base: "http://localhost",
		prefix: "",
	};
	// Of the rest of a request nothing is passed on.
	return { call, params: { id: ID } } as unknown as RouteContext;
}

const outcome = async (answer: Response) => {
	const { reason } = (await answer.json()) as { reason: string };
	return [answer.status, reason];
};

test("the node of a device is told who asks for what, and its answer comes back as it is", async () => {
	let heard: unknown;
	const { url } = node(async (request) => {
		const { headers, method } = request;
		const { pathname, search } = new URL(request.url);
		heard = [
			...[method, pathname + search, await request.json()],
			...[headers.get("authorization"), headers.get("origin"), headers.get("cookie")],
			...[headers.get("content-type"), headers.get("x-iotctl-passed-on")],
		];
		return Response.json(
			{ state: "ok" },
			{ status: 201, headers: { "x-more": "1", "keep-alive": "timeout=5" } },
		);
	});
	const { made } = forwarder(async () => ({ name: "b", url }));
	const fields = ["Authorization", "Bearer x", "Origin", "http://page", "Cookie", "a=1"];
	const answer = await made.ask(asking("PUT", fields, `/${ID}?x=1`), ID, { name: "Lamp" });
	expect(heard).toEqual([
		...["PUT", `/${ID}?x=1`, { name: "Lamp" }],
		...["Bearer x", "http://page", null],
		...["application/json", "1"],
	]);
	expect([answer.status, await answer.json()]).toEqual([201, { state: "ok" }]);
	expect([answer.headers.get("x-more"), answer.headers.get("keep-alive")]).toEqual(["1", null]);
});

test("a request without a body is passed on without one, and an answer without content has none", async () => {
	let body: string | undefined;
	const { url } = node(async (request) => {
		body = await request.text();
		return new Response(null, { status: 204 });
	});
	const { made } = forwarder(async () => ({ name: "b", url }));
	const answer = await made.ask(asking("GET"), ID, {});
	expect([body, answer.status, answer.body]).toEqual(["", 204, null]);
});

test("what another node has passed on goes no further", async () => {
	const { made } = forwarder(() => Promise.reject(new Error("never asked")));
	const answer = await made.ask(asking("GET", ["X-Iotctl-Passed-On", "1"]), ID, {});
	expect(await outcome(answer)).toEqual([503, "the device's partition is being moved: try again"]);
});

test("it waits for a device's next node, and for one that is not ready", async () => {
	const { seen, url } = node((_, nth) =>
		nth < 3 ? new Response("", { status: 503 }) : Response.json({ state: "ok" }),
	);
	const owners = [undefined, { name: "b", url }];
	const { made, clock } = forwarder(async () => (owners.length > 1 ? owners.shift() : owners[0]));
	const asked = made.ask(asking("PUT"), ID, {});
	for (let pause = 1; pause <= 3; pause++) {
		await until(() => clock.planned === 1, "it to wait");
		clock.move(200);
	}
	expect((await asked).status).toBe(200);
	expect(seen.count).toBe(3);
});

test("it gives up after ten seconds, and says why", async () => {
	const failures: [() => Promise<undefined>, string][] = [
		[async () => undefined, "no node of the cluster has the device at the moment"],
		[() => Promise.reject(new Error("cannot reach the database")), "cannot reach the database"],
	];
	for (const [ownerOf, why] of failures) {
		const { made, clock, lines } = forwarder(ownerOf);
		const asked = made.ask(asking("GET"), ID, {});
		await until(() => clock.planned === 1, "it to wait");
		clock.move(10_001);
		expect(await outcome(await asked)).toEqual([503, `${why}: try again`]);
		expect(lines.join("")).toContain(why);
	}
});

test("it knows which devices are this node's", () => {
	const { made } = forwarder(async () => undefined);
	expect([made.isOurs(ID), made.isOurs("other")]).toEqual([true, false]);
});

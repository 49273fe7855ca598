import { Type } from "@sinclair/typebox";
import {
	AccessError,
	CORS,
	failure,
	json,
	moved,
	type Replies,
	Reply,
	type Route,
	type RouteContext,
	reject,
	route,
} from "../../http/mod.ts";
import { InputError } from "../../kit/mod.ts";
import { DeviceId } from "../http/device-shapes.ts";
import type { DeviceRecord } from "../store/devices.ts";
import type { HttpChannel } from "./http-channel.ts";
import type { HttpDevices } from "./http-devices.ts";
import { readPollQuery } from "./poll-query.ts";
import { readUpLines } from "./up-lines.ts";

export interface HttpDeviceRoutesDeps {
	readonly http: HttpDevices;
	/** The registration of a device. */
	readonly device: (id: string) => DeviceRecord | undefined;
	readonly limits: { readonly maxPerSecond: number };
	/** Whether a device is this node's; without it, all are. */
	readonly isOurs?: ((id: string) => boolean) | undefined;
}

/** Longest body of one request. */
const MAX_UP_BYTES = 64 << 10;
/** Ignored features that are named; a body of nothing else could name thousands. */
const MAX_NAMED = 100;
const EVENTS = "text/event-stream";
/** How long a device that asked too often is to wait: by then it may again. */
const WAIT_SECONDS = "1";

const Ignored = Type.Object({
	ignored: Type.Array(Type.Array(Type.String(), { minItems: 2, maxItems: 2 }), {
		description: "Features that were left out, with the reason: unknown feature, or not connected.",
	}),
});
const Polled = Type.Object({
	rev: Type.String(),
	name: Type.String(),
	connected: Type.Array(Type.String(), { description: "Features that graphs use." }),
	data: Type.Record(Type.String(), Type.Unknown(), {
		description: "The newest value of each feature that has one newer than after.",
	}),
	next: Type.Integer({ description: "To be sent as after the next time." }),
});
const PollQuery = Type.Object({
	after: Type.Optional(Type.Integer({ minimum: 0, description: "next of the last answer." })),
	wait: Type.Optional(
		Type.Integer({ minimum: 0, maximum: 25, description: "Seconds to wait for something new." }),
	),
});

const REFUSALS: Replies = {
	403: failure("the device did not register with http in accept_protos"),
	404: failure("unknown device: it has to register again"),
	429: failure("the device sends or asks too often", "Retry-After"),
	503: failure("the server stops"),
};

/** What a device that speaks HTTP sends to and receives from (`csm.md §3.4`). */
export function httpDeviceRoutes(deps: HttpDeviceRoutesDeps): Route[] {
	const params = { id: DeviceId };
	const up = { path: "/da/{id}/up", params };
	const down = { path: "/da/{id}/down", params };
	const admit = (context: RouteContext) => needDevice(deps, context);
	return [
		route({
			...up,
			method: "POST",
			summary: 'Send values of a device: lines of JSON ["<feature>", <value>]',
			who: "device",
			replies: {
				200: { description: "some were left out", schema: Ignored },
				204: { description: "all went to their graphs" },
				...REFUSALS,
				400: failure("a line is not of that form, the reason has its number; nothing was sent"),
				408: failure("the body did not arrive in time"),
				413: failure(`the body is longer than ${MAX_UP_BYTES} bytes`),
				415: failure("the body has a Content-Encoding"),
			},
			admit,
			run: (context) =>
				asked(deps, context, "up", (channel, record) => send(deps, context, channel, record)),
		}),
		route({
			...down,
			method: "GET",
			summary: "Receive values of a device: a stream of events, or the newest at once",
			who: "device",
			query: PollQuery,
			replies: {
				200: {
					description: `the newest values; or, for Accept: ${EVENTS}, events`,
					schema: Polled,
				},
				...REFUSALS,
				400: failure("after or wait is not a number that is accepted"),
			},
			admit,
			run: (context) =>
				asked(deps, context, "down", (channel, { rev }) => {
					if (!wantsEvents(context)) return poll(deps, context, channel);
					deps.http.count("stream");
					return channel.open(rev);
				}),
		}),
		...[up, down].flatMap((place) => otherMethods(place)),
	];
}

function otherMethods(place: { path: string; params: { id: typeof DeviceId } }): Route[] {
	const method = place.path.endsWith("/up") ? "POST" : "GET";
	return [
		route({
			...place,
			method: "OPTIONS",
			summary: "CORS preflight",
			who: "any-page",
			hosts: "any",
			replies: { 204: { description: "allowed" } },
			run: () => new Reply(204, null, CORS),
		}),
		route({
			...place,
			method: "ANY",
			summary: "Any other method",
			who: "any-page",
			hosts: "any",
			replies: {},
			run: ({ call, params }) =>
				reject(405, `unknown method ${call.request.method}: use ${method} or OPTIONS`, params.id),
		}),
	];
}

/** An unknown device is told so, whatever it shows: it has to register again. */
function needDevice(deps: HttpDeviceRoutesDeps, { visitor, params: { id = "" } }: RouteContext) {
	if (visitor.kind === "device" || deps.device(id) === undefined) return;
	throw new AccessError(
		401,
		"this needs the username and password of the device's last registration, as Basic authorization; after another registration they are others",
	);
}

async function asked(
	deps: HttpDeviceRoutesDeps,
	{ params: { id = "" } }: RouteContext,
	kind: "up" | "down",
	answer: (channel: HttpChannel, device: DeviceRecord) => Response | Promise<Response>,
): Promise<Response> {
	const { http, device, limits, isOurs } = deps;
	// Of a node that stops, others have the device in a moment.
	if (http.isStopped && isOurs !== undefined) return moved(id);
	if (http.isStopped) return reject(503, "the server stops: try again in a moment", id);
	const record = device(id);
	if (record === undefined) return unknown(deps, id);
	const channel = http.get(id);
	if (channel === undefined) {
		return reject(403, `register with "http" in accept_protos to use this`, id);
	}
	if (channel.mayAsk(kind)) return answer(channel, record);
	http.count("refused");
	const reason = `too many requests: at most ${limits.maxPerSecond} a second for each device`;
	return reject(429, reason, id, { "retry-after": WAIT_SECONDS });
}

async function send(
	deps: HttpDeviceRoutesDeps,
	{ body, params: { id = "" } }: RouteContext,
	channel: HttpChannel,
	{ rev }: DeviceRecord,
): Promise<Response> {
	const { http, device } = deps;
	const text = await body.text(MAX_UP_BYTES);
	// It may have been registered again while the body arrived, by another client.
	if (device(id)?.rev !== rev) return unknown(deps, id);
	let values: ReadonlyMap<string, string>;
	try {
		values = readUpLines(text);
	} catch (error) {
		if (error instanceof InputError) return reject(400, error.message, id);
		throw error;
	}
	http.count("up");
	const ignored = channel.send(values);
	if (ignored.length === 0) return new Reply(204, null, CORS);
	return json(200, { ignored: ignored.slice(0, MAX_NAMED) });
}

async function poll(
	deps: HttpDeviceRoutesDeps,
	{ call, params: { id = "" } }: RouteContext,
	channel: HttpChannel,
): Promise<Response> {
	const query = readPollQuery(new URL(call.request.url).searchParams);
	if (typeof query === "string") return reject(400, query, id);
	deps.http.count("poll");
	const text = await channel.poll(query.after, query.waitMs);
	const fields = { ...CORS, "cache-control": "no-store", "content-type": "application/json" };
	return text === undefined ? unknown(deps, id) : new Reply(200, text, fields);
}

function wantsEvents({ call }: RouteContext): boolean {
	return (call.headers.get("accept") ?? "").toLowerCase().includes(EVENTS);
}

/** One that moved to another node of a cluster is still registered. */
function unknown({ isOurs }: HttpDeviceRoutesDeps, id: string): Response {
	if (isOurs?.(id) === false) return moved(id);
	return reject(404, "id not found: register the device again", id);
}

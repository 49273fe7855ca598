import { Type } from "@sinclair/typebox";
import { VERSION } from "../kit/mod.ts";

const Features = Type.Union([Type.Array(Type.Any()), Type.Null()], {
	description: "Features, usually [name, [units]]; null or absent: none.",
	examples: [[["meow", ["dB"]]]],
});

const fields = {
	accept_protos: Type.Array(Type.String(), {
		description: "mqtt, zmq or websocket; with mqtt the answer holds url and ctrl_chans.",
		examples: [["mqtt"]],
	}),
	name: Type.Optional(
		Type.Union([Type.String(), Type.Null()], {
			description: "Absent: the stored name, or a new one such as 00.<model>.",
			examples: ["BetaCat"],
		}),
	),
	idf_list: Type.Optional(Features),
	odf_list: Type.Optional(Features),
	profile: Type.Object(
		{ model: Type.Any({ description: "The kind of device." }) },
		{ additionalProperties: true, examples: [{ model: "AI" }] },
	),
};

const Registration = Type.Object(fields, { additionalProperties: false });
const Changes = Type.Partial(Registration, {
	additionalProperties: false,
	description: "Any of the fields of PUT.",
});
const Device = Type.Object({
	id: Type.String({ format: "uuid" }),
	state: Type.Literal("ok"),
	rev: Type.String(),
	register_time: Type.Number({ description: "Unix time in seconds." }),
	...fields,
});
const Registered = Type.Object({
	id: Type.String({ format: "uuid" }),
	state: Type.Literal("ok"),
	rev: Type.String({ description: "Names this registration; DELETE and presence need it." }),
	name: Type.String(),
	url: Type.Object({
		scheme: Type.String(),
		host: Type.String(),
		port: Type.Integer(),
		ws_scheme: Type.String(),
		ws_port: Type.Integer(),
	}),
	ctrl_chans: Type.Array(Type.String(), { description: "Uplink and downlink." }),
});
const Failure = Type.Object({
	id: Type.Optional(Type.String()),
	state: Type.Literal("error"),
	reason: Type.String(),
});
const Rev = Type.Object({ rev: Type.String() });
const Done = Type.Object({ id: Type.String(), state: Type.Literal("ok") });

const content = (schema: object) => ({ "application/json": { schema } });
const answer = (description: string, schema: object) => ({ description, content: content(schema) });
const failures = (...codes: readonly (readonly [number, string])[]) =>
	Object.fromEntries(codes.map(([code, why]) => [code, answer(why, Failure)]));
const BODY_FAILURES = [
	[400, "no usable JSON body"],
	[408, "the body did not arrive in time"],
	[413, "the body is too long"],
	[503, "it cannot be stored now"],
] as const;
const UNKNOWN = [404, "unknown device"] as const;
const shown = (summary: string, type: string) => ({
	get: { summary, responses: { 200: { description: "done", content: { [type]: {} } } } },
});

/** The HTTP API as an OpenAPI 3.1 document (`csm.md §2`); its schemas describe, the registry checks. */
export function openApi(): object {
	const device = {
		parameters: [
			{ name: "id", in: "path", required: true, schema: { type: "string", format: "uuid" } },
		],
		put: {
			summary: "Register a device, or register it again",
			requestBody: { required: true, content: content(Registration) },
			responses: {
				200: answer("registered", Registered),
				...failures([403, "a field is wrong; the reason names it"], ...BODY_FAILURES),
			},
		},
		get: {
			summary: "Look at a registration",
			responses: { 200: answer("the registration", Device), ...failures(UNKNOWN) },
		},
		post: {
			summary: "Change parts of a registration; rev stays",
			requestBody: { required: true, content: content(Changes) },
			responses: {
				200: answer("the registration", Device),
				...failures(UNKNOWN, [403, "a field is wrong; the reason names it"], ...BODY_FAILURES),
			},
		},
		delete: {
			summary: "Deregister a device",
			requestBody: { required: true, content: content(Rev) },
			responses: {
				200: answer("deregistered", Done),
				...failures(UNKNOWN, ...BODY_FAILURES),
			},
		},
	};
	return {
		openapi: "3.1.0",
		info: {
			title: "IoTtalk",
			version: VERSION,
			description:
				"Devices register here; data and graphs go over MQTT. The paths under /api/ only show.",
		},
		paths: {
			"/{id}": device,
			"/health": shown(
				"Whether the server can do its work: 200, or 503 with reasons",
				"application/json",
			),
			"/metrics": shown("Metrics for Prometheus", "text/plain"),
			"/api/engine/restart": {
				post: {
					summary: "Replace the function engine: globals start over, quarantines end",
					responses: { 200: answer("done", Type.Object({ state: Type.Literal("ok") })) },
				},
			},
			"/api/status": shown("How the server is", "application/json"),
			"/api/devices": shown("All devices with presence", "application/json"),
			"/api/graphs": shown("All graphs with links, counts and last errors", "application/json"),
			"/api/functions": shown("All functions", "application/json"),
			"/api/functions/{digest}": shown("The source of a function", "text/plain"),
			"/api/log": shown("The newest lines of the log", "application/json"),
			"/api/events": shown("What changed, each second", "text/event-stream"),
		},
	};
}

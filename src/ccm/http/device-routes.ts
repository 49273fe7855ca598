import { Type } from "@sinclair/typebox";
import { CcmDeviceSchema, IdSchema } from "../../contract/mod.ts";
import { failure, type Replies, type Route, type RouteContext, route } from "../../http/mod.ts";
import type { LiveDevices } from "../live/live-devices.ts";
import { notFound } from "../projects/refusal.ts";
import type { Person } from "../service/operation.ts";
import type { Service } from "../service/service.ts";
import { done, refuse } from "./answers.ts";
import { needPerson } from "./person.ts";
import { readJson } from "./read-json.ts";
import { answering } from "./refusals.ts";

const DEVICES = "/api/v1/devices";
const DEVICE = `${DEVICES}/{mac_addr}`;
/** Pages close and open streams. */
const RETRY_SECONDS = "5";

const ok = <P extends Parameters<typeof Type.Object>[0]>(fields: P) =>
	Type.Object({ state: Type.Literal("ok"), ...fields });
const ModelBody = Type.Object({
	dm_name: Type.Optional(
		Type.String({ description: "If absent the name the device gave: it is of that model only." }),
	),
});
const OneDevice: Replies = {
	200: { description: "the device", schema: ok({ device: CcmDeviceSchema }) },
	403: failure("not for students"),
	404: failure("there is no such device, or it is not for this person"),
};
const params = { mac_addr: Type.String({ description: "UUID of the device." }) };
const shared = { who: "account", refuse } as const;

/** Devices of people: REST v1. */
export function deviceRoutes(service: Service, live: Pick<LiveDevices, "open">): Route[] {
	return [
		route({
			...shared,
			method: "GET",
			path: DEVICES,
			summary: "Your devices, those without an owner, and those bound in projects you may view",
			replies: {
				200: { description: "devices", schema: ok({ devices: Type.Array(CcmDeviceSchema) }) },
			},
			run: answering(async (context) =>
				done(Object(await service.call("list_devices", needPerson(context), {}))),
			),
		}),
		eventRoute(live),
		deviceRoute(service, "claim", "claim_registered_device", "Become the owner of a device"),
		deviceRoute(service, "release", "release_device", "Leave a device without an owner"),
		modelRoute(service),
	];
}

function eventRoute(live: Pick<LiveDevices, "open">): Route {
	return route({
		...shared,
		method: "GET",
		path: `${DEVICES}/events`,
		summary: "The same devices as they change, as server-sent events: all first, then what is new",
		replies: {
			200: {
				description: "events `devices`: `devices`, `gone` (ids), `whole`",
				type: "text/event-stream",
			},
			429: failure("this person has too many streams", "Retry-After"),
			503: failure("the server has too many streams", "Retry-After"),
		},
		run: answering(async (context) => {
			const person = needPerson(context);
			const opened = await live.open(person, () => context.stillMay());
			if (opened instanceof Response) return opened;
			const fields = { "retry-after": RETRY_SECONDS };
			return opened.full === "person"
				? refuse(429, "this account has as many streams open as one may have", fields)
				: refuse(503, "the server has as many streams open as it can serve", fields);
		}),
	});
}

function deviceRoute(service: Service, word: string, operation: string, summary: string): Route {
	return route({
		...shared,
		method: "POST",
		path: `${DEVICE}/${word}`,
		params,
		summary,
		replies: OneDevice,
		run: answering(async (context) => told(service, operation, context, needPerson(context))),
	});
}

function modelRoute(service: Service): Route {
	const make = {
		...shared,
		method: "POST",
		path: `${DEVICE}/model`,
		params,
		summary: "Create a model from the features a device registered",
	} as const;
	return route({
		...make,
		replies: {},
		describes: [
			{
				...make,
				body: ModelBody,
				isBodyOptional: true,
				replies: {
					200: {
						description:
							"the model; `features_made` are new in the catalog, `left_out` are there for the other direction",
						schema: ok({
							dm_id: IdSchema,
							dm_name: Type.String(),
							features_made: Type.Array(Type.String()),
							left_out: Type.Array(Type.String()),
						}),
					},
					400: failure("there is no name, or no feature the model could have"),
					403: failure("not for students"),
					404: failure("there is no such device, or it is not for this person"),
					409: failure("there is a model of that name"),
				},
			},
		],
		run: answering(async (context) => {
			const person = needPerson(context);
			const fields = await readJson(context);
			return told(service, "create_model_of_device", context, person, fields);
		}),
	});
}

async function told(
	service: Service,
	operation: string,
	context: RouteContext,
	person: Person,
	fields: object = {},
): Promise<Response> {
	const mac_addr = (context.params.mac_addr ?? "").toLowerCase();
	if (!/^[0-9a-f-]{36}$/.test(mac_addr)) return notFound("Device");
	return done(Object(await service.call(operation, person, { ...fields, mac_addr }, "v1")));
}

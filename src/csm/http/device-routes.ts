import { Type } from "@sinclair/typebox";
import { RegistrationBody, RegistrationChangesBody, readRegistration } from "../../contract/mod.ts";
import {
	CORS,
	failure,
	type Replies,
	Reply,
	type Route,
	type RouteContext,
	refusePage,
	reject,
	route,
	routeReading,
} from "../../http/mod.ts";
import { DeviceRequests, type DeviceRequestsDeps } from "./device-requests.ts";
import { needOwner, needRegistrar } from "./device-rights.ts";
import { Deregistered, Device, DeviceId, Registered, RevBody } from "./device-shapes.ts";

const AUDIT = "request of an admin";
const UNKNOWN: Replies = { 404: failure("unknown device") };
const WRONG_FIELD: Replies = {
	403: failure("a field is wrong, the reason names it; or the login is not enough"),
};
const asItCame = <T>(body: T): T => body;

/** The resource access API: `/<uuid>`, and the same for clients that cannot send a token otherwise (`csm.md §2`). */
export function deviceRoutes(deps: DeviceRequestsDeps): Route[] {
	const devices = new DeviceRequests(deps);
	return [
		...routesAt("/{id}", { id: DeviceId }, devices),
		...routesAt("/token/{token}/{id}", { token: Type.String(), id: DeviceId }, devices),
	];
}

/** What the routes of one path share. */
type Place = Pick<Route, "path"> & { readonly params: Route["params"] & object };

function routesAt(
	path: string,
	params: Route["params"] & object,
	devices: DeviceRequests,
): Route[] {
	const place = { path, params };
	return [...registrationRoutes(place, devices), ...otherMethods(place)];
}

function registrationRoutes(base: Place, devices: DeviceRequests): Route[] {
	const mayChange = (context: RouteContext) => {
		refusePage(context.visitor);
		needOwner(context.visitor, context.params.id ?? "", devices.deviceOf(context));
	};
	return [
		routeReading(readRegistration, {
			...base,
			method: "PUT",
			summary: "Register a device, or register it again",
			who: "registrar",
			body: RegistrationBody,
			replies: { 200: { description: "registered", schema: Registered }, ...WRONG_FIELD },
			audit: AUDIT,
			admit: (context) =>
				needRegistrar(context.visitor, context.params.id ?? "", devices.deviceOf(context)),
			run: (context, registration) => devices.register(context, registration),
		}),
		route({
			...base,
			method: "GET",
			summary: "Show a registration",
			who: "owner",
			replies: { 200: { description: "the registration", schema: Device }, ...UNKNOWN },
			admit: mayChange,
			run: (context) => devices.show(context),
		}),
		routeReading(asItCame, {
			...base,
			method: "POST",
			summary: "Change parts of a registration; rev stays",
			who: "owner",
			body: RegistrationChangesBody,
			replies: {
				200: { description: "the registration", schema: Device },
				...UNKNOWN,
				...WRONG_FIELD,
			},
			audit: AUDIT,
			admit: mayChange,
			run: (context, body) => devices.change(context, body),
		}),
		routeReading(asItCame, {
			...base,
			method: "DELETE",
			summary: "Deregister a device",
			who: "owner",
			body: RevBody,
			replies: {
				200: { description: "deregistered", schema: Deregistered },
				400: failure("the rev is not the current one; or there is no usable body"),
				...UNKNOWN,
			},
			audit: AUDIT,
			run: (context, { rev }) => devices.deregister(context, rev),
		}),
	];
}

function otherMethods(base: Place): Route[] {
	return [
		route({
			...base,
			method: "OPTIONS",
			summary: "CORS preflight of the other methods",
			who: "any-page",
			hosts: "any",
			replies: { 204: { description: "allowed" } },
			run: () => new Reply(204, null, CORS),
		}),
		route({
			...base,
			method: "ANY",
			summary: "Any other method",
			who: "owner",
			replies: {},
			audit: AUDIT,
			run: ({ call, params }) => {
				const methods = "GET, PUT, POST, DELETE or OPTIONS";
				return reject(405, `unknown method ${call.request.method}: use ${methods}`, params.id);
			},
		}),
	];
}

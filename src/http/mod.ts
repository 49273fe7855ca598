export { AccessError, refusePage, type Visitor } from "./access.ts";
export type { AccountLogins } from "./account-logins.ts";
export { basicOf, bearerOf } from "./authorization.ts";
export type { Body } from "./body.ts";
export { BodyMemory } from "./body-memory.ts";
export type { Call, ListenerInfo } from "./call.ts";
export { CallPasser } from "./call-passer.ts";
export { DEVICE_COOKIE, devicePasswordIn } from "./device-login.ts";
export { EVENT_COMMENT, EventReaders, eventText, type Reading } from "./event-readers.ts";
export { type EventSource, EventStreams } from "./event-streams.ts";
export { collected } from "./forwarded-bodies.ts";
export { isEvents } from "./forwarded-streams.ts";
export { Forwarder } from "./forwarder.ts";
export { type HttpOptions, HttpServer } from "./http-server.ts";
export { failure } from "./implied-replies.ts";
export type { SecondPort } from "./listener-set.ts";
export { askNode, type NodeQuestion, NotReachedError } from "./node-request.ts";
export { type DeviceOwners, ELSEWHERE, moved, ownerRoutes, passedRoutes } from "./owner-routes.ts";
export { cookieAt, cookieIn } from "./page-cookies.ts";
export { type PageFile, PageFiles } from "./page-files.ts";
export { PageFolder } from "./page-folder.ts";
export { pageHeaders } from "./page-headers.ts";
export { LET_IN, PassedCalls } from "./passed-calls.ts";
export { CORS, json, plainJson, plainReply, Reply, reject } from "./replies.ts";
export {
	type DescribedRoute,
	type Replies,
	type Route,
	type RouteContext,
	route,
	routeReading,
} from "./route.ts";

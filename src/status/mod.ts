export { LIVE_STREAMS, LiveEvents } from "./live-events.ts";
export { Status } from "./status.ts";
export { type PagePort, type StatusPort, statusRoutes } from "./status-routes.ts";

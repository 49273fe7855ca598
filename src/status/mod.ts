export { LiveEvents } from "./live-events.ts";
export { Status } from "./status.ts";
export { addStatusRoutes, type PagePort, type StatusPort } from "./status-routes.ts";

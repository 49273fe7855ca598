export { csmMetrics } from "./csm-metrics.ts";
export { LIVE_STREAMS, LiveEvents } from "./live-events.ts";
export { ownerRoute } from "./owner-route.ts";
export { serverRoutes } from "./server-routes.ts";
export { ServerState } from "./server-state.ts";
export { Status } from "./status.ts";
export { statusRoutes } from "./status-routes.ts";

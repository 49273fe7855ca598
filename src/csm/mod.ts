export { ClientApi } from "./client-api.ts";
export { DeviceApi } from "./devices/device-api.ts";
export { Devices, type DevicesOptions } from "./devices/devices.ts";
export { metadataOf } from "./devices/metadata.ts";
export { SIGNAL_DEFAULTS, Signals, type SignalsOptions } from "./devices/signals.ts";
export { GraphApi, type GraphApiOptions } from "./graphs/graph-api.ts";
export type { LiveGraph, LiveLink } from "./graphs/live-graph.ts";
export { deviceRoutes } from "./http/device-routes.ts";

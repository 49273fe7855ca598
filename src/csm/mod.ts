export { Answers } from "./answers.ts";
export { ClientApi } from "./client-api.ts";
export { DeviceApi } from "./devices/device-api.ts";
export { DeviceLinks } from "./devices/device-links.ts";
export { Devices, type DevicesOptions } from "./devices/devices.ts";
export { metadataOf } from "./devices/metadata.ts";
export { SharedDevices } from "./devices/shared-devices.ts";
export { SIGNAL_DEFAULTS, Signals, type SignalsOptions } from "./devices/signals.ts";
export { GraphApi, type GraphApiOptions } from "./graphs/graph-api.ts";
export type { LiveGraph, LiveLink } from "./graphs/live-graph.ts";
export { SharedDetach } from "./graphs/shared-detach.ts";
export { brokerRoutes } from "./http/broker-routes.ts";
export { deviceRoutes } from "./http/device-routes.ts";
export { httpDeviceRoutes } from "./http-devices/http-device-routes.ts";
export { HttpDevices, type HttpDevicesOptions, signalWayOf } from "./http-devices/http-devices.ts";
export { LinkEffects } from "./link-effects.ts";
export type { Partitions } from "./partitions.ts";
export { SharedSignals } from "./shared-signals.ts";
export { SharedWork } from "./shared-work.ts";
export { CsmStore, type StoreShare } from "./store/csm-store.ts";
export { type ImportResult, putSnapshot } from "./store/put-snapshot.ts";
export { CSM_SCHEMA } from "./store/schema.ts";
export {
	checkSnapshot,
	SNAPSHOT_FORMAT,
	SNAPSHOT_VERSION,
	Snapshot,
	withNumbersAsWritten,
} from "./store/snapshot.ts";
export { takeSnapshot } from "./store/take-snapshot.ts";
export type { V1Options } from "./v1/build-v1.ts";
export { macOf } from "./v1/identity.ts";
export { OldLinks } from "./v1/links.ts";
export { type BuildV1, loadV1 } from "./v1/load-v1.ts";
export { looksOld } from "./v1/misplaced.ts";
export type { ProjectFacts } from "./v1/project-facts.ts";
export type { OldPages } from "./v1/v1-server.ts";

export type { CsmDevice, DeviceFeature, Presence } from "./csm-device.ts";
export {
	DeviceDirectory,
	type DeviceDirectoryDeps,
	type DeviceDirectoryOptions,
	type DeviceEvent,
} from "./device-directory.ts";
export {
	GraphClient,
	type GraphClientDeps,
	type GraphClientOptions,
	type GraphRequest,
} from "./graph-client.ts";
export type { CsmMessage, CsmMqtt } from "./mqtt-access.ts";
export type { GraphReply, Outcome } from "./outcome.ts";
export {
	type DeviceRegistration,
	type ListedFeature,
	RegistrationClient,
	type RegistrationClientOptions,
} from "./registration-client.ts";
export { Retry } from "./retry.ts";

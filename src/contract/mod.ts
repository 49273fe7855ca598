export { decodeRequest, errorReply, type Request, refuseOp } from "./envelope.ts";
export type { FunctionUse, GraphKey, LinkKey } from "./graph-keys.ts";
export { checkNewLinkKey, REQUESTS, readFields, readLinkKey } from "./graph-requests.ts";
export {
	EMPTY_SPEC,
	handlesOf,
	type IdfSpec,
	needsEngine,
	type OdfSpec,
	type PipelineSpec,
	type Slots,
} from "./graph-spec.ts";
export {
	type Registration,
	readRegistration,
	readRegistrationChanges,
	speaksMqtt,
} from "./registration.ts";
export type {
	ChangesView,
	DeviceView,
	ErrorView,
	FunctionInfoView,
	FunctionView,
	GraphView,
	LinkView,
	StatusView,
} from "./views.ts";

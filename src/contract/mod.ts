export {
	LoginQuestion,
	readLoginQuestion,
	readTopicQuestion,
	TopicQuestionBody,
} from "./broker-questions.ts";
export {
	type Change,
	type ChangeKind,
	type ChangeOf,
	ChangeSchema,
	ChangeSetSchema,
	MAX_CHANGES,
} from "./ccm-changes.ts";
export { type CcmDevice, type CcmDeviceEvents, CcmDeviceSchema } from "./ccm-device.ts";
export {
	type Binding,
	type Block,
	CrowdRuleSchema,
	type FeatureType,
	FeatureTypeSchema,
	type IdfType,
	IdfTypeSchema,
	IdSchema,
	type Join,
	type Link,
	type LinkParam,
	LinkParamSchema,
	MAX_JOINS,
	MAX_LINKS,
	MacAddrSchema,
	NameSchema,
	type Port,
	type ProjectDocument,
	ProjectDocumentSchema,
	SwitchSchema,
} from "./ccm-documents.ts";
export {
	type FailureView,
	type JoinProgressView,
	MAX_REASON_LENGTH,
	MAX_VALUE_LENGTH,
	type OwnStepsView,
	type PersonView,
	type PresenceView,
	type ProgressView,
	type ProjectEvents,
	type ValueView,
} from "./ccm-events.ts";
export {
	type CcmFunction,
	type CcmFunctionItem,
	CcmFunctionItemSchema,
	CcmFunctionSchema,
	type CcmFunctionUses,
	CcmFunctionUsesSchema,
	MAX_PINNED_BYTES,
	type Pinned,
	PinnedListSchema,
} from "./ccm-functions.ts";
export {
	type Invitation,
	InvitationSchema,
	type InvitationView,
	type InvitedMember,
	type NewInvitation,
	NewInvitationSchema,
} from "./ccm-invitation.ts";
export {
	type MemberEnd,
	MemberEndSchema,
	type MemberFeature,
	type MemberInfo,
	MemberInfoSchema,
	type MemberParam,
} from "./ccm-member.ts";
export { type ProjectParts, ProjectPartsSchema } from "./ccm-parts.ts";
export { ClusterRows, ClusterView, NodeFigures, NodeView, OwnerView } from "./cluster-views.ts";
export { decodeRequest, errorReply, type Request, refuseOp } from "./envelope.ts";
export { type FunctionUse, type GraphKey, graphName, type LinkKey } from "./graph-keys.ts";
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
	isReachable,
	type Registration,
	RegistrationBody,
	RegistrationChangesBody,
	readRegistration,
	readRegistrationChanges,
	speaksHttp,
	speaksMqtt,
} from "./registration.ts";
export { MAX_SEATS } from "./seats.ts";
export type { TopicQuestion, TopicUse } from "./topic-question.ts";
export {
	API_REQUESTS,
	type ApiTopics,
	apiTopics,
	dataTopic,
	deviceOfDownlink,
	deviceOfUplink,
	devicePath,
	downlinkOf,
	graphPath,
	guiTopics,
	isMonitorTopic,
	isPageTopic,
	isProtocolTopic,
	isUplink,
	monitorTopic,
	pageOf,
	responseTopic,
	uplinkOf,
} from "./topics.ts";
export {
	ChangesView,
	DeviceView,
	EngineView,
	ErrorView,
	FunctionInfoView,
	FunctionView,
	GraphView,
	HealthView,
	LinkView,
	LogLineView,
	ProjectsView,
	ServerView,
	StatusView,
} from "./views.ts";

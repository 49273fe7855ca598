export { AccountWatch } from "./account-watch.ts";
export { Accounts } from "./accounts.ts";
export { Auth, type Outcome } from "./auth.ts";
export { LinkGrants } from "./link-grants.ts";
export {
	foreignHostReason,
	foreignOriginReason,
	OPAQUE_ORIGIN,
	OriginRules,
	type OriginRulesOptions,
	type Provenance,
} from "./origin-rules.ts";
export {
	type Admin,
	ANYONE,
	isUnrestricted,
	nameOf,
	ownerOf,
	type Principal,
} from "./principal.ts";
export { hashOf, hashPassword, newSecret } from "./secrets.ts";
export { type GrantTakenListener, type TopicGrant, TopicGrants } from "./topic-grants.ts";
export { websocketGate } from "./websocket-gate.ts";

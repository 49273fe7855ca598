export { AccountWatch } from "./account-watch.ts";
export { Accounts } from "./accounts.ts";
export { Auth } from "./auth.ts";
export { BrokerAnswers } from "./broker-answers.ts";
export { isOnlyHere } from "./host-name.ts";
export { LinkGrants } from "./link-grants.ts";
export type { KnownPeople, LoginSessions } from "./login-sessions.ts";
export { NAME_RULE, plainName, problemWithName, problemWithPassword } from "./names.ts";
export {
	foreignHostReason,
	foreignOriginReason,
	OPAQUE_ORIGIN,
	OriginRules,
	type OriginRulesOptions,
	type Provenance,
} from "./origin-rules.ts";
export { type Account, LOCAL_ACCOUNT, type Outcome, type Verified } from "./outcome.ts";
export type { DrawnPage, KnownAccounts, PageLogin, PageLogins } from "./page-logins.ts";
export {
	type Admin,
	ANYONE,
	isUnrestricted,
	LOCAL,
	nameOf,
	ownerOf,
	type Person,
	type Principal,
} from "./principal.ts";
export { hashOf, hashPassword, isPassword, NO_PASSWORD, newSecret, sameHash } from "./secrets.ts";
export { grantServices } from "./service-grants.ts";
export type { SessionView } from "./sessions.ts";
export { SETUP_MINUTES, SetupKeys } from "./setup-keys.ts";
export { SharedPageLogins } from "./shared-page-logins.ts";
export { SharedSecret } from "./shared-secret.ts";
export { SharedSessions } from "./shared-sessions.ts";
export type { StoredDevices } from "./stored-devices.ts";
export { type GrantTakenListener, type TopicGrant, TopicGrants } from "./topic-grants.ts";
export { websocketGate } from "./websocket-gate.ts";

export { AccountWatch } from "./account-watch.ts";
export { ANYONE, Auth, type Outcome, type Principal } from "./auth.ts";
export {
	foreignHostReason,
	foreignOriginReason,
	OPAQUE_ORIGIN,
	OriginRules,
	type OriginRulesOptions,
	type Provenance,
} from "./origin-rules.ts";
export { Rights } from "./rights.ts";
export { hashOf, hashPassword, newSecret } from "./secrets.ts";
export { websocketGate } from "./websocket-gate.ts";

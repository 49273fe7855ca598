export { EmbeddedBroker, type EmbeddedBrokerOptions } from "./embedded.ts";
export type { Authority } from "./login.ts";
export type { WsGate } from "./ws-session.ts";

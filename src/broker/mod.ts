export { EmbeddedBroker } from "./embedded.ts";
export type { EmbeddedBrokerOptions } from "./embedded-options.ts";
export type { Authority } from "./login.ts";
export type { WsGate } from "./ws-session.ts";

export { addressText } from "./address-turns.ts";
export { CallGuard } from "./call-guard.ts";
export type { Connection, ConnectionListener } from "./connection.ts";
export { ExternalBroker } from "./external.ts";
export type { ExternalBrokerOptions } from "./external-options.ts";
export { Outbox } from "./outbox.ts";
export { CONNECT, PacketReader, PUBREC } from "./packet-reader.ts";
export { ClientPackets } from "./packet-rules.ts";
export type {
	Broker,
	BrokerMessage,
	BrokerStats,
	MessageHandler,
	PublishOptions,
} from "./port.ts";
export { Probe, type ProbeOptions } from "./probe.ts";
export { plainFrame, publishFrame } from "./publish-frame.ts";

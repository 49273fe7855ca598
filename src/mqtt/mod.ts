export { addressText } from "./address-turns.ts";
export type { BrokerSession, SessionOptions } from "./broker-session.ts";
export { CallGuard } from "./call-guard.ts";
export type { Connection, ConnectionListener, ConnectionSource } from "./connection.ts";
export { ExternalBroker } from "./external.ts";
export type { ExternalBrokerOptions, SingleClient } from "./external-options.ts";
export { HandlerTable } from "./handler-table.ts";
export { JoiningHandler } from "./joining-handler.ts";
export { Outbox } from "./outbox.ts";
export { CONNECT, PacketReader, PUBACK, PUBCOMP, PUBREC, PUBREL } from "./packet-reader.ts";
export { ClientPackets } from "./packet-rules.ts";
export type {
	Broker,
	BrokerAdmin,
	BrokerHealth,
	BrokerMessage,
	BrokerStats,
	DataSink,
	DataSource,
	Handed,
	HandedMark,
	MessageHandler,
	MqttPort,
	PublishOptions,
	Qos,
	SubscribeOptions,
	Unsubscribe,
} from "./port.ts";
export { Probe, type ProbeOptions } from "./probe.ts";
export { plainFrame, publishFrame } from "./publish-frame.ts";
export { type CachedRoute, RouteCache } from "./route-cache.ts";

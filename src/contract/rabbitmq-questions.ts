import { type Static, Type } from "@sinclair/typebox";
import type { TopicQuestion } from "./topic-question.ts";

/** Where RabbitMQ's MQTT puts all messages (its `mqtt.exchange`). */
const EXCHANGE = "amq.topic";

const word = (...words: string[]) => ({ description: words.join(", ") });

/** Whether a user may use a queue, an exchange, or a topic of one. */
export const RabbitQuestion = Type.Object({
	username: Type.Optional(Type.String({ description: "a text: the user name of the client" })),
	resource: Type.Union(
		[Type.Literal("queue"), Type.Literal("exchange"), Type.Literal("topic")],
		word("queue", "exchange", "topic"),
	),
	name: Type.String({ description: "a text: of the queue or exchange" }),
	permission: Type.Union(
		[Type.Literal("configure"), Type.Literal("write"), Type.Literal("read")],
		word("configure", "write", "read"),
	),
	routing_key: Type.Optional(Type.String({ description: "a text: the topic as RabbitMQ has it" })),
	client_id: Type.Optional(Type.String({ description: "a text: the MQTT client id" })),
});

/** Whether a user may use a virtual host: all that may log in may. */
export const RabbitVhostQuestion = Type.Object({
	username: Type.Optional(Type.String({ description: "a text: the user name of the client" })),
	vhost: Type.String({ description: "a text: the virtual host" }),
});

/**
 * What RabbitMQ's permissions come to on MQTT. A client has its own subscription queues, and the exchange, in which
 * each topic is asked for by itself; nothing else of RabbitMQ.
 */
export function readRabbitQuestion({
	resource,
	name,
	permission,
	routing_key: key,
	client_id: client,
}: Static<typeof RabbitQuestion>): Pick<TopicQuestion, "topic" | "uses"> {
	const nothing = { topic: "", uses: undefined };
	const anything = { topic: "", uses: [] };
	if (resource === "queue") {
		const isOwn = client !== undefined && queuesOf(client).includes(name);
		return isOwn ? anything : nothing;
	}
	if (name !== EXCHANGE || permission === "configure") return nothing;
	if (resource === "exchange") return anything;
	if (key === undefined) return nothing;
	return { topic: topicOf(key), uses: [permission === "read" ? "subscribe" : "publish"] };
}

/** Queues of the subscriptions of a client: at QoS 0, and at QoS 1. */
function queuesOf(client: string): string[] {
	return [0, 1].map((qos) => `mqtt-subscription-${client}qos${qos}`);
}

/** RabbitMQ does not tell `/` from `.`, nor `+` from `*`: it delivers both to the same. */
function topicOf(routingKey: string): string {
	return routingKey.replaceAll(".", "/").replaceAll("*", "+");
}

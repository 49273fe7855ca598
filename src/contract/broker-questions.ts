import { type Static, type TSchema, Type } from "@sinclair/typebox";
import { InputError } from "../kit/mod.ts";
import type { Request } from "./envelope.ts";
import { readFields } from "./graph-requests.ts";
import { RabbitQuestion, RabbitVhostQuestion, readRabbitQuestion } from "./rabbitmq-questions.ts";
import type { TopicQuestion, TopicUse } from "./topic-question.ts";

const Name = Type.Optional(
	Type.String({ description: "a text: the user name of the client; absent: it has none" }),
);

/** `POST /mqtt/auth` (`csm.md §8.1`). Other fields, such as the client id, do not count. */
export const LoginQuestion = Type.Object({
	username: Name,
	password: Type.Optional(Type.String({ description: "a text: the password of the client" })),
	peerhost: Type.Optional(
		Type.String({
			maxLength: 100,
			description:
				"a text of at most 100 characters: the address of the client, which has to wait after failures",
		}),
	),
});

/** As mosquitto's `acc`: bits of `MOSQ_ACL_READ`, `WRITE`, `SUBSCRIBE` and `UNSUBSCRIBE`. */
const USES_OF_ACC: Readonly<Record<string, readonly TopicUse[]>> = {
	"1": ["read"],
	"2": ["publish"],
	"3": ["read", "publish"],
	"4": ["subscribe"],
	"8": [],
};
const Acc = { description: "1 (read), 2 (publish), 3 (both), 4 (subscribe) or 8 (unsubscribe)" };
const Topic = Type.String({ description: "a text: the topic, or the filter to subscribe to" });

const MosquittoQuestion = Type.Object({
	username: Name,
	topic: Topic,
	acc: Type.Union(
		[
			...Object.keys(USES_OF_ACC).map((acc) => Type.Literal(acc)),
			...Object.keys(USES_OF_ACC).map((acc) => Type.Literal(Number(acc))),
		],
		Acc,
	),
});
const EmqxQuestion = Type.Object({
	username: Name,
	topic: Topic,
	action: Type.Union([Type.Literal("publish"), Type.Literal("subscribe")], {
		description: "publish or subscribe",
	}),
});

/** `POST /mqtt/acl` (`csm.md §8.1`): each broker names what is to be done in a field of its own. */
export const TopicQuestionBody = Type.Union([
	MosquittoQuestion,
	EmqxQuestion,
	RabbitQuestion,
	RabbitVhostQuestion,
]);

/** Reads the body of `/mqtt/auth`. @throws InputError naming the field that is of another type. */
export function readLoginQuestion(fields: Request): Static<typeof LoginQuestion> {
	return checked(LoginQuestion, fields);
}

/** Reads the body of `/mqtt/acl`. @throws InputError naming the field that is missing or of another type. */
export function readTopicQuestion(fields: Request): TopicQuestion {
	if (Object.hasOwn(fields, "acc")) {
		const { username: name = "", topic, acc } = checked(MosquittoQuestion, fields);
		return { name, topic, uses: USES_OF_ACC[acc], refusedBy: "status" };
	}
	if (Object.hasOwn(fields, "action")) {
		const { username: name = "", topic, action } = checked(EmqxQuestion, fields);
		return { name, topic, uses: [action], refusedBy: "body" };
	}
	if (Object.hasOwn(fields, "resource")) {
		const question = checked(RabbitQuestion, fields);
		return { name: question.username ?? "", ...readRabbitQuestion(question), refusedBy: "body" };
	}
	if (Object.hasOwn(fields, "vhost")) {
		const { username: name = "" } = checked(RabbitVhostQuestion, fields);
		return { name, topic: "", uses: [], refusedBy: "body" };
	}
	throw new InputError("one of the fields acc, action, resource and vhost is required");
}

/** Null, which templates of brokers may leave, counts as absent. */
function checked<T extends TSchema>(schema: T, fields: Request): Static<T> {
	const there = Object.entries(fields).filter(([, value]) => value !== null);
	return readFields(schema, Object.fromEntries(there));
}

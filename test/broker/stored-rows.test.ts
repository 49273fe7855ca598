import { expect, test } from "bun:test";
import type { StoredMessage, StoredSession } from "../../src/broker/session-disk.ts";
import { messageProblem, sessionProblem } from "../../src/broker/stored-rows.ts";

const session: StoredSession = {
	...{ clientId: "c", login: "user a", used: 1, received: [1, 65_535] },
	filters: [{ topic: "a/+", qos: 2 }],
};
const message: StoredMessage = {
	...{ row: 1, clientId: "c", qos: 1, retain: false, packetId: null },
	content: { topic: "a", payload: Buffer.from("x") },
};
const long = "x".repeat(65_536);

test("what the broker itself stored is fine", () => {
	expect([sessionProblem(session), messageProblem(message)]).toEqual([undefined, undefined]);
	expect(messageProblem({ ...message, content: null, packetId: 1 })).toBeUndefined();
});

test.each<[string, Partial<StoredSession>]>([
	["an invalid client id", { clientId: "" }],
	["an invalid client id", { clientId: long }],
	["an invalid topic filter", { filters: [{ topic: "a#", qos: 1 }] }],
	["an invalid topic filter", { filters: [{ topic: long, qos: 1 }] }],
	["a packet id out of range", { received: [0] }],
	["a packet id out of range", { received: [1.5] }],
])("a session with %s is not restored", (problem, changes) =>
	expect(sessionProblem({ ...session, ...changes })).toBe(problem),
);

test.each<[string, Partial<StoredMessage>]>([
	["packet id 65536", { packetId: 65_536 }],
	["QoS 0", { qos: 0 }],
	["a release without a packet id", { content: null }],
	["an invalid topic", { content: { topic: "a/+", payload: Buffer.alloc(0) } }],
	["an invalid topic", { content: { topic: long, payload: Buffer.alloc(0) } }],
])("a message with %s is not restored", (problem, changes) =>
	expect(messageProblem({ ...message, ...changes })).toBe(problem),
);

import { expect, test } from "bun:test";
import type { PublishPacket } from "aedes";
import { OwnPublisher } from "../../src/broker/own-publisher.ts";

function build() {
	const packets: PublishPacket[] = [];
	let failure: Error | undefined;
	const publisher = new OwnPublisher(() => ({
		publish: (packet: PublishPacket, done: (error?: Error) => void) => {
			packets.push(packet);
			done(failure);
		},
	}));
	return {
		packets,
		publisher,
		fail: (error: Error) => {
			failure = error;
		},
	};
}

test("text without a user goes as it is; with one it becomes bytes that are remembered", async () => {
	const { packets, publisher } = build();
	await publisher.publish("t", "text", { qos: 1 });
	await publisher.publish("t", "text", { qos: 2, retain: true }, "ccm");
	const [plain, named] = packets.map(({ payload }) => payload);
	expect([plain, String(named)]).toEqual(["text", "text"]);
	expect(packets.map(({ qos, retain }) => [qos, retain])).toEqual([
		[1, false],
		[2, true],
	]);
	expect([plain ?? "", named ?? ""].map((payload) => publisher.userOf(payload))).toEqual([
		null,
		"ccm",
	]);
	expect(publisher.userOf(Buffer.from("text"))).toBeNull();
});

test("bytes are copied: the caller may publish them again as another user", async () => {
	const { packets, publisher } = build();
	const bytes = Buffer.from("x");
	for (const user of ["one", "two"]) await publisher.publish("t", bytes, { qos: 0 }, user);
	expect(packets.map(({ payload }) => publisher.userOf(payload))).toEqual(["one", "two"]);
	expect(publisher.userOf(bytes)).toBeNull();
});

test("what aedes refuses rejects", async () => {
	const { publisher, fail } = build();
	fail(new Error("closed"));
	await expect(publisher.publish("t", "x", { qos: 0 })).rejects.toThrow("closed");
});

import { expect, test } from "bun:test";
import { generate, type IPublishPacket, parser } from "mqtt-packet";
import { plainFrame, publishFrame } from "../../src/mqtt/publish-frame.ts";

const sizes = [0, 1, 119, 120, 121, 127, 128, 16_375, 16_376, 16_384, 2_097_140, 2_097_152];

test.each(sizes)("a frame of %d bytes is what another library writes", (size) => {
	for (const payload of ["x".repeat(size), Buffer.alloc(size, 7)]) {
		for (const qos of [0, 1, 2] as const) {
			const id = qos === 0 ? undefined : 4711;
			const [retain, dup] = [qos === 1, qos === 2];
			const mine = publishFrame({ topic: Buffer.from("a/é"), payload, qos, retain, dup, id });
			const packet: IPublishPacket = {
				...{ cmd: "publish", topic: "a/é", payload, qos, retain, dup },
				...(id !== undefined && { messageId: id }),
			};
			expect(mine.equals(generate(packet))).toBe(true);
		}
	}
});

test("a text's length counts in bytes", () => {
	const read = parser();
	const got: string[] = [];
	read.on("packet", (packet) => {
		if (packet.cmd === "publish") got.push(`${packet.topic} ${packet.payload}`);
	});
	read.parse(plainFrame(Buffer.from("t"), "äöü€"));
	expect(got).toEqual(["t äöü€"]);
});

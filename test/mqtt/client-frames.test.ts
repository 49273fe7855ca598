import { expect, test } from "bun:test";
import { type Packet, parser } from "mqtt-packet";
import {
	connectFrame,
	idFrame,
	PUBACK,
	PUBCOMP,
	PUBREC,
	PUBREL,
	subscribeFrame,
	unsubscribeFrame,
} from "../../src/mqtt/client-frames.ts";

/** The packet as another implementation reads it. */
function read(frame: Uint8Array): Packet {
	const found: Packet[] = [];
	const packets = parser({ protocolVersion: 4 });
	packets.on("packet", (packet: Packet) => found.push(packet));
	packets.parse(Buffer.from(frame));
	expect(found).toHaveLength(1);
	return found[0] as Packet;
}

test("CONNECT has the session and the login", () => {
	const fields = { clientId: "iotctl0d", clean: false, keepAliveSeconds: 5 };
	expect(read(connectFrame({ ...fields, username: "ü", password: "secret" }))).toMatchObject({
		...{ cmd: "connect", protocolId: "MQTT", protocolVersion: 4, clean: false, keepalive: 5 },
		...{ clientId: "iotctl0d", username: "ü", password: Buffer.from("secret") },
	});
	const open = read(connectFrame({ ...fields, clean: true, username: "", password: "" }));
	expect(open).toMatchObject({ clean: true });
	expect(open).not.toHaveProperty("username", expect.anything());
});

test("SUBSCRIBE and UNSUBSCRIBE have their filters, however many", () => {
	const filters = Array.from({ length: 500 }, (_, n) => `iottalk/esm/${n}`);
	expect(read(subscribeFrame(65_000, filters, 2))).toMatchObject({
		messageId: 65_000,
		subscriptions: filters.map((topic) => ({ topic, qos: 2 })),
	});
	expect(read(unsubscribeFrame(1, ["a"]))).toMatchObject({ messageId: 1, unsubscriptions: ["a"] });
});

test("confirmations have their packet id", () => {
	const kinds = { puback: PUBACK, pubrec: PUBREC, pubrel: PUBREL, pubcomp: PUBCOMP };
	for (const [cmd, type] of Object.entries(kinds)) {
		expect(read(idFrame(type, 258)) as object).toMatchObject({ cmd, messageId: 258 });
	}
});

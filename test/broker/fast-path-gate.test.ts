import { describe, expect, test } from "bun:test";
import { FastPath } from "../../src/broker/fast-path.ts";
import { FastPathGate } from "../../src/broker/fast-path-gate.ts";
import { PageOwners } from "../../src/broker/page-owners.ts";
import { Routes } from "../../src/broker/routes.ts";
import { until } from "../support/waiting.ts";

const TOPIC = Buffer.from("t");
const PAYLOAD = Buffer.from("x");
const from = { clientId: "c", user: null, connection: null, mayPublish: undefined };

function build() {
	const heard: string[] = [];
	const path = new FastPath(
		new Routes({
			pages: new PageOwners(),
			sessionFilters: { has: () => false },
			handlersOf: () => [({ payload }) => heard.push(Buffer.from(payload).toString())],
		}),
	);
	const log: string[] = [];
	const state = { passedOn: 0 };
	const gate = new FastPathGate({
		passedOn: () => state.passedOn,
		send: (frame) => log.push(Buffer.from(frame).toString("hex")),
		onHeld: () => log.push("held"),
		onReleased: () => log.push("released"),
	});
	const open = (isClean = true) => {
		gate.open(path, from, isClean);
		log.length = 0;
	};
	const take = () => gate.takePlain(TOPIC, PAYLOAD, Buffer.alloc(4));
	return { gate, heard, log, state, open, take };
}

describe("the gate of the fast path", () => {
	test("is closed until the client has its CONNACK, and again after its end", () => {
		const { gate, heard, open, take } = build();
		gate.connecting();
		expect([gate.isHeld, gate.isOpen, take()]).toEqual([true, false, false]);
		open();
		expect([gate.isHeld, gate.isOpen, take()]).toEqual([false, true, true]);
		gate.close();
		expect([gate.isOpen, take(), heard]).toEqual([false, false, ["x"]]);
	});

	test("lets no message overtake one that aedes still works on", () => {
		const { gate, state, open, take } = build();
		open();
		state.passedOn = 2;
		gate.worked(true);
		expect(take()).toBe(false);
		gate.dealtWith();
		expect(take()).toBe(false);
		gate.dealtWith();
		expect(take()).toBe(true);
	});

	test("sends one message a second through aedes as a sign of life, and waits for it", async () => {
		const { gate, log, state, open, take } = build();
		open();
		await until(() => !take(), "a sign of life to be due");
		state.passedOn = 1;
		gate.worked(true);
		expect([log, gate.isHeld]).toEqual([["held"], true]);
		gate.dealtWith();
		expect([log, gate.isHeld, take()]).toEqual([["held", "released"], false, true]);
	});

	test("waits for a sign of life no longer than a moment", async () => {
		const { gate, log, state, open, take } = build();
		open();
		await until(() => !take(), "a sign of life to be due");
		state.passedOn = 1;
		gate.worked(true);
		await until(() => !gate.isHeld, "the release");
		expect(log).toEqual(["held", "released"]);
	});

	test("answers PUBREC itself where no session outlives the connection", () => {
		const { gate, log, open } = build();
		const packets = ["40020001", "50020001", "70020001"].map((hex) => Buffer.from(hex, "hex"));
		expect(packets.map((packet) => gate.takeConfirmation(packet))).toEqual([false, false, false]);
		open();
		expect(packets.map((packet) => gate.takeConfirmation(packet))).toEqual([true, true, true]);
		expect(log).toEqual(["62020001"]);
		expect(gate.takeConfirmation(Buffer.from("40020000", "hex"))).toBe(false);
		open(false);
		expect(packets.map((packet) => gate.takeConfirmation(packet))).toEqual([false, false, false]);
	});
});

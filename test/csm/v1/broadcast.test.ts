import { describe, expect, test } from "bun:test";
import { createSocket } from "node:dgram";
import { Broadcast, targetsOf } from "../../../src/csm/v1/broadcast.ts";
import { systemClock } from "../../../src/kit/mod.ts";
import { listenedLog, quietLog } from "../../support/log.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { within } from "../../support/waiting.ts";

const OWN = [
	{ address: "127.0.0.1", netmask: "255.0.0.0" },
	{ address: "192.168.7.9", netmask: "255.255.255.0" },
	{ address: "10.1.2.3", netmask: "255.255.240.0" },
];

describe("the networks that are told", () => {
	test.each([
		["0.0.0.0", { "192.168.7.9": "192.168.7.255", "10.1.2.3": "10.1.15.255" }],
		["::", { "192.168.7.9": "192.168.7.255", "10.1.2.3": "10.1.15.255" }],
		["10.1.2.3", { "10.1.2.3": "10.1.15.255" }],
		["localhost", { "127.0.0.1": "127.255.255.255" }],
		["10.9.9.9", {}],
	])("of a server bound to %s", (bind, wanted) => {
		expect(Object.fromEntries(targetsOf(bind, OWN))).toEqual(wanted);
	});
});

test("vector 22: easyconnect is heard each second", async () => {
	const ear = createSocket({ type: "udp4", reuseAddr: true });
	const heard: string[] = [];
	const twice = Promise.withResolvers<void>();
	ear.on("message", (message, { address }) => {
		heard.push(`${message.toString()} from ${address}`);
		if (heard.length === 2) twice.resolve();
	});
	const bound = Promise.withResolvers<void>();
	ear.bind(0, () => bound.resolve());
	await within(bound.promise, "a port");
	const options = { bind: "127.0.0.1", port: ear.address().port };
	const broadcast = new Broadcast(options, { clock: systemClock, log: quietLog });
	broadcast.start();
	await within(twice.promise, "two messages");
	broadcast.stop();
	expect(heard).toEqual(Array(2).fill("easyconnect from 127.0.0.1"));
	ear.close();
});

test("that it cannot be heard is said once, not each second", async () => {
	const { log, lines } = listenedLog();
	const clock = new ManualClock();
	// No one can be sent anything there.
	const broadcast = new Broadcast({ bind: "127.0.0.1", port: 0 }, { clock, log });
	const levels: string[] = [];
	broadcast.start();
	for (let second = 0; second < 3; second++) {
		const line = await lines.take("a line", (one) => one.includes("cannot broadcast"));
		levels.push(JSON.parse(line).level);
		clock.move(1000);
	}
	broadcast.stop();
	expect(levels).toEqual(["info", "debug", "debug"]);
});

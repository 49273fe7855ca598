import { describe, expect, test } from "bun:test";
import { Admission, type AdmissionOptions } from "../../src/broker/admission.ts";
import { ClientStream } from "../../src/broker/client-stream.ts";
import { createLogger } from "../../src/kit/log.ts";
import { until } from "../support/waiting.ts";

const LIMITS = { maxQueueBytes: 1000, maxPacketBytes: 1000 };

function stream(remoteAddress = "10.0.0.1"): ClientStream {
	return new ClientStream(
		{
			...{ remoteAddress, bufferedBytes: 0, lingers: false },
			...{ write: () => 0, pause: () => {}, resume: () => {}, end: () => {}, terminate: () => {} },
		},
		LIMITS,
	);
}

function build(changes: Partial<AdmissionOptions> = {}) {
	const lines: string[] = [];
	const log = createLogger({
		level: "warn",
		format: "json",
		write: (line) => void lines.push(line),
	});
	const options = {
		maxClients: 3,
		maxPerAddress: 10,
		maxConnecting: 10,
		perSecond: 100,
		...changes,
	};
	const admission = new Admission(options, log);
	/** @returns the connection and whether it was served at once. */
	const enter = (address?: string) => {
		const entered = stream(address);
		let isServed = false;
		admission.enter(entered, () => {
			isServed = true;
		});
		return { entered, isServed: () => isServed };
	};
	return { admission, enter, lines };
}

describe("admission", () => {
	test("at the limit a new connection replaces the longest-pending one, and no client", async () => {
		const { admission, enter, lines } = build();
		const [client, pending, later] = [enter(), enter(), enter()];
		admission.connected(client.entered);
		expect(enter().isServed()).toBe(true);
		expect([client, pending, later].map(({ entered }) => entered.destroyed)).toEqual([
			false,
			true,
			false,
		]);
		await until(() => admission.connections === 3, "the place to be free");
		expect(lines.join("")).toContain("connection refused: max-clients reached");
	});

	test("with clients only, a new connection is refused", () => {
		const { admission, enter } = build();
		for (let n = 0; n < 3; n++) admission.connected(enter().entered);
		const refused = enter();
		expect([refused.isServed(), refused.entered.destroyed]).toEqual([false, true]);
		expect(admission.connections).toBe(3);
	});

	test("an address has a limit of its own, which others do not notice", async () => {
		const { admission, enter, lines } = build({ maxClients: 100, maxPerAddress: 2 });
		const [first] = [enter(), enter()];
		expect(enter().isServed()).toBe(false);
		expect(enter("10.0.0.2").isServed()).toBe(true);
		first?.entered.destroy();
		await until(() => admission.connections === 2, "the place to be free");
		expect(enter().isServed()).toBe(true);
		expect(lines.join("")).toContain("max-clients-per-address");
	});

	test("connections without CONNECT have a limit of their own", () => {
		const { enter } = build({ maxClients: 100, maxConnecting: 2 });
		const pending = [enter(), enter(), enter()];
		expect(pending.map(({ entered }) => entered.destroyed)).toEqual([true, false, false]);
	});

	test("an address that connects too fast is delayed, then refused; a client that gives up makes room", async () => {
		const { admission, enter, lines } = build({
			maxClients: 1000,
			maxPerAddress: 1000,
			maxConnecting: 1000,
			perSecond: 1,
		});
		const entered = [enter()];
		while (entered.at(-1)?.entered.destroyed === false) entered.push(enter());
		const delayed = entered.filter(({ entered: one, isServed }) => !isServed() && !one.destroyed);
		expect(delayed.length).toBeGreaterThanOrEqual(10);
		expect(entered.length - 1 - delayed.length).toBeGreaterThanOrEqual(10);
		expect(lines.filter((line) => line.includes("connection delayed")).length).toBeGreaterThan(0);
		const before = admission.connections;
		for (const { entered: one } of delayed) one.destroy();
		await until(
			() => admission.connections === before - delayed.length,
			"the connections to be forgotten",
		);
		expect(enter().entered.destroyed).toBe(false);
	});
});

import { expect, test } from "bun:test";
import { SharedDevices } from "../../../src/csm/devices/shared-devices.ts";
import { StorageError } from "../../../src/kit/errors.ts";
import { ManualClock } from "../../support/manual-clock.ts";

type Answer = () => Promise<string | null | undefined>;

function build(answer: Answer = async () => "hash") {
	const clock = new ManualClock();
	const asked: unknown[] = [];
	const devices = new SharedDevices({
		rows: {
			devices: {
				secretHashOf: (id) => {
					asked.push(id);
					return answer();
				},
			},
			links: {
				hasTopic: async (...question) => {
					asked.push(question);
					return true;
				},
			},
		},
		clock,
	});
	return { clock, devices, asked };
}

test("a password is asked for each time, and an input is published to, an output heard", async () => {
	const { devices, asked, clock } = build();
	for (let n = 0; n < 2; n++) expect(await devices.secretHashOf("d")).toBe("hash");
	expect(await devices.mayUse("d", { access: "publish", filter: "in" })).toBe(true);
	expect(await devices.mayUse("d", { access: "subscribe", filter: "out" })).toBe(true);
	expect(asked).toEqual(["d", "d", ["d", "idf", "in"], ["d", "odf", "out"]]);
	expect(clock.planned).toBe(0);
});

test("no one waits longer than five seconds for the database", async () => {
	const { clock, devices } = build(() => new Promise(() => {}));
	const answer = devices.secretHashOf("d");
	clock.move(5000);
	await expect(answer).rejects.toThrow(
		"the server cannot read this now: its database does not answer",
	);
	await expect(answer).rejects.toBeInstanceOf(StorageError);
});

test("an error of the database is told as it is, and a late one harms no one", async () => {
	const { promise, reject } = Promise.withResolvers<string>();
	const { clock, devices } = build(() => promise);
	const answer = devices.secretHashOf("d");
	clock.move(5000);
	await expect(answer).rejects.toBeInstanceOf(StorageError);
	reject(new StorageError("gone"));
	await Bun.sleep(0);
	await expect(
		build(() => Promise.reject(new StorageError("gone"))).devices.secretHashOf("d"),
	).rejects.toThrow("gone");
});

test("a thousand wait at most, also those who were answered that they need not wait", async () => {
	const { promise, resolve } = Promise.withResolvers<string>();
	const { clock, devices, asked } = build(() => promise);
	const waiting = Array.from({ length: 1000 }, () => devices.secretHashOf("d").catch(() => "late"));
	clock.move(5000);
	expect(new Set(await Promise.all(waiting))).toEqual(new Set(["late"]));
	await expect(devices.secretHashOf("d")).rejects.toThrow(
		"the server cannot read this now: too many wait for its database",
	);
	expect(asked).toHaveLength(1000);
	resolve("hash");
	await promise;
	await Bun.sleep(0);
	expect(await devices.secretHashOf("d")).toBe("hash");
});

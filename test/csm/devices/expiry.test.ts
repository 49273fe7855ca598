import { describe, expect, test } from "bun:test";
import { Expiry, type StoredPresence } from "../../../src/csm/devices/expiry.ts";
import { Inbox } from "../../support/waiting.ts";

const HOUR_MS = 3_600_000;

/** One run of a server, whose monotonic clock begins somewhere else each time. */
function run(expirationSeconds: number, saveSeconds = 5, begin = Math.floor(Math.random() * 1e9)) {
	let now = begin;
	const expired = new Inbox<string>();
	const stored = new Map<string, StoredPresence>();
	const online = new Set<string>();
	let isBroken = false;
	const saves = new Inbox<string[]>();
	const expiry = new Expiry({
		expirationSeconds,
		saveSeconds,
		onExpired: (id) => expired.add(id),
		isOnline: (id) => online.has(id),
		save: async (changes) => {
			saves.add([...changes.keys()]);
			if (isBroken) return false;
			for (const [id, presence] of changes) stored.set(id, presence);
			return true;
		},
		now: () => now,
	});
	return {
		expiry,
		expired,
		stored,
		saves,
		online,
		pass: (ms: number) => {
			now += ms;
		},
		breakDisk: (broken: boolean) => {
			isBroken = broken;
		},
	};
}

const awayOf = (stored: Map<string, StoredPresence>, id = "d") => stored.get(id)?.awaySeconds;

describe("§2.6 the time a device is away", () => {
	test("ten short runs add up, and the time between them does not count", async () => {
		let presence: StoredPresence = { awaySeconds: 0, isOnline: false };
		for (let n = 1; n <= 10; n++) {
			const { expiry, stored, pass } = run(259_200);
			expiry.restore("d", presence);
			pass(HOUR_MS);
			await expiry.stop();
			presence = stored.get("d") ?? presence;
			expect(presence).toEqual({ awaySeconds: n * 3600, isOnline: false });
		}
	});

	test("what is left of it is waited for, at least a hundredth of the whole", async () => {
		const { expiry, expired, pass } = run(10);
		for (const [id, awaySeconds] of [
			["long", 9.9],
			["longer", 3e9],
		] as const) {
			expiry.restore(id, { awaySeconds, isOnline: false });
		}
		pass(99);
		expect(expired.waiting).toEqual([]);
		pass(2);
		expect([await expired.take("the first"), await expired.take("the second")]).toEqual([
			"long",
			"longer",
		]);
		await expiry.stop();
	});

	test("a device that comes back begins anew, one that is reported away again does not", async () => {
		const { expiry, stored, online, pass } = run(259_200);
		expiry.restore("d", { awaySeconds: 100, isOnline: false });
		pass(HOUR_MS);
		expiry.away("d");
		expect(expiry.presenceOf("d").awaySeconds).toBe(3700);
		expiry.back("d");
		online.add("d");
		pass(HOUR_MS);
		expect(expiry.presenceOf("d")).toEqual({ awaySeconds: 0, isOnline: true });
		online.delete("d");
		expiry.away("d");
		pass(5000);
		await expiry.stop();
		expect(awayOf(stored)).toBe(5);
	});

	test("a device that could not be deregistered is expired again, unless it came back", async () => {
		const { expiry, expired, pass } = run(1);
		expiry.restore("d", { awaySeconds: 1, isOnline: false });
		pass(10);
		await expired.take("the first time");
		expiry.again("d");
		pass(10);
		await expired.take("the second time");
		expiry.back("d");
		expiry.again("d");
		pass(10);
		await Bun.sleep(20);
		expect(expired.waiting).toEqual([]);
		await expiry.stop();
	});

	test("no timer is too long: the longest times wait, also beyond 2^31 ms", async () => {
		for (const seconds of [2_000_000, 3_000_000, 1e9]) {
			const { expiry, expired } = run(seconds);
			expiry.registered("d");
			await Bun.sleep(5);
			expect(expired.waiting).toEqual([]);
			await expiry.stop();
		}
	});

	test("what the disk did not take is offered again", async () => {
		const { expiry, stored, online, breakDisk } = run(259_200);
		expiry.registered("d");
		online.add("d");
		expiry.back("d");
		breakDisk(true);
		await expiry.stop();
		expect(stored.size).toBe(0);
		breakDisk(false);
		await expiry.stop();
		expect(stored.get("d")).toEqual({ awaySeconds: 0, isOnline: true });
		stored.clear();
		await expiry.stop();
		expect(stored.size).toBe(0);
	});

	test("who is online is stored soon, the changes of a while together and nothing else", async () => {
		const { expiry, stored, saves, online, breakDisk } = run(259_200, 0.02);
		for (const id of ["a", "b", "c"]) expiry.registered(id);
		for (const id of ["a", "b"]) {
			online.add(id);
			expiry.back(id);
		}
		expect(await saves.take("the first write")).toEqual(["a", "b"]);
		expect(stored.get("b")).toEqual({ awaySeconds: 0, isOnline: true });
		breakDisk(true);
		online.delete("a");
		expiry.away("a");
		expect(await saves.take("a write that fails")).toEqual(["a"]);
		expect(await saves.take("another one")).toEqual(["a"]);
		breakDisk(false);
		await saves.take("one that does not");
		await Bun.sleep(100);
		expect(saves.waiting).toEqual([]);
		expect(stored.get("a")?.isOnline).toBe(false);
		online.delete("b");
		expiry.away("b");
		online.add("b");
		expiry.back("b");
		await Bun.sleep(100);
		expect(saves.waiting).toEqual([]);
		await expiry.stop();
	});
});

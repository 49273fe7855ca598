import { describe, expect, test } from "bun:test";
import { Expiry, type StoredPresence } from "../../../src/csm/devices/expiry.ts";
import { chance, SEED } from "../../support/chance.ts";
import { ManualClock } from "../../support/manual-clock.ts";

const HOUR_MS = 3_600_000;
const random = chance(SEED);

/** One run of a server, whose monotonic clock begins somewhere else each time. */
function run(expirationSeconds: number, saveSeconds = 5, begin = Math.floor(random() * 1e9)) {
	const clock = new ManualClock();
	clock.skip(begin);
	const expired: string[] = [];
	const stored = new Map<string, StoredPresence>();
	const online = new Set<string>();
	let isBroken = false;
	const saves: string[][] = [];
	const expiry = new Expiry({
		expirationSeconds,
		saveSeconds,
		onExpired: (id) => expired.push(id),
		isOnline: (id) => online.has(id),
		save: async (changes) => {
			saves.push([...changes.keys()]);
			if (isBroken) return false;
			for (const [id, presence] of changes) stored.set(id, presence);
			return true;
		},
		clock,
	});
	return {
		expiry,
		expired,
		stored,
		saves,
		online,
		clock,
		/** Lets time go by, and what is due finish. */
		pass: async (ms: number) => {
			clock.move(ms);
			await new Promise(setImmediate);
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
			await pass(HOUR_MS);
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
		await pass(99);
		expect(expired).toEqual([]);
		await pass(2);
		expect(expired).toEqual(["long", "longer"]);
		await expiry.stop();
	});

	test("the count of a device that comes back starts over, that of one that is reported away again does not", async () => {
		const { expiry, stored, online, pass } = run(259_200);
		expiry.restore("d", { awaySeconds: 100, isOnline: false });
		await pass(HOUR_MS);
		expiry.away("d");
		expect(expiry.presenceOf("d").awaySeconds).toBe(3700);
		expiry.back("d");
		online.add("d");
		await pass(HOUR_MS);
		expect(expiry.presenceOf("d")).toEqual({ awaySeconds: 0, isOnline: true });
		online.delete("d");
		expiry.away("d");
		await pass(5000);
		await expiry.stop();
		expect(awayOf(stored)).toBe(5);
	});

	test("a device that could not be deregistered is expired again, unless it came back", async () => {
		const { expiry, expired, pass } = run(1);
		expiry.restore("d", { awaySeconds: 1, isOnline: false });
		await pass(10);
		expect(expired.splice(0)).toEqual(["d"]);
		expiry.again("d");
		await pass(10);
		expect(expired.splice(0)).toEqual(["d"]);
		expiry.back("d");
		expiry.again("d");
		await pass(HOUR_MS);
		expect(expired).toEqual([]);
		await expiry.stop();
	});

	test("no timer is too long: the longest times are waited for in parts, to the millisecond", async () => {
		for (const seconds of [2_000_000, 3_000_000, 1e9]) {
			const { expiry, expired, clock, pass } = run(seconds);
			const planned: number[] = [];
			const { after } = clock;
			clock.after = (ms, call) => {
				planned.push(ms);
				return after.call(clock, ms, call);
			};
			expiry.registered("d");
			await pass(seconds * 1000 - 1);
			expect(expired).toEqual([]);
			await pass(1);
			expect(expired).toEqual(["d"]);
			expect(Math.max(...planned)).toBeLessThan(2 ** 31);
			await expiry.stop();
		}
	});

	test("a process that stood still expires no device before the time is over", async () => {
		const { expiry, expired, clock, pass } = run(100);
		expiry.registered("d");
		clock.skip(99_000);
		await pass(999);
		expect(expired).toEqual([]);
		await pass(1);
		expect(expired).toEqual(["d"]);
		await expiry.stop();
	});

	test("a checkpoint is written each hundredth of the whole", async () => {
		const { expiry, stored, pass } = run(1000);
		expiry.start();
		expiry.registered("d");
		await pass(9999);
		expect(awayOf(stored)).toBeUndefined();
		await pass(1);
		expect(awayOf(stored)).toBe(10);
		await pass(10_000);
		expect(awayOf(stored)).toBe(20);
		await expiry.stop();
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

	test("which devices are online is stored soon, the changes of a while together and nothing else", async () => {
		const { expiry, stored, saves, online, breakDisk, pass } = run(259_200, 0.5);
		for (const id of ["a", "b", "c"]) expiry.registered(id);
		for (const id of ["a", "b"]) {
			online.add(id);
			expiry.back(id);
		}
		await pass(499);
		expect(saves).toEqual([]);
		await pass(1);
		expect(saves.splice(0)).toEqual([["a", "b"]]);
		expect(stored.get("b")).toEqual({ awaySeconds: 0, isOnline: true });
		breakDisk(true);
		online.delete("a");
		expiry.away("a");
		// Twice as long after each failure, a minute at most.
		for (const waitMs of [500, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]) {
			await pass(waitMs - 1);
			expect(saves).toEqual([]);
			await pass(1);
			expect(saves.splice(0)).toEqual([["a"]]);
		}
		breakDisk(false);
		await pass(60_000);
		expect(saves.splice(0)).toEqual([["a"]]);
		expect(stored.get("a")?.isOnline).toBe(false);
		online.delete("b");
		expiry.away("b");
		online.add("b");
		expiry.back("b");
		await pass(HOUR_MS);
		expect(saves).toEqual([]);
		await expiry.stop();
	});
});

describe("who waits until it is stored whether a device is there", () => {
	/** Notes when it is told. */
	const waiting = (of: ReturnType<typeof run>, id = "d") => {
		const told = { times: 0 };
		of.expiry.whenStored(id, () => {
			told.times += 1;
		});
		return told;
	};
	const begun = async () => {
		const started = run(259_200, 1);
		started.expiry.restore("d", { awaySeconds: 0, isOnline: false });
		await started.pass(1000);
		return started;
	};
	const comes = ({ online, expiry }: ReturnType<typeof run>) => {
		online.add("d");
		expiry.back("d");
	};
	const goes = ({ online, expiry }: ReturnType<typeof run>) => {
		online.delete("d");
		expiry.away("d");
	};

	test("is told behind the write, and at once where there is nothing to write", async () => {
		const started = await begun();
		expect(waiting(started).times).toBe(1);
		expect(waiting(started, "unknown").times).toBe(1);
		comes(started);
		const [told, again] = [waiting(started), waiting(started)];
		await started.pass(999);
		expect(told.times).toBe(0);
		await started.pass(1);
		expect([told.times, again.times]).toEqual([1, 1]);
		expect(started.stored.get("d")?.isOnline).toBe(true);
		await started.pass(10_000);
		expect(told.times).toBe(1);
	});

	test("is told where the device is as it was before it was written", async () => {
		const started = await begun();
		comes(started);
		const told = waiting(started);
		goes(started);
		await started.pass(1000);
		expect([told.times, started.saves]).toEqual([1, []]);
	});

	test("waits while another state is being written, though it is the one that is stored", async () => {
		const started = await begun();
		comes(started);
		started.clock.move(1000);
		goes(started);
		// What is stored says so, but not for long.
		const told = waiting(started);
		expect(told.times).toBe(0);
		await started.pass(0);
		await started.pass(1000);
		expect([told.times, started.stored.get("d")?.isOnline]).toEqual([1, false]);
	});

	test("waits for a disk that fails, which is tried each second", async () => {
		const started = await begun();
		started.breakDisk(true);
		comes(started);
		const told = waiting(started);
		for (let n = 0; n < 10; n++) await started.pass(1000);
		expect([told.times, started.saves.length]).toEqual([0, 10]);
		started.breakDisk(false);
		await started.pass(1000);
		expect(told.times).toBe(1);
	});

	test("is told when nothing is counted of the device any more", async () => {
		for (const end of ["forget", "registered", "leave"] as const) {
			const started = await begun();
			comes(started);
			const told = waiting(started);
			if (end === "leave") await started.expiry.leave(["d"], true);
			else started.expiry[end]("d");
			expect(told.times).toBe(1);
		}
	});
});

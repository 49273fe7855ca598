import { describe, expect, test } from "bun:test";
import { IDLE_MS, Sessions } from "../../src/auth/sessions.ts";

describe("sessions of the live page", () => {
	const admin = { kind: "admin", name: "boss", stamp: "hash" } as const;
	const make = () => {
		const state = { now: 0, holds: true };
		const sessions = new Sessions(
			() => state.holds,
			() => state.now,
		);
		return { state, sessions, secret: sessions.begin(admin) };
	};

	test("are found by their secret until they end", () => {
		const { sessions, secret } = make();
		expect(sessions.find(secret)).toBe(admin);
		expect(sessions.find(`${secret}x`)).toBeUndefined();
		sessions.end(secret);
		expect(sessions.find(secret)).toBeUndefined();
	});

	test("end after a day without use, and after a week in any case", () => {
		const idle = make();
		idle.state.now = IDLE_MS + 1;
		expect(idle.sessions.find(idle.secret)).toBeUndefined();
		const busy = make();
		for (let day = 1; day <= 7; day++) {
			busy.state.now = day * IDLE_MS;
			expect(busy.sessions.find(busy.secret)).toBe(admin);
		}
		busy.state.now += 1;
		expect(busy.sessions.find(busy.secret)).toBeUndefined();
	});

	test("end with their admin's login, for good", () => {
		const { state, sessions, secret } = make();
		state.holds = false;
		expect(sessions.find(secret)).toBeUndefined();
		state.holds = true;
		expect(sessions.find(secret)).toBeUndefined();
	});

	test("are limited; the least recently used one is evicted", () => {
		const { sessions, secret } = make();
		const second = sessions.begin(admin);
		expect(sessions.find(secret)).toBe(admin);
		for (let n = 0; n < 999; n++) sessions.begin(admin);
		expect(sessions.find(second)).toBeUndefined();
		expect(sessions.find(secret)).toBe(admin);
	});

	test("are listed to their person, who ends one or all others; ids do not let in", () => {
		const { state, sessions, secret } = make();
		const second = sessions.begin(admin);
		const stranger = sessions.begin({ ...admin, name: "other" });
		state.now = 5000;
		sessions.find(secret);
		const listed = sessions.listOf("boss", secret);
		expect(listed.map(({ is_this }) => is_this)).toEqual([true, false]);
		const [own, old] = listed;
		expect([(own?.seen ?? 0) - (own?.since ?? 0), (old?.seen ?? 0) - (old?.since ?? 0)]).toEqual([
			5, 0,
		]);
		expect(sessions.find(old?.id ?? "")).toBeUndefined();
		expect(sessions.endOf("other", old?.id, stranger)).toBe(0);
		expect(sessions.endOf("boss", old?.id, secret)).toBe(1);
		expect(sessions.find(second)).toBeUndefined();
		sessions.begin(admin);
		expect(sessions.endOf("boss", undefined, secret)).toBe(1);
		expect([sessions.find(secret), sessions.find(stranger)?.name]).toEqual([admin, "other"]);
		expect(sessions.listOf("boss", undefined)).toHaveLength(1);
	});

	test("go on with another server of the process, as far as their logins hold there", () => {
		const { sessions, secret } = make();
		const gone = sessions.begin({ ...admin, name: "gone" });
		const next = new Sessions(
			({ name }) => name === "boss",
			() => 0,
		);
		next.adopt(sessions);
		expect([next.find(secret), next.find(gone)]).toEqual([admin, undefined]);
	});
});

import { beforeEach, describe, expect, test } from "bun:test";
import { TooManyRequests } from "../../../src/ccm/projects/refusal.ts";
import { AccountRate } from "../../../src/ccm/service/account-rate.ts";
import { GuiAdapter } from "../../../src/ccm/service/gui-adapter.ts";
import type { Person } from "../../../src/ccm/service/operation.ts";
import { ADMIN, Office, OTHER, TEACHER } from "../support/office.ts";

let now: number;
let perSecond: number;
let rate: AccountRate;
beforeEach(() => {
	now = 0;
	perSecond = 5;
	const limit = {
		get perSecond() {
			return perSecond;
		},
	};
	rate = new AccountRate(limit, () => now);
});

/** How many of so many operations are accepted. */
function accepted(person: Person, count: number): number {
	let done = 0;
	for (let n = 0; n < count; n++) {
		try {
			rate.take(person);
			done += 1;
		} catch (error) {
			expect(error).toBeInstanceOf(TooManyRequests);
		}
	}
	return done;
}

describe("rate of an account", () => {
	test("is ten seconds' worth at once, then so many per second; others are not concerned", () => {
		expect(accepted(TEACHER, 60)).toBe(50);
		expect(accepted(OTHER, 60)).toBe(50);
		now += 1000;
		expect(accepted(TEACHER, 60)).toBe(5);
		now += 3_600_000;
		expect(accepted(TEACHER, 60)).toBe(50);
	});

	test("is ten times as high for administrators", () => {
		expect(accepted(ADMIN, 600)).toBe(500);
		now += 1000;
		expect(accepted(ADMIN, 600)).toBe(50);
	});

	test("has no limit at 0, and follows a reload", () => {
		perSecond = 0;
		expect(accepted(TEACHER, 1000)).toBe(1000);
		perSecond = 1;
		expect(accepted(TEACHER, 1000)).toBe(10);
	});

	test("forgets quiet accounts, and not those that have just asked", () => {
		for (let u_id = 0; u_id < 1001; u_id++) accepted({ ...TEACHER, u_id }, 1);
		expect(accepted(TEACHER, 60)).toBe(49);
		now += 11_000;
		expect(accepted(TEACHER, 60)).toBe(50);
		expect(accepted(OTHER, 60)).toBe(50);
	});

	test("says when to come back, over REST and to pages, and changes nothing", async () => {
		const office = await Office.open(false);
		office.onRequest = (person) => rate.take(person);
		expect(accepted(TEACHER, 50)).toBe(50);
		const refused = await office.rest(TEACHER, "PUT", "/project", { p_name: "one too many" });
		expect(refused).toEqual({
			status: 429,
			retryAfter: 1,
			body: { state: "error", reason: "too many requests: wait 1 s" },
		});
		const reply = await new GuiAdapter(office.service).answer({ op: "get_project_list" }, TEACHER);
		expect(reply).toMatchObject({ state: "error", msg: "too many requests: wait 1 s" });
		now += 1000;
		const { data } = await office.ok(TEACHER, "GET", "/project");
		expect(data).toEqual([]);
	});
});

import { expect, test } from "bun:test";
import {
	memberCookies,
	pageCookie,
	pageOf,
	passwordIn,
	seatIn,
} from "../../../src/ccm/http/join-cookies.ts";
import { RequestHeaders } from "../../../src/http/request-headers.ts";
import { uuid } from "../support/documents.ts";

const OPEN = { isEncrypted: false, port: 9992 };
const SECURE = { isEncrypted: true, port: 9993 };
const asked = (cookie: string, listener = OPEN) => ({
	headers: new RequestHeaders(["Cookie", cookie]),
	listener,
});
const shown = (cookies: readonly string[]) => cookies.map((one) => one.split(";", 1)[0]).join("; ");
const SEAT = { da_id: uuid(7), password: "p-_w" };

test("a phone that joined over HTTPS shows its password there alone", () => {
	const at = { prefix: "/csm", listener: SECURE };
	const cookies = memberCookies(at, 5, SEAT);
	expect(cookies).toHaveLength(2);
	for (const one of cookies) {
		expect(one).toContain("Secure");
		expect(one).toContain("HttpOnly");
		expect(one).toContain("SameSite=Strict");
	}
	expect(cookies[0]).toContain(`Path=/csm/da/${uuid(7)}`);
	expect(cookies[1]).toContain("Path=/csm/join");
});

test("what was set is found again", () => {
	const at = { prefix: "", listener: OPEN };
	const page = "A".repeat(22);
	const set = [...memberCookies(at, 5, SEAT), pageCookie(at, page)];
	expect(set.join()).not.toContain("Secure");
	const call = asked(shown(set));
	expect(passwordIn(call)).toBe(SEAT.password);
	expect(seatIn(call, 5)).toEqual(SEAT);
	expect(seatIn(call, 6)).toBeUndefined();
	expect(pageOf(call)).toBe(page);
});

test("a phone that went to HTTPS is known there, and here still when it comes back", () => {
	const here = memberCookies({ prefix: "", listener: OPEN }, 5, SEAT);
	const there = asked(shown(here), SECURE);
	expect([passwordIn(there), seatIn(there, 5)]).toEqual([SEAT.password, SEAT]);
	const secure = memberCookies({ prefix: "", listener: SECURE }, 5, SEAT);
	// Of one name and path browsers keep one, and show none that is Secure to a page without encryption.
	const kept = here.filter((one) => !secure.some((two) => nameOf(two) === nameOf(one)));
	const back = asked(shown(kept));
	expect([passwordIn(back), seatIn(back, 5)]).toEqual([SEAT.password, SEAT]);
	const other = { da_id: uuid(8), password: "new" };
	const both = [...here, ...memberCookies({ prefix: "", listener: SECURE }, 5, other)];
	expect(seatIn(asked(shown(both), SECURE), 5)).toEqual(other);
});

const nameOf = (cookie: string) => cookie.split("=", 1)[0];

test.each(["", "iottalk-join=short; iottalk-seat-5=x", `iottalk-seat-5=${uuid(7)}`, "=;;=%"])(
	"%p is no one",
	(cookie) => {
		const call = asked(cookie);
		expect(pageOf(call)).toBeUndefined();
		expect(seatIn(call, 5)).toBeUndefined();
		expect(passwordIn(call)).toBeUndefined();
	},
);

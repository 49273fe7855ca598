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

const asked = (cookie: string) => ({ headers: new RequestHeaders(["Cookie", cookie]) });
const SEAT = { da_id: uuid(7), password: "p-_w" };

test("a phone that joined over HTTPS shows its password there alone", () => {
	const at = { base: "https://192.0.2.7:9993/csm", door: { isEncrypted: true, port: 9993 } };
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
	const at = { base: "http://192.0.2.7:9992", door: { isEncrypted: false, port: 9992 } };
	const page = "A".repeat(22);
	const set = [...memberCookies(at, 5, SEAT), pageCookie(at, page)];
	expect(set.join()).not.toContain("Secure");
	const call = asked(set.map((one) => one.split(";", 1)[0]).join("; "));
	expect(passwordIn(call)).toBe(SEAT.password);
	expect(seatIn(call, 5)).toEqual(SEAT);
	expect(seatIn(call, 6)).toBeUndefined();
	expect(pageOf(call)).toBe(page);
});

test.each(["", "iottalk-join=short; iottalk-seat-5=x", `iottalk-seat-5=${uuid(7)}`, "=;;=%"])(
	"%p is no one",
	(cookie) => {
		const call = asked(cookie);
		expect(pageOf(call)).toBeUndefined();
		expect(seatIn(call, 5)).toBeUndefined();
		expect(passwordIn(call)).toBeUndefined();
	},
);

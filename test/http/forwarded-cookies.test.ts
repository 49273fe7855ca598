import { expect, test } from "bun:test";
import { ForwardedCookies } from "../../src/http/forwarded-cookies.ts";

const cookies = new ForwardedCookies(() => "gui-7788-", false);

test("cookies of the other server have names of this one, and no other is shown to it", () => {
	const set = "iottalk-9992=abc; Path=/; HttpOnly; SameSite=Strict; Max-Age=7; Secure; Domain=ccm";
	expect(cookies.answered(set)).toBe(
		"gui-7788-iottalk-9992=abc; Path=/; HttpOnly; SameSite=Strict; Max-Age=7",
	);
	const sent = "iottalk-9992=mine; gui-7788-iottalk-9992=abc; gui-1-iottalk-9992=x;gui-7788-b=c=d";
	expect(cookies.asked(sent)).toBe("iottalk-9992=abc; b=c=d");
	expect(cookies.asked(null)).toBe("");
});

test("where browsers come encrypted, cookies are for that alone", () => {
	const encrypted = new ForwardedCookies(() => "g-", true);
	expect(encrypted.answered("a=b; Path=/")).toBe("g-a=b; Path=/; Secure");
	expect(encrypted.answered("a=b; secure")).toBe("g-a=b; Secure");
});

import { expect, test } from "bun:test";
import { ForwardedCookies } from "../../src/http/forwarded-cookies.ts";

const cookies = new ForwardedCookies(({ port }) => `gui-${port}-`);
const plain = { isEncrypted: false, port: 7788 };

test("cookies of the other server have names of this one, and no other is shown to it", () => {
	const set = "iottalk-9992=abc; Path=/; HttpOnly; SameSite=Strict; Max-Age=7; Secure; Domain=ccm";
	expect(cookies.answered(set, plain)).toBe(
		"gui-7788-iottalk-9992=abc; Path=/; HttpOnly; SameSite=Strict; Max-Age=7",
	);
	const sent = "iottalk-9992=mine; gui-7788-iottalk-9992=abc; gui-1-iottalk-9992=x;gui-7788-b=c=d";
	expect(cookies.asked(sent, plain)).toBe("iottalk-9992=abc; b=c=d");
	expect(cookies.asked(null, plain)).toBe("");
});

test("where browsers come encrypted, cookies are for that alone", () => {
	const encrypted = { isEncrypted: true, port: 9993 };
	expect(cookies.answered("a=b; Path=/", encrypted)).toBe("gui-9993-a=b; Path=/; Secure");
	expect(cookies.answered("a=b; secure", encrypted)).toBe("gui-9993-a=b; Secure");
	expect(cookies.asked("gui-7788-a=b; gui-9993-a=c", encrypted)).toBe("a=c");
});

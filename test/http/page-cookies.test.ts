import { expect, test } from "bun:test";
import { cookieAt, cookieIn } from "../../src/http/page-cookies.ts";
import { RequestHeaders } from "../../src/http/request-headers.ts";

const at = (isEncrypted: boolean, cookie: string) => ({
	headers: new RequestHeaders(["Cookie", cookie]),
	listener: { isEncrypted, port: 9992 },
});

test("a cookie has another name where it is encrypted, and is found there by both", () => {
	expect(cookieAt({ isEncrypted: false }, "a")).toBe("a");
	expect(cookieAt({ isEncrypted: true }, "a")).toBe("a-tls");
	expect(cookieIn(at(true, "a=1; a-tls=2"), "a")).toBe("2");
	expect(cookieIn(at(true, "a=1"), "a")).toBe("1");
	expect(cookieIn(at(false, "a=1; a-tls=2"), "a")).toBe("1");
	expect(cookieIn(at(false, "a-tls=2"), "a")).toBeUndefined();
});

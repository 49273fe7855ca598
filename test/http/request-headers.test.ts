import { describe, expect, test } from "bun:test";
import { RequestHeaders } from "../../src/http/request-headers.ts";

describe("header fields of a request", () => {
	const headers = new RequestHeaders([
		...["Host", "a", "ACCEPT", "text/html", "accept", "*/*"],
		...["Cookie", "a=1", "Cookie", "b=2", "X-Empty", ""],
	]);

	test("are found in any case", () => {
		expect(headers.get("host")).toBe("a");
		expect(headers.get("origin")).toBeNull();
		expect(headers.get("x-empty")).toBe("");
	});

	test("of one name are joined, cookies by a semicolon", () => {
		expect(headers.get("accept")).toBe("text/html, */*");
		expect(headers.get("cookie")).toBe("a=1; b=2");
	});

	test("tell whether one came more than once", () => {
		expect(headers.isRepeated("accept")).toBe(true);
		expect(headers.isRepeated("host")).toBe(false);
		expect(headers.isRepeated("origin")).toBe(false);
	});
});

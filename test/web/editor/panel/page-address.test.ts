import { expect, test } from "bun:test";
import { pageAddress } from "../../../../src/web/editor/panel/page-address.ts";

test.each([
	["https://example.org/setup", "https://example.org/setup"],
	["HTTP://192.168.1.4:8080", "http://192.168.1.4:8080/"],
])("%p is a page of the web", (text, address) => {
	expect(pageAddress(text)).toBe(address);
});

test.each([
	undefined,
	"",
	"setup.html",
	"javascript:alert(1)",
	" javascript:alert(1)",
	"data:text/html,x",
	"https://",
	"http:/x y",
])("%p is none", (text) => {
	expect(pageAddress(text)).toBeUndefined();
});

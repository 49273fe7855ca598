import { expect, test } from "bun:test";
import {
	isOnlyHere,
	sheetAddress,
} from "../../../../../src/web/editor/screens/people/sheet-address.ts";

const here = "http://127.0.0.1:9992/gui/#/people?task=class";
const reached = { addresses: ["http://192.0.2.7:9992"], local_only: false };

test("the sheet has an address that means the server on other machines too", () => {
	expect(sheetAddress(here, reached)).toBe("http://192.0.2.7:9992/gui/");
	const prefixed = "https://localhost:8443/csm/gui/#/people";
	expect(sheetAddress(prefixed, reached)).toBe("https://192.0.2.7:8443/csm/gui/");
	expect(sheetAddress("https://iot.example/gui/", reached)).toBe("https://iot.example/gui/");
	expect(sheetAddress(here, undefined)).toBe("http://127.0.0.1:9992/gui/");
	expect(sheetAddress("http://[::1]:9992/gui/", reached)).toBe("http://192.0.2.7:9992/gui/");
});

test("a server that only its own machine reaches is told from one behind a proxy", () => {
	const local = { addresses: [], local_only: true };
	expect(isOnlyHere(here, local)).toBe(true);
	expect(isOnlyHere("https://iot.example/gui/", local)).toBe(false);
	expect(isOnlyHere(here, undefined)).toBe(false);
});

import { expect, test } from "bun:test";
import { PageDevices } from "../../../src/csm/devices/page-devices.ts";

const offline = () => false;

test("pages may register 60 times a minute, the same device included", () => {
	let now = 1000;
	const pages = new PageDevices(() => now);
	for (let count = 0; count < 60; count++) {
		pages.enter(`d${count % 3}`, offline);
		now += 500;
	}
	expect(() => pages.enter("d0", offline)).toThrow("at most 60 a minute");
	now = 1000 + 59_999;
	expect(() => pages.enter("d0", offline)).toThrow("at most 60 a minute");
	now = 1000 + 60_000;
	pages.enter("d0", offline);
	expect(() => pages.enter("d0", offline)).toThrow("at most 60 a minute");
});

test("the 201st device takes the place of the one that is away the longest, never of one that is online", () => {
	let now = 0;
	const pages = new PageDevices(() => now);
	for (let count = 0; count < 200; count++) pages.add(`d${count}`);
	pages.wentAway("d0");
	pages.remove("d1");
	const enter = (id: string, isOnline: (id: string) => boolean = offline) => {
		now += 1000;
		return pages.enter(id, isOnline);
	};
	expect(enter("new")).toBeUndefined();
	expect(enter("new")).toBeUndefined();
	expect(enter("newer", (id) => id === "d2")).toBe("d3");
	expect(() => enter("newest", () => true)).toThrow("200 are online already");
	expect(enter("newest", (id) => !["d0", "new"].includes(id))).toBe("d0");
});

import { expect, test } from "bun:test";
import { hashOf, placeOf } from "../../../src/web/editor/routes.ts";

test("a list keeps in the address what it is narrowed down to", () => {
	const place = { screen: "audit", query: { project: "3", user: "王 小明&?" } } as const;
	expect(placeOf(hashOf(place))).toEqual(place);
	expect(placeOf("#/?task=new")).toEqual({ screen: "projects", query: { task: "new" } });
	expect(hashOf({ screen: "people" })).toBe("#/people");
	expect(placeOf("#/people?")).toEqual({ screen: "people" });
});

test("other screens have no query", () => {
	expect(placeOf("#/p/12?x=1")).toEqual({ screen: "project", pId: 12 });
});

test("devices, models and adding a device have one too", () => {
	for (const place of [
		{ screen: "devices", query: { show: "free", q: "燈" } },
		{ screen: "devices", macAddr: "df682f01-7c3a-49fd-8f5f-72ce0b6e68c0", query: { q: "x" } },
		{ screen: "models", tab: "lists" },
		{ screen: "models", tab: "features", id: 4, query: { q: "temp" } },
		{ screen: "add-device", pId: 12, query: { model: "3" } },
	] as const) {
		expect(placeOf(hashOf(place))).toEqual(place);
	}
});

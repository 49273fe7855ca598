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

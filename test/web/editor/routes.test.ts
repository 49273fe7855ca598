import { describe, expect, test } from "bun:test";
import { hashOf, type Place, placeOf } from "../../../src/web/editor/routes.ts";

const MAC = "01234567-89ab-4def-8123-456789abcdef";

const PLACES: readonly (readonly [string, Place])[] = [
	["#/", { screen: "projects" }],
	["#/p/12", { screen: "project", pId: 12 }],
	["#/p/12/log", { screen: "project", pId: 12, selection: { kind: "log" } }],
	["#/p/12/block/3", { screen: "project", pId: 12, selection: { kind: "block", id: 3 } }],
	["#/p/12/port/4", { screen: "project", pId: 12, selection: { kind: "port", id: 4 } }],
	["#/p/12/join/5", { screen: "project", pId: 12, selection: { kind: "join", id: 5 } }],
	["#/p/12/wire/5/4", { screen: "project", pId: 12, selection: { kind: "wire", id: 5, dfoId: 4 } }],
	["#/p/12/add", { screen: "add-device", pId: 12 }],
	["#/add", { screen: "add-device" }],
	["#/f/9", { screen: "functions", fnId: 9 }],
	[`#/d/${MAC}`, { screen: "devices", macAddr: MAC }],
	["#/m/features/2", { screen: "models", tab: "features", id: 2 }],
	["#/account", { screen: "account" }],
	["#/setup/a%2Fb", { screen: "setup", key: "a/b" }],
];

describe("places of the editor", () => {
	test.each(PLACES)("%s is a place, and the address of it", (hash, place) => {
		expect(placeOf(hash)).toMatchObject(place);
		expect(hashOf(place)).toBe(hash);
	});

	test.each(["#/x", "#/p/0", "#/p/1e9", "#/p/-1", "#/f/9/9", "#/setup/%zz", "#/d/12", "#//"])(
		"%s is none",
		(hash) => {
			expect(placeOf(hash)).toEqual({ screen: "unknown" });
		},
	);

	test("without a fragment it is the list of projects", () => {
		for (const hash of ["", "#", "#/"]) expect(placeOf(hash).screen).toBe("projects");
	});
});

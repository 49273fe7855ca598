import { expect, test } from "bun:test";
import { readPath } from "../../../src/csm/v1/paths.ts";

const feature = (mac: string, name: string) => ({ kind: "feature", mac, feature: name });
const NOTHING = { kind: "nothing" };

test.each([
	["/M", { kind: "device", mac: "M" }],
	["//M/", { kind: "device", mac: "M" }],
	["http://server:9999//M//Dummy_Control", feature("M", "Dummy_Control")],
	["/a%20b/%E6%BA%AB?x=1", feature("a b", "溫")],
	["/a%2520b/f", feature("a%20b", "f")],
	["/tree", { kind: "tree" }],
	["/tree/f", NOTHING],
	["/get_alias/M/f", { kind: "get-alias", mac: "M", feature: "f" }],
	["/set_alias/M/f/alias?name=a+b%26", { kind: "set-alias", mac: "M", feature: "f", name: "a b&" }],
	["/set_alias/M/f/alias", { kind: "set-alias", mac: "M", feature: "f", name: "" }],
	["/get_alias/M", NOTHING],
	["/da/Bulb/", { kind: "page", path: "Bulb/" }],
	["/da/Bulb/index.html", { kind: "page", path: "Bulb/index.html" }],
	["/da", { kind: "page", path: "" }],
	["/", NOTHING],
	["", NOTHING],
	["/dfm/1/2", NOTHING],
	["/list_all", NOTHING],
	["/favicon.ico", NOTHING],
	["/M/f/more", NOTHING],
	["/%zz", NOTHING],
	["/a%2Fb", NOTHING],
	[`/${"m".repeat(129)}`, NOTHING],
] as const)("%s is about %j", (target, place) => {
	expect<unknown>(readPath(target)).toEqual({ token: undefined, place });
});

test("a registration token may stand before everything", () => {
	expect<unknown>(readPath("/token/t/M/f")).toEqual({ token: "t", place: feature("M", "f") });
	expect<unknown>(readPath("/token/t/tree")).toEqual({ token: "t", place: { kind: "tree" } });
	expect<unknown>(readPath("/token/t")).toEqual({ token: "t", place: NOTHING });
});

import { describe, expect, test } from "bun:test";
import { Type } from "@sinclair/typebox";
import { composeSections, sectionValues } from "../../src/config/compose.ts";
import { count, oneOf, reloadable, section } from "../../src/config/section.ts";
import { InvariantError } from "../../src/kit/errors.ts";

const LAMPS = section("lamps", "lamps", "Lamps.", {
	most: reloadable(count(3, "Lamps there may be.")),
	colour: oneOf(["red", "blue"], "Their colour."),
});
const BELLS = section(
	"bells",
	"bells",
	"Bells.",
	{ first: Type.Integer({ default: 1 }), last: Type.Integer({ default: 9 }) },
	({ first, last }) =>
		first > last ? { key: "last", text: `is before first (${first})` } : undefined,
);

describe("sections of modules", () => {
	const ini = composeSections([LAMPS, BELLS]);

	test("are read and written between the shared ones, each value of its type", () => {
		const { lamps, bells, core } = ini.parse("x.ini", "[lamps]\ncolour = blue\n", "/home/pi");
		const colour: "red" | "blue" = lamps.colour;
		expect([colour, lamps.most + bells.first, core["http-port"]]).toEqual(["blue", 4, 9992]);
		expect(ini.sections.map(({ name }) => name)).toEqual(["core", "lamps", "bells", "log"]);
		expect(ini.sample()).toContain("# Lamps.\n[lamps]\n# Lamps there may be.\n");
	});

	test("that have one name fail at once, with both modules' names", () => {
		const twin = section("chandeliers", "lamps", "Lamps too.", {});
		expect(() => composeSections([LAMPS, BELLS, twin])).toThrow(
			new InvariantError(
				'modules "lamps" and "chandeliers" both have an ini section: [lamps] and [lamps]',
			),
		);
	});

	test.each(["core", "log", "LAMPS", "Core"])("cannot be called [%s] either", (name) => {
		expect(() => composeSections([LAMPS, section("x", name, "X.", {})])).toThrow(/and "x" both/);
	});

	test("of a module that joins later are read by that module, and clash as others do", () => {
		const { core } = composeSections([]).defaults();
		const joined = composeSections([BELLS]).with([LAMPS]);
		const config = joined.parse("x.ini", "[lamps]\nmost = 5\n");
		expect(sectionValues(config, LAMPS)).toEqual({ most: 5, colour: "red" });
		expect(() => sectionValues({ core }, LAMPS)).toThrow(InvariantError);
		expect(() => joined.with([BELLS])).toThrow(/"bells" and "bells" both/);
	});

	test("look at their values together, and name the line of the key", () => {
		expect(() => ini.parse("x.ini", "[bells]\nfirst = 5\nlast = 4\n")).toThrow(
			'Cannot use "x.ini", line 3: "last" in [bells] is before first (5)',
		);
	});

	test("of a module that does not run are left alone", () => {
		expect(composeSections([]).parse("x.ini", "[lamps]\ncolour = green\n")).toEqual(
			composeSections([]).defaults(),
		);
	});

	test("at a reload give up what may change while the server runs, and no more", () => {
		const before = ini.parse("x.ini", "");
		const after = ini.parse("x.ini", "[lamps]\ncolour = blue\nmost = 7\n");
		expect(ini.changedKeys(before, after).map(({ key }) => key)).toEqual(["most", "colour"]);
		expect(ini.withReloadable(before, after).lamps).toEqual({ colour: "red", most: 7 });
	});
});

describe("a key with a new name", () => {
	const ini = composeSections([
		section("lamps", "lamps", "Lamps.", { most: { ...count(3, "Lamps."), formerly: "number" } }),
	]);

	test("is still read by its old one; where both are, the new one counts", () => {
		expect(ini.parse("x.ini", "[lamps]\nnumber = 4\n").lamps.most).toBe(4);
		expect(ini.parse("x.ini", "[lamps]\nnumber = 4\nmost = 5\n").lamps.most).toBe(5);
		expect(() => ini.parse("x.ini", "[lamps]\n\nnumber = no\n")).toThrow(
			'line 3: "number" in [lamps]',
		);
	});
});

describe("a key that moved to another section", () => {
	const ini = composeSections([
		section("rooms", "rooms", "Rooms.", { most: { ...count(9, "Old."), hidden: true } }),
		section("lamps", "lamps", "Lamps.", { most: { ...count(3, "Lamps."), formerlyIn: "rooms" } }),
	]);

	test("is still read where it was; where both are, the new one counts", () => {
		expect(ini.parse("x.ini", "[rooms]\nmost = 4\n").lamps.most).toBe(4);
		expect(ini.parse("x.ini", "[rooms]\nmost = 4\n[lamps]\nmost = 5\n").lamps.most).toBe(5);
		expect(ini.parse("x.ini", "").lamps.most).toBe(3);
	});
});

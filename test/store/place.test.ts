import { expect, test } from "bun:test";
import { shownUrl } from "../../src/store/place.ts";

test.each([
	"postgres://ann:geheim@h/x",
	"mysql://ann:geheim@h/x",
	"//ann:geheim@h/x",
	"ann:geheim@h/x",
	"ann:ge@geheim:#@h/x",
	"postgres:/ann:1/geheim@h/x",
	"postgres://ann:1\ngeheim@h/x",
	"postgres://ann@h/x?password=geheim",
	"postgres://ann@h/x?sslmode=disable&PASSWD=geheim",
])("the password of %j is not shown", (url) => {
	expect(shownUrl(url)).not.toContain("geheim");
	expect(shownUrl(url)).toContain("h/x");
});

test("an address without one is shown as it is, unless it is very long", () => {
	for (const url of ["postgres://ann@db.example:5432/x?sslmode=verify-full", "iottalk.db", ""]) {
		expect(shownUrl(url)).toBe(url);
	}
	expect(shownUrl(`postgres://h/${"x".repeat(60_000)}`).length).toBeLessThan(400);
});

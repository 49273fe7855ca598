import { expect, test } from "bun:test";
import { isInTheWay, SilentError, troubleOf } from "../../../src/store/postgres/failures.ts";

/** As the driver throws what PostgreSQL says. */
const said = (state: string) => Object.assign(new Error("so it says"), { errno: state });

test.each([
	["53100", "the disk of its database is full (so it says)"],
	["53300", "its database has too many connections (so it says)"],
	["53200", "its database is out of resources (so it says)"],
	["25006", "its database takes no changes at the moment (so it says)"],
	["40001", "its database cancelled the change (so it says)"],
	["57014", "its database cancelled the change (so it says)"],
	["58030", "its database has an error of its system (so it says)"],
	["XX001", "its database has an internal error (so it says)"],
	["28P01", "its database refuses the login (so it says)"],
	["57P03", "its database is starting or stopping"],
	["57P01", "the connection to its database was lost"],
	["23505", undefined],
])("of state %s the trouble is: %s", (state, trouble) => {
	expect(troubleOf(said(state))).toBe(trouble);
});

test("no answer is the database's trouble, other errors are not", () => {
	expect(troubleOf(new SilentError("no answer"))).toBe("its database does not answer");
	expect(troubleOf(new TypeError("a mistake of ours"))).toBeUndefined();
});

test("what another transaction came in the way of may be done again, and nothing else", () => {
	const states = ["40P01", "40001", "40002", "57014", "55P03", "23505"];
	expect(states.map((state) => isInTheWay(said(state)))).toEqual([
		...[true, true, false],
		...[false, false, false],
	]);
});

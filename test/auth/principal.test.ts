import { expect, test } from "bun:test";
import {
	ANYONE,
	isUnrestricted,
	nameOf,
	ownerOf,
	type Principal,
} from "../../src/auth/principal.ts";

const stamp = "";
test.each<[Principal, string, string, boolean]>([
	[ANYONE, "anyone", "admins", true],
	[{ kind: "admin", name: "boss", stamp }, "boss", "admins", true],
	[{ kind: "device", id: "d-1", stamp }, "d-1", "d-1", false],
	[{ kind: "person", id: 7, name: "x", role: "student", stamp }, "x", "person 7", false],
	[{ kind: "service", name: "x", stamp }, "x", "service x", false],
])("%p has a name, an owner and its restrictions", (principal, name, owner, mayAll) => {
	expect([nameOf(principal), ownerOf(principal), isUnrestricted(principal)]).toEqual([
		name,
		owner,
		mayAll,
	]);
});

import { describe, expect, test } from "bun:test";
import { Auth } from "../../src/auth/auth.ts";
import { ANYONE, LOCAL, type Principal } from "../../src/auth/principal.ts";
import { hashPassword } from "../../src/auth/secrets.ts";
import { quietLog } from "../support/log.ts";

const user = { name: "a b", hash: "new", createdAt: 0 };
const authOf = (isOn: boolean) =>
	new Auth(isOn, {
		accounts: {
			refresh: async () => {},
			isOutdated: () => false,
			user: (name) => (name === user.name ? user : undefined),
			tokenByHash: () => undefined,
		},
		secretHashOf: (id) => ({ known: "hash", "without secret": null })[id],
		log: quietLog,
	});
const on = authOf(true);
const off = authOf(false);
const admin: Principal = { kind: "admin", name: user.name, stamp: "old" };
const device = (id: string): Principal => ({ kind: "device", id, stamp: "old" });

const person: Principal = { kind: "person", name: user.name, role: "teacher", stamp: "old" };
const student: Principal = { kind: "person", name: user.name, role: "student", stamp: "old" };
const service: Principal = { kind: "service", name: "ccm", stamp: "" };

describe("a login after a restart", () => {
	test("exists while its account does, with the current password", () => {
		expect(on.recall(on.remember(admin))).toEqual({ ...admin, stamp: "new" });
		expect(on.recall(on.remember(device("known")))).toEqual({ ...device("known"), stamp: "hash" });
		expect(on.recall(on.remember({ ...admin, name: "gone" }))).toBeUndefined();
		for (const id of ["gone", "without secret"]) {
			expect(on.recall(on.remember(device(id)))).toBeUndefined();
			expect(off.recall(off.remember(device(id)))).toBeUndefined();
		}
	});

	test.each<[string, Principal, Principal | undefined]>([
		["the command line", LOCAL, LOCAL],
		["an admin", admin, { ...admin, stamp: "new" }],
		["a device", device("known"), { ...device("known"), stamp: "hash" }],
		["a teacher", person, { ...person, stamp: "new" }],
		["a student", student, { ...student, stamp: "new" }],
		["a person without an account", { ...person, name: "gone" }, undefined],
		["a service", service, service],
	])("of %s is recalled as it was remembered, or not at all", (_, principal, expected) => {
		expect(on.recall(on.remember(principal))).toEqual(expected);
		expect(off.recall(on.remember(principal))).toBe(ANYONE);
	});

	test("made without logins is gone once they are on, and that of a page's device is the device's", () => {
		expect(on.recall(off.remember(ANYONE))).toBeUndefined();
		expect(on.recall(off.remember(device("known")))).toMatchObject({ id: "known" });
		expect(off.recall(off.remember(device("known")))).toMatchObject({ id: "known" });
	});

	test("made with logins is anyone's while they are off", () => {
		for (const one of [admin, { ...admin, name: "gone" }, device("known"), device("gone")]) {
			expect(off.recall(on.remember(one))).toBe(ANYONE);
		}
	});

	test("in a form that is never written does not exist", () => {
		for (const text of [
			...["", "user", "user ", "admin a b", "device", "users a b"],
			...["person a b", "teacher", "student ", "service", "service "],
		]) {
			expect(on.recall(text)).toBeUndefined();
		}
	});
});

test("a user that is removed while the password is checked does not get in", async () => {
	const hash = await hashPassword("a long word");
	let isThere = true;
	let asked = 0;
	const auth = new Auth(true, {
		accounts: {
			refresh: async () => {
				asked += 1;
				if (asked > 1) isThere = false;
			},
			isOutdated: () => false,
			user: (name) => (isThere ? { name, hash, createdAt: 0 } : undefined),
			tokenByHash: () => undefined,
		},
		secretHashOf: () => undefined,
		log: quietLog,
	});
	expect(await auth.login("ann", "a long word", "here")).toEqual({ kind: "refused" });
});

test("a login is not surely valid while the accounts are not up to date, unless it needs none", () => {
	let isOutdated = false;
	const auth = new Auth(true, {
		accounts: {
			refresh: async () => {},
			isOutdated: () => isOutdated,
			user: (name) => (name === user.name ? user : undefined),
			tokenByHash: () => undefined,
		},
		secretHashOf: (id) => ({ known: "hash" })[id],
		log: quietLog,
	});
	const current: Principal = { kind: "admin", name: user.name, stamp: user.hash };
	const known: Principal = { kind: "device", id: "known", stamp: "hash" };
	const surely = () =>
		[current, admin, known, device("known"), ANYONE, LOCAL].map((one) => auth.isSurelyCurrent(one));
	expect(surely()).toEqual([true, false, true, false, true, true]);
	isOutdated = true;
	expect(surely()).toEqual([false, false, true, false, true, true]);
});

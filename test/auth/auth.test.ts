import { beforeEach, describe, expect, test } from "bun:test";
import { Auth } from "../../src/auth/auth.ts";
import { ANYONE, LOCAL, type Principal } from "../../src/auth/principal.ts";
import { hashOf, hashPassword } from "../../src/auth/secrets.ts";
import type { UserRecord } from "../../src/store/mod.ts";
import { quietLog } from "../support/log.ts";

const known = { id: 1, hash: "new", email: null, sub: null, isActive: true, createdAt: 0 };
const users: readonly UserRecord[] = [
	{ name: "a b", role: "admin", ...known },
	{ name: "t", role: "teacher", ...known },
	{ name: "s", role: "student", ...known },
	{ name: "away", role: "teacher", ...known, isActive: false },
];
const named = (name: string) => users.find((one) => one.name === name);
const secrets = {
	tokenByHash: () => undefined,
	service: (name: string) =>
		name === "ccm" ? { name, hash: hashOf("drawn"), createdAt: 0 } : undefined,
};
const accounts = {
	refresh: async () => {},
	refreshSurely: async () => {},
	isOutdated: () => false,
	user: named,
	...secrets,
};
const authOf = (isOn: boolean) =>
	new Auth(isOn, {
		accounts,
		secretHashOf: (id) => ({ known: "hash", "without secret": null })[id],
		log: quietLog,
	});
const on = authOf(true);
const off = authOf(false);
const admin: Principal = { kind: "admin", name: "a b", stamp: "old" };
const device = (id: string): Principal => ({ kind: "device", id, stamp: "old" });

const person: Principal = { kind: "person", id: 1, name: "t", role: "teacher", stamp: "old" };
const student: Principal = { ...person, name: "s", role: "student" };
const service: Principal = { kind: "service", name: "ccm", stamp: hashOf("drawn") };

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
		["a person with another role", { ...person, role: "student" }, undefined],
		["an admin that has become a teacher", { ...admin, name: "t" }, undefined],
		["a person who may not log in", { ...person, name: "away" }, undefined],
		["a service without a secret", { ...service, name: "ec" }, undefined],
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
			refreshSurely: async () => {},
			isOutdated: () => false,
			user: (name) => (isThere ? { ...known, name, hash, role: "admin" } : undefined),
			...secrets,
		},
		secretHashOf: () => undefined,
		log: quietLog,
	});
	expect(await auth.login("ann", "a long word", "here")).toEqual({ kind: "refused" });
});

test("an account that was made, or got a new password, a moment ago gets in at once", async () => {
	const hashes = [undefined, await hashPassword("a long word"), await hashPassword("another one")];
	let at = 0;
	const auth = new Auth(true, {
		accounts: {
			refresh: async () => {},
			refreshSurely: async () => {
				at = Math.min(at + 1, 2);
			},
			isOutdated: () => false,
			user: (name) => {
				const hash = hashes[at];
				return hash === undefined ? undefined : { ...known, name, hash, role: "admin" };
			},
			...secrets,
		},
		secretHashOf: () => undefined,
		log: quietLog,
	});
	expect((await auth.login("ann", "a long word", "here")).kind).toBe("admin");
	expect((await auth.login("ann", "another one", "here")).kind).toBe("admin");
	expect((await auth.login("ann", "a long word", "here")).kind).toBe("refused");
});

test("a login is not surely valid while the accounts are not up to date, unless it needs none", () => {
	let isOutdated = false;
	const auth = new Auth(true, {
		accounts: {
			refresh: async () => {},
			refreshSurely: async () => {},
			isOutdated: () => isOutdated,
			user: named,
			...secrets,
		},
		secretHashOf: (id) => ({ known: "hash" })[id],
		log: quietLog,
	});
	const current: Principal = { ...admin, stamp: "new" };
	const device1: Principal = { kind: "device", id: "known", stamp: "hash" };
	const surely = () =>
		[current, admin, device1, device("known"), ANYONE, LOCAL].map((one) =>
			auth.isSurelyCurrent(one),
		);
	expect(surely()).toEqual([true, false, true, false, true, true]);
	isOutdated = true;
	expect(surely()).toEqual([false, false, true, false, true, true]);
});

describe("a login by role", () => {
	// A hash says what checking it costs: with the usual costs, forty checks take most of a minute on a busy machine.
	const hash = Bun.password.hash("pw", { algorithm: "argon2id", memoryCost: 64, timeCost: 2 });
	const state = { role: "teacher" as UserRecord["role"], isActive: true };
	const make = async (isOn: boolean) => {
		const user = { ...known, name: "ann", hash: await hash };
		return new Auth(isOn, {
			accounts: {
				refresh: async () => {},
				refreshSurely: async () => {},
				isOutdated: () => false,
				user: (name) => (name === "ann" ? { ...user, ...state } : undefined),
				...secrets,
			},
			secretHashOf: () => undefined,
			log: quietLog,
		});
	};

	test("is a person's, an admin's, or that of a service with its secret", async () => {
		const auth = await make(true);
		expect(await auth.login("ann", "pw", "here")).toMatchObject({
			...{ kind: "person", id: 1, name: "ann", role: "teacher" },
		});
		state.role = "admin";
		expect(await auth.login("ann", "pw", "here")).toMatchObject({ kind: "admin", name: "ann" });
		expect(await auth.login("ccm", "drawn", "here")).toEqual(service);
		expect(await auth.login("ccm", "pw", "here")).toEqual({ kind: "refused" });
		state.role = "teacher";
	});

	test("of an account counts while logins are off only where it is asked for", async () => {
		const auth = await make(false);
		expect(await auth.login("ann", "wrong", "here")).toBe(ANYONE);
		expect(await auth.verify("ann", "wrong", "here")).toEqual({ kind: "refused" });
		expect(await auth.verify("local", auth.localKey, "here")).toEqual({ kind: "refused" });
		expect(await auth.verify("ccm", "drawn", "here")).toEqual({ kind: "refused" });
		expect(await auth.verify("ann", "pw", "here")).toEqual({
			kind: "account",
			account: { id: 1, name: "ann", role: "teacher" },
		});
	});

	test("ends with the role and when the person may no longer log in", async () => {
		const auth = await make(true);
		const ann = await auth.login("ann", "pw", "here");
		if (ann.kind !== "person") throw new Error("it was refused");
		expect([auth.isCurrent(ann), auth.accountOf(ann)?.role]).toEqual([true, "teacher"]);
		state.role = "student";
		expect([auth.isCurrent(ann), auth.accountOf(ann)]).toEqual([false, undefined]);
		state.role = "teacher";
		state.isActive = false;
		expect(auth.isCurrent(ann)).toBe(false);
		expect(await auth.login("ann", "pw", "here")).toEqual({ kind: "refused" });
		state.isActive = true;
	});

	test("of forty people at the same moment is checked for all of them", async () => {
		const auth = await make(false);
		const all = await Promise.all(
			Array.from({ length: 40 }, (_, n) =>
				auth.verify(n === 7 ? "bob" : "ann", "pw", `10.0.0.${n}`),
			),
		);
		expect(all.map(({ kind }) => kind).filter((kind) => kind !== "account")).toEqual(["refused"]);
	});

	test("cannot be guessed by many tries at the same moment", async () => {
		const auth = await make(false);
		const guesses = Array.from({ length: 40 }, (_, n) =>
			auth.verify("ann", n === 39 ? "pw" : `guess ${n}`, "10.0.0.1"),
		);
		expect((await Promise.all(guesses)).at(-1)?.kind).toBe("slow");
	});

	test("of a person does not reset the count of another's wrong ones", async () => {
		const auth = await make(true);
		const kinds: string[] = [];
		for (let n = 0; n < 9; n++) {
			await auth.login("ann", "pw", "here");
			kinds.push((await auth.login("boss", `guess ${n}`, "here")).kind);
		}
		expect(kinds).toEqual([...Array(6).fill("refused"), "slow", "slow", "slow"]);
	});

	test("takes back the wrong ones of the same person", async () => {
		const auth = await make(true);
		for (let n = 0; n < 12; n++) {
			expect(await auth.login("ann", `guess ${n}`, "here")).toEqual({ kind: "refused" });
			expect((await auth.login("ann", "pw", "here")).kind).toBe("person");
		}
	});

	test("of an administrator with a service's name counts until the service has a secret", async () => {
		const stored = await hash;
		const state = { hasSecret: false };
		const auth = new Auth(true, {
			accounts: {
				refresh: async () => {},
				refreshSurely: async () => {},
				isOutdated: () => false,
				user: (name) => ({ ...known, name, hash: stored, role: "admin" }),
				tokenByHash: () => undefined,
				service: (name) => (state.hasSecret ? secrets.service(name) : undefined),
			},
			secretHashOf: () => undefined,
			log: quietLog,
		});
		const kinds = async () => [
			(await auth.login("ccm", "pw", "here")).kind,
			(await auth.login("ccm", "drawn", "here")).kind,
		];
		expect(await kinds()).toEqual(["admin", "refused"]);
		state.hasSecret = true;
		expect(await kinds()).toEqual(["refused", "service"]);
	});
});

describe("a device that another node of a cluster has", () => {
	const FAR = "21234567-89ab-4def-8123-456789abcdef";
	const asked: string[] = [];
	beforeEach(() => {
		asked.length = 0;
	});
	const far = (isOn: boolean) =>
		new Auth(isOn, {
			accounts,
			secretHashOf: (id) => ({ known: hashOf("own") })[id],
			storedHashOf: async (id) => {
				asked.push(id);
				return id === FAR ? hashOf("secret") : undefined;
			},
			log: quietLog,
		});
	const known: Principal = { kind: "device", id: FAR, stamp: hashOf("secret") };

	test("logs in by its password, which the database is asked for", async () => {
		const auth = far(true);
		expect(await auth.login(FAR.toUpperCase(), "secret", "a")).toEqual(known);
		expect(await auth.login(FAR, "other", "a")).toEqual({ kind: "refused" });
		expect(await auth.named(FAR)).toEqual(known);
		expect(asked).toEqual([FAR, FAR, FAR]);
	});

	test("is shown by a page while logins are off", async () => {
		const auth = far(false);
		expect(await auth.anyDeviceLogin(FAR, "secret", "a")).toEqual(known);
		expect(await auth.anyDeviceLogin(FAR, "other", "a")).toEqual({ kind: "refused" });
		expect(await auth.anyDeviceLogin("known", "own", "a")).toMatchObject({ id: "known" });
		expect(await auth.anyDeviceLogin("local", auth.localKey, "a")).toEqual({ kind: "refused" });
	});

	test("is not looked for under names that are not those of devices, nor where it is known here", async () => {
		const auth = far(true);
		await auth.login("known", "own", "a");
		await auth.login("nobody", "x", "a");
		await auth.named("nobody");
		expect(asked).toEqual([]);
	});
});

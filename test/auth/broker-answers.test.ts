import { describe, expect, test } from "bun:test";
import { Auth } from "../../src/auth/auth.ts";
import { BrokerAnswers } from "../../src/auth/broker-answers.ts";
import { hashOf, hashPassword } from "../../src/auth/secrets.ts";
import { grantServices } from "../../src/auth/service-grants.ts";
import { SharedSecret } from "../../src/auth/shared-secret.ts";
import { TopicGrants } from "../../src/auth/topic-grants.ts";
import type { TopicUse } from "../../src/contract/mod.ts";
import type { UserRecord } from "../../src/store/mod.ts";
import { quietLog } from "../support/log.ts";

const DEVICE = "01234567-89ab-4def-8123-456789abcdef";
const OLD = "11234567-89ab-4def-8123-456789abcdef";
const PASSWORD = "a long password";
const hash = await hashPassword(PASSWORD);
const account = { hash, email: null, sub: null, isActive: true, createdAt: 0 };
const users: readonly UserRecord[] = [
	{ id: 1, name: "boss", role: "admin", ...account },
	{ id: 2, name: "teacher", role: "teacher", ...account },
	{ id: 3, name: "gone", role: "admin", ...account, isActive: false },
	// As the server itself is called at the broker.
	{ id: 4, name: "csm", role: "teacher", ...account },
];

function answersOf({ logins = true, own = "a password of its own" } = {}) {
	const grants = new TopicGrants();
	grantServices(grants);
	const auth = new Auth(logins, {
		accounts: {
			refresh: async () => {},
			refreshSurely: async () => {},
			isOutdated: () => false,
			user: (name) => users.find((user) => user.name === name),
			service: (name) =>
				name === "ccm" ? { name, hash: hashOf("drawn"), createdAt: 0 } : undefined,
			tokenByHash: () => undefined,
		},
		secretHashOf: (id) => ({ [DEVICE]: hashOf("drawn"), [OLD]: null })[id],
		log: quietLog,
	});
	const password = new SharedSecret(own, "own password", quietLog);
	const answers = new BrokerAnswers({ auth, grants, own: { username: "csm", password } });
	const may = (name: string, uses: readonly TopicUse[] | undefined, topic: string) =>
		answers.allows({ name, uses, topic, refusedBy: "status" });
	return { answers, may, auth, grants };
}

describe("the server itself", () => {
	const { answers, may } = answersOf();

	test("gets in by its own password, not by that of an account of its name", async () => {
		expect(await answers.mayConnect("csm", "a password of its own", "a")).toBe(true);
		expect(await answers.mayConnect("csm", PASSWORD, "a")).toBe(false);
		expect(await answers.mayConnect("csm", "", "a")).toBe(false);
	});

	test("may use all topics, those of its probe too", () => {
		for (const topic of ["$iotctl/probe/x", "iottalk/api/res/gui/device", "+/ctrl/i"]) {
			expect(may("csm", ["publish", "read", "subscribe"], topic)).toBe(true);
		}
		expect(may("csm", undefined, "")).toBe(false);
	});

	test("whose password is guessed keeps none out", async () => {
		const { answers: own } = answersOf();
		for (let n = 0; n < 6; n++) expect(await own.mayConnect("csm", "guess", "a")).toBe(false);
		expect(await own.mayConnect("csm", "guess", "a")).toMatchObject({ kind: "slow" });
		expect(await own.mayConnect("csm", "a password of its own", "a")).toBe(true);
		expect(await own.mayConnect("boss", PASSWORD, "a")).toBe(true);
	});
});

describe("others", () => {
	const { answers, may, auth } = answersOf();

	test("get in as at the built-in broker", async () => {
		const rows = [
			["boss", PASSWORD, true],
			["boss", "wrong", false],
			["teacher", PASSWORD, false],
			["gone", PASSWORD, false],
			["ccm", "drawn", true],
			[DEVICE.toUpperCase(), "drawn", true],
			[DEVICE, "wrong", false],
			[OLD, "", false],
			["local", auth.localKey, true],
			["local", "guess", false],
			["", "", false],
		] as const;
		for (const [name, password, expected] of rows) {
			expect([name, await answers.mayConnect(name, password, name)]).toEqual([name, expected]);
		}
	});

	test("have the rights of their name, if they may log in", () => {
		const uplink = `${DEVICE}/ctrl/i`;
		for (const [name, expected] of [
			...[["boss", true] as const, ["local", true] as const],
			...[[DEVICE, true] as const, [DEVICE.toUpperCase(), true] as const],
			...["teacher", "gone", OLD, "nobody", ""].map((name) => [name, false] as const),
		]) {
			expect([name, may(name, ["publish"], uplink)]).toEqual([name, expected]);
			expect([name, may(name, [], "")]).toEqual([name, expected]);
		}
		expect(may("ccm", ["publish"], uplink)).toBe(true);
		expect(may(DEVICE, ["publish", "read"], uplink)).toBe(false);
	});

	test("publish neither to wildcards nor, but for a service's probe, to what is the broker's", () => {
		for (const topic of ["a/+", "#", "$SYS/x", "$iotctl/probe/x"]) {
			expect([topic, may("boss", ["publish"], topic)]).toEqual([topic, false]);
		}
		expect(may("ccm", ["publish"], "$iotctl/probe/x")).toBe(true);
		expect(may("ccm", ["publish"], "$SYS/x")).toBe(false);
		expect(may("boss", ["subscribe"], "$SYS/#")).toBe(true);
	});

	test("are slowed down by the address that is given", async () => {
		for (let n = 0; n < 6; n++) await answers.mayConnect("boss", "wrong", "10.0.0.9");
		expect(await answers.mayConnect("boss", PASSWORD, "10.0.0.9")).toMatchObject({ kind: "slow" });
		expect(await answers.mayConnect("boss", PASSWORD, "10.0.0.8")).toBe(true);
	});
});

test("while logins are off everyone may", async () => {
	const { answers, may } = answersOf({ logins: false });
	expect(await answers.mayConnect("", "", "a")).toBe(true);
	expect(may("", ["publish", "read"], "a/b")).toBe(true);
	expect(may("x", ["publish"], "$SYS/x")).toBe(false);
});

test("answers are counted by what was asked", async () => {
	const { answers, may } = answersOf();
	await answers.mayConnect("boss", PASSWORD, "a");
	await answers.mayConnect("boss", "wrong", "a");
	may("boss", ["read"], "a");
	may("nobody", ["read"], "a");
	may("nobody", undefined, "a");
	expect(Object.fromEntries(answers.counts)).toEqual({
		"login allowed": 1,
		"login denied": 1,
		"topic allowed": 1,
		"topic denied": 2,
	});
});

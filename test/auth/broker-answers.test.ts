import { describe, expect, test } from "bun:test";
import { Auth } from "../../src/auth/auth.ts";
import { BrokerAnswers } from "../../src/auth/broker-answers.ts";
import type { PageLogins } from "../../src/auth/page-logins.ts";
import { hashOf, hashPassword } from "../../src/auth/secrets.ts";
import { grantServices } from "../../src/auth/service-grants.ts";
import { SharedSecret } from "../../src/auth/shared-secret.ts";
import type { StoredDevices } from "../../src/auth/stored-devices.ts";
import { TopicGrants } from "../../src/auth/topic-grants.ts";
import type { TopicUse } from "../../src/contract/mod.ts";
import { StorageError } from "../../src/kit/errors.ts";
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

/** Links of a device of another node, and what the database says of it. */
const FAR = "21234567-89ab-4def-8123-456789abcdef";
const STORED: StoredDevices = {
	secretHashOf: async (id) => (id === FAR ? hashOf("far") : undefined),
	mayUse: async (id, { access, filter }) =>
		[FAR, DEVICE].includes(id) && filter === (access === "publish" ? "in" : "out"),
};
const AWAY: StoredDevices = {
	secretHashOf: () => Promise.reject(new StorageError("the database is away")),
	mayUse: () => Promise.reject(new StorageError("the database is away")),
};

/** Another node's page. */
const PAGE = "31234567-89ab-4def-8123-456789abcdef";
const PAGES: PageLogins = {
	...{ draw: () => undefined, find: () => undefined, end: () => {}, principal: () => undefined },
	stored: async (id) =>
		id === PAGE ? { kind: "page", id, name: "teacher", stamp: hashOf("token") } : undefined,
};

function answersOf({
	logins = true,
	own = "a password of its own",
	stored,
}: {
	logins?: boolean;
	own?: string;
	stored?: StoredDevices;
} = {}) {
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
		storedHashOf: stored?.secretHashOf,
		...(stored !== undefined && { pagesOf: () => PAGES }),
		log: quietLog,
	});
	const password = new SharedSecret(own, "own password", quietLog);
	const answers = new BrokerAnswers({ auth, grants, own: { username: "csm", password }, stored });
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

	test("may use all topics, those of its probe too", async () => {
		for (const topic of ["$iotctl/probe/x", "iottalk/api/res/gui/device", "+/ctrl/i"]) {
			expect(await may("csm", ["publish", "read", "subscribe"], topic)).toBe(true);
		}
		expect(await may("csm", undefined, "")).toBe(false);
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

	test("have the rights of their name, if they may log in", async () => {
		const uplink = `${DEVICE}/ctrl/i`;
		for (const [name, expected] of [
			...[["boss", true] as const, ["local", true] as const],
			...[[DEVICE, true] as const, [DEVICE.toUpperCase(), true] as const],
			...["teacher", "gone", OLD, "nobody", ""].map((name) => [name, false] as const),
		]) {
			expect([name, await may(name, ["publish"], uplink)]).toEqual([name, expected]);
			expect([name, await may(name, [], "")]).toEqual([name, expected]);
		}
		expect(await may("ccm", ["publish"], uplink)).toBe(true);
		expect(await may(DEVICE, ["publish", "read"], uplink)).toBe(false);
	});

	test("publish neither to wildcards nor, but for a service's probe, to what is the broker's", async () => {
		for (const topic of ["a/+", "#", "$SYS/x", "$iotctl/probe/x"]) {
			expect([topic, await may("boss", ["publish"], topic)]).toEqual([topic, false]);
		}
		expect(await may("ccm", ["publish"], "$iotctl/probe/x")).toBe(true);
		expect(await may("ccm", ["publish"], "$SYS/x")).toBe(false);
		expect(await may("boss", ["subscribe"], "$SYS/#")).toBe(true);
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
	expect(await may("", ["publish", "read"], "a/b")).toBe(true);
	expect(await may("x", ["publish"], "$SYS/x")).toBe(false);
});

test("answers are counted by what was asked", async () => {
	const { answers, may } = answersOf();
	await answers.mayConnect("boss", PASSWORD, "a");
	await answers.mayConnect("boss", "wrong", "a");
	await may("boss", ["read"], "a");
	await may("nobody", ["read"], "a");
	await may("nobody", undefined, "a");
	expect(Object.fromEntries(answers.counts)).toEqual({
		"login allowed": 1,
		"login denied": 1,
		"topic allowed": 1,
		"topic denied": 2,
	});
});

describe("a device of another node of a cluster", () => {
	const uplink = `${FAR}/ctrl/i`;
	const downlink = `${FAR}/ctrl/o`;

	test("gets in by its password, whose failures are slowed down as those of others are", async () => {
		const { answers } = answersOf({ stored: STORED });
		for (const [name, password, expected] of [
			...[[FAR, "far", true] as const, [FAR.toUpperCase(), "far", true] as const],
			...[[FAR, "", false] as const, [DEVICE, "drawn", true] as const],
		]) {
			expect([name, password, await answers.mayConnect(name, password, "a")]).toEqual([
				name,
				password,
				expected,
			]);
		}
		for (let n = 0; n < 6; n++) await answers.mayConnect(FAR, "wrong", "b");
		expect(await answers.mayConnect(FAR, "wrong", "b")).toMatchObject({ kind: "slow" });
		expect(await answers.mayConnect(FAR, "far", "b")).toBe(true);
	});

	test("may use its control channels and the topics of its links, and no others", async () => {
		const { may } = answersOf({ stored: STORED });
		for (const [topic, publishes, hears] of [
			...[[uplink, true, false] as const, [downlink, false, true] as const],
			...[["in", true, false] as const, ["out", false, true] as const],
			...[["else", false, false] as const, [`${DEVICE}/ctrl/i`, false, false] as const],
		]) {
			expect([topic, await may(FAR, ["publish"], topic)]).toEqual([topic, publishes]);
			expect([topic, await may(FAR, ["subscribe", "read"], topic)]).toEqual([topic, hears]);
			expect(await may(FAR, ["publish", "read"], topic)).toBe(false);
		}
		// A link that its own node has not been told of yet.
		expect(await may(DEVICE, ["publish"], "in")).toBe(true);
		expect(await may(OLD, ["publish"], "in")).toBe(false);
		expect(await may("ccm", ["publish"], "in")).toBe(false);
	});

	test("is not answered while the database is away; one of this node has what it is known to have", async () => {
		const { answers, may } = answersOf({ stored: AWAY });
		await expect(answers.mayConnect(FAR, "far", "a")).rejects.toBeInstanceOf(StorageError);
		await expect(may(FAR, ["publish"], uplink)).rejects.toBeInstanceOf(StorageError);
		expect(await answers.mayConnect(DEVICE, "drawn", "a")).toBe(true);
		expect(await may(DEVICE, ["publish"], `${DEVICE}/ctrl/i`)).toBe(true);
		await expect(may(DEVICE, ["publish"], "in")).rejects.toBeInstanceOf(StorageError);
		// Names that are not those of devices are not asked for.
		expect(await answers.mayConnect("boss", PASSWORD, "a")).toBe(true);
		expect(await answers.mayConnect("nobody", PASSWORD, "a")).toBe(false);
	});
});

test("a page that another node has drawn gets in by its token, and uses its own topics and monitors it knows by name", async () => {
	const { answers, may } = answersOf({ stored: STORED });
	expect(await answers.mayConnect(PAGE, "token", "a")).toBe(true);
	expect(await answers.mayConnect(PAGE, "wrong", "a")).toBe(false);
	const monitor = `iottalk/monitor/${FAR}`;
	expect(await may(PAGE, ["publish"], `iottalk/api/gui/req/${PAGE}`)).toBe(true);
	expect(await may(PAGE, ["subscribe"], `iottalk/api/gui/res/${PAGE}`)).toBe(true);
	expect(await may(PAGE, ["subscribe"], monitor)).toBe(true);
	expect(await may(PAGE, ["publish"], monitor)).toBe(false);
	for (const filter of ["iottalk/monitor/+", "iottalk/monitor/#", `${monitor}/x`, "out"]) {
		expect([filter, await may(PAGE, ["subscribe"], filter)]).toEqual([filter, false]);
	}
	expect(await may(FAR, ["subscribe"], monitor)).toBe(false);
});

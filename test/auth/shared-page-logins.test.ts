// Logins of pages at two nodes of a cluster.
import { beforeEach, expect, test } from "bun:test";
import { loginOf } from "../../src/auth/login-sessions.ts";
import type { Account } from "../../src/auth/outcome.ts";
import type { Principal } from "../../src/auth/principal.ts";
import { principalOf } from "../../src/auth/remembered-logins.ts";
import { hashOf } from "../../src/auth/secrets.ts";
import { Sessions } from "../../src/auth/sessions.ts";
import { SharedPageLogins } from "../../src/auth/shared-page-logins.ts";
import type { UserRecord } from "../../src/store/mod.ts";
import type { SharedPageLogin } from "../../src/store/shared-page-logins.ts";
import { quietLog } from "../support/log.ts";
import { ManualClock } from "../support/manual-clock.ts";

const ANN: UserRecord = {
	...{ id: 2, name: "ann", role: "teacher", hash: "h", email: null, sub: null },
	...{ isActive: true, createdAt: 0 },
};

let ann: UserRecord;
/** As the database has them. */
let clock: ManualClock;
let isSilent: boolean;
let stored: Map<string, Pick<SharedPageLogin, "hash" | "session">>;
/** Of all nodes: each knows those that it has asked for. */
let sessions: Sessions;
let secret: string;
let a: SharedPageLogins;
let b: SharedPageLogins;
beforeEach(() => {
	ann = ANN;
	clock = new ManualClock();
	isSilent = false;
	stored = new Map();
	sessions = new Sessions(() => true);
	secret = sessions.begin(principalOf(ANN) as never);
	[a, b] = [node(), node()];
});

function node(): SharedPageLogins {
	const asked = new Set<string>();
	const lasts = (key: string) => sessions.ages().some((one) => one.key === key);
	const ref = (key: string) => {
		if (!asked.has(key) || !lasts(key)) return undefined;
		const principal = () => (lasts(key) ? principalOf(ann) : undefined);
		return { key, principal, use: () => {} };
	};
	return new SharedPageLogins({
		userById: () => ann,
		accountOf: (one: Principal): Account | undefined =>
			one.kind === "person" ? { id: one.id, name: one.name, role: one.role } : undefined,
		rows: {
			draw: async (id, row, most) => {
				const gone = [...stored.keys()].slice(0, Math.max(0, stored.size + 1 - most));
				for (const one of gone) stored.delete(one);
				stored.set(id, row);
				return gone;
			},
			find: async (id) => {
				if (isSilent) await new Promise(() => {});
				const row = stored.get(id);
				return row && { ...row, userId: 2, login: loginOf(ANN) };
			},
			end: async (id) => void stored.delete(id),
		},
		sessions: {
			refresh: async (shown) => void asked.add(hashOf(shown)),
			refer: (shown) => ref(hashOf(shown)),
			refreshKey: async (key) => void asked.add(key),
			referKey: ref,
		},
		log: quietLog,
		clock,
	});
}

test("a login that one node has drawn is known to the other, as a name and with its account", async () => {
	const drawn = await a.draw(secret);
	if (drawn === undefined) throw new Error("no page");
	const { id, token } = drawn;
	const page = { kind: "page", id, name: "ann", stamp: hashOf(token) } as const;
	expect([a.principal(id), b.principal(id)]).toEqual([page, undefined]);
	expect(await b.stored(id)).toEqual(page);
	const found = await b.find(id);
	expect(found).toMatchObject({ id, hash: hashOf(token) });
	expect(found?.account()).toEqual({ id: 2, name: "ann", role: "teacher" });
	// One page is one login: its connection is noted by that.
	expect(await b.find(id)).toBe(found);
	expect(b.principal(id)).toEqual(page);
});

test("who asks for one that the node does not know waits five seconds, and no more than a thousand do", async () => {
	isSilent = true;
	const waiting = Array.from({ length: 1000 }, () => a.stored("x").catch(String));
	expect(await a.stored("x").catch(String)).toContain("too many wait for its database");
	clock.move(5000);
	expect(new Set(await Promise.all(waiting)).size).toBe(1);
	expect(await waiting[0]).toContain("its database does not answer");
});

test("one session has 50 of them: the one that was drawn first ends", async () => {
	const first = (await a.draw(secret))?.id ?? "";
	for (let n = 1; n < 50; n++) await a.draw(secret);
	expect(await a.find(first)).toBeDefined();
	await a.draw(secret);
	expect([await a.find(first), a.principal(first)]).toEqual([undefined, undefined]);
});

test("it ends with its session, with its account's login and by itself, on both", async () => {
	const [one, other] = [await a.draw(secret), await a.draw(secret)];
	const [first = "", second = ""] = [one?.id, other?.id];
	await b.find(first);
	a.end(first);
	expect([await a.find(first), await a.stored(first)]).toEqual([undefined, undefined]);
	ann = { ...ANN, hash: "another" };
	expect(await b.stored(second)).toBeUndefined();
	ann = ANN;
	const found = await b.find(second);
	sessions.end(secret);
	expect(found?.account()).toBeUndefined();
	expect([await b.find(second), b.principal(second)]).toEqual([undefined, undefined]);
	expect(await a.draw(secret)).toBeUndefined();
	expect(await a.draw("unknown")).toBeUndefined();
});

import { describe, expect, test } from "bun:test";
import type { Account } from "../../src/auth/outcome.ts";
import { KnownPageLogins } from "../../src/auth/page-logins.ts";
import type { Admin, Person, Principal } from "../../src/auth/principal.ts";
import { hashOf } from "../../src/auth/secrets.ts";
import { IDLE_MS, Sessions } from "../../src/auth/sessions.ts";

const ANN: Person = { kind: "person", id: 2, name: "ann", role: "teacher", stamp: "hash" };

function setUp() {
	const state = { now: 0, holds: true };
	const isCurrent = (_: Admin | Person) => state.holds;
	const sessions = new Sessions(isCurrent, () => state.now);
	const accountOf = (principal: Principal): Account | undefined =>
		principal.kind === "person" && state.holds
			? { id: principal.id, name: principal.name, role: principal.role }
			: undefined;
	const pages = new KnownPageLogins(sessions, accountOf);
	const secret = sessions.begin(ANN);
	const draw = () => {
		const drawn = pages.draw(secret);
		if (drawn === undefined) throw new Error("no page");
		return drawn;
	};
	return { state, sessions, pages, secret, draw };
}

describe("logins of pages", () => {
	test("have an id and a token of their own, and the account of their session", () => {
		const { pages, draw, secret } = setUp();
		const [one, other] = [draw(), draw()];
		expect(new Set([one.id, one.token, other.id, other.token, secret]).size).toBe(5);
		expect(pages.find(one.id)).toMatchObject({ id: one.id, hash: hashOf(one.token) });
		expect(pages.find(one.id)?.account()).toEqual({ id: 2, name: "ann", role: "teacher" });
		const page = { kind: "page", id: other.id, name: "ann", stamp: hashOf(other.token) } as const;
		expect(pages.principal(other.id)).toEqual(page);
		expect(pages.find(crypto.randomUUID())).toBeUndefined();
	});

	test("end with their session, with its account, and by themselves", () => {
		const { pages, draw, sessions, secret, state } = setUp();
		const [one, other] = [draw(), draw()];
		pages.end(one.id);
		expect([pages.find(one.id), pages.principal(one.id)]).toEqual([undefined, undefined]);
		const kept = pages.find(other.id);
		state.holds = false;
		expect([pages.find(other.id), pages.draw(secret)]).toEqual([undefined, undefined]);
		state.holds = true;
		expect(pages.find(other.id)).toBe(kept);
		sessions.end(secret);
		expect([pages.find(other.id), kept?.account()]).toEqual([undefined, undefined]);
		expect(pages.draw(secret)).toBeUndefined();
	});

	test("keep their session going while they are used, and not by being looked at", () => {
		const { pages, draw, state } = setUp();
		const { id } = draw();
		state.now = IDLE_MS - 1;
		pages.find(id)?.use();
		state.now = 2 * IDLE_MS - 2;
		expect(pages.find(id)).toBeDefined();
		state.now += 2;
		expect(pages.find(id)).toBeUndefined();
	});

	test("are fifty of a session at most: the oldest one ends", () => {
		const { pages, draw } = setUp();
		const drawn = Array.from({ length: 52 }, draw);
		expect(drawn.map(({ id }) => pages.find(id) !== undefined)).toEqual(
			drawn.map((_, index) => index >= 2),
		);
	});
});

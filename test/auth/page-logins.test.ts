import { beforeEach, describe, expect, test } from "bun:test";
import type { Account } from "../../src/auth/outcome.ts";
import { PageLogins } from "../../src/auth/page-logins.ts";
import { hashOf } from "../../src/auth/secrets.ts";
import { Sessions } from "../../src/auth/sessions.ts";

const teacher = { kind: "person", id: 2, name: "ann", role: "teacher", stamp: "hash" } as const;
const account: Account = { id: 2, name: "ann", role: "teacher" };

let isActive: boolean;
let sessions: Sessions;
let pages: PageLogins;
let secret: string;

beforeEach(() => {
	isActive = true;
	sessions = new Sessions(() => true);
	pages = new PageLogins(sessions, () => (isActive ? account : undefined));
	secret = sessions.begin(teacher);
});

/** A page's login that has to be there. */
function drawn() {
	const page = pages.draw(secret);
	if (page === undefined) throw new Error("the session has ended");
	return page;
}

describe("the login of a page", () => {
	test("is its person's, by an id and a token of its own", () => {
		const [one, other] = [drawn(), drawn()];
		expect(one.id).not.toBe(other.id);
		expect(one.token).not.toBe(other.token);
		expect(pages.find(one.id)?.account()).toEqual(account);
		expect(pages.principal(one.id)).toEqual({
			...{ kind: "page", id: one.id, name: "ann", stamp: hashOf(one.token) },
		});
		expect(pages.principal(crypto.randomUUID())).toBeUndefined();
	});

	test("ends with its session", () => {
		const { id } = drawn();
		sessions.end(secret);
		expect([pages.find(id), pages.principal(id), pages.draw(secret)]).toEqual([
			...[undefined, undefined, undefined],
		]);
	});

	test("ends with the account, also where the session is still there", () => {
		const { id } = drawn();
		isActive = false;
		expect([pages.find(id), pages.principal(id), pages.draw(secret)]).toEqual([
			...[undefined, undefined, undefined],
		]);
	});

	test("is not drawn for what is not a session", () => {
		expect(pages.draw("")).toBeUndefined();
		expect(pages.draw(`${secret}x`)).toBeUndefined();
	});

	test("of the oldest page ends when one session has more than fifty", () => {
		const [first, second] = [drawn(), drawn()];
		const other = sessions.begin(teacher);
		const elsewhere = pages.draw(other)?.id ?? "";
		for (let n = 0; n < 49; n++) drawn();
		expect(pages.find(first.id)).toBeUndefined();
		expect(pages.find(second.id)).toBeDefined();
		expect(pages.find(elsewhere)).toBeDefined();
	});
});

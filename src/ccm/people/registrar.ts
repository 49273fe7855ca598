import { type Account, hashOf, plainName } from "../../auth/mod.ts";
import { AccessError, type RouteContext } from "../../http/mod.ts";
import type { NewAccount, Registration } from "../http/account-port.ts";
import { badRequest, Refusal } from "../projects/refusal.ts";
import type { Passwords } from "../service/passwords.ts";
import { addPerson, checkPerson } from "../service/people.ts";
import type { CcmStore, CcmTables } from "../store/port.ts";
import {
	FORWARDED,
	type Reach,
	type RegistrationMode,
	registrationBy,
} from "./registration-rule.ts";

/** Counts wrong guesses for each address; `auth` implements it. */
export interface Guesses {
	/** Milliseconds an address has to wait until its next guess is checked. */
	waitOf(address: string): number;
	guessedWrong(what: string, address: string): void;
}

export interface RegistrarDeps {
	readonly store: CcmStore;
	readonly mode: () => RegistrationMode;
	readonly reach: () => Reach;
	readonly guesses: Guesses;
	readonly passwords: Passwords;
	/** The time, milliseconds since 1970. */
	readonly now: () => number;
	/** Hears of a new account when it is kept. The answer waits for it. */
	readonly onPeopleChanged: () => Promise<void>;
}

/** Accounts that may register by themselves are kept from filling the disk. */
const MAX_PEOPLE = 10_000;
/** Registrations that wait for the hashing of their passwords. */
const MAX_AT_ONCE = 100;
const BUSY_SECONDS = 5;

/** Makes accounts for people who ask for one themselves, where that is allowed. */
export class Registrar implements Registration {
	readonly #deps: RegistrarDeps;
	#running = 0;

	constructor(deps: RegistrarDeps) {
		this.#deps = deps;
	}

	modeFor({ call: { from, headers } }: RouteContext): ReturnType<typeof registrationBy> {
		const isForwarded = headers.names.some((name) => FORWARDED.test(name));
		const { mode, reach } = this.#deps;
		return registrationBy(mode(), reach(), { ...from, isForwarded });
	}

	async register(
		context: RouteContext,
		{ username, password, code }: NewAccount,
	): Promise<Account> {
		const { remoteAddress } = context.call;
		const rule = this.modeFor(context);
		if (rule === "closed") {
			throw new Refusal(403, "registration is closed: ask an administrator for an account");
		}
		const codeHash = rule === "code" ? await this.#checkCode(code, remoteAddress) : undefined;
		const person = { username, password, role: "teacher" } as const;
		checkPerson(person);
		await this.#deps.store.read((tables) => checkRoom(tables, username));
		const hash = await this.#hash(password);
		const { id, name, role } = await this.#deps.store.write(async (tables) => {
			const now = this.#deps.now();
			await checkRoom(tables, username);
			if (codeHash !== undefined && !(await tables.people.useCode(codeHash, now / 1000))) {
				throw wrongCode();
			}
			const call = { tables, now: new Date(now).toISOString(), peopleChanged: () => {} };
			return addPerson(call, person, hash);
		});
		await this.#deps.onPeopleChanged();
		return { id, name, role };
	}

	/** @returns the code's hash. @throws Refusal 403, AccessError 429 after too many wrong ones. */
	async #checkCode(code: string | undefined, address: string): Promise<string> {
		if (code === undefined || code === "") {
			throw new Refusal(403, "registration needs a code: ask an administrator for one", "code");
		}
		const { store, guesses, now } = this.#deps;
		const waitMs = guesses.waitOf(address);
		if (waitMs > 0) throw slow("too many wrong codes or logins", Math.ceil(waitMs / 1000));
		const hash = hashOf(code);
		const codes = await store.read(({ people }) => people.codes(now() / 1000));
		if (codes.some((one) => one.hash === hash)) return hash;
		guesses.guessedWrong("a registration code", address);
		throw wrongCode();
	}

	async #hash(password: string): Promise<string> {
		if (this.#running >= MAX_AT_ONCE) throw slow("too many registrations at once", BUSY_SECONDS);
		this.#running += 1;
		try {
			return await this.#deps.passwords.hash(password);
		} finally {
			this.#running -= 1;
		}
	}
}

/** @throws Refusal 400: the name is taken, or there are too many accounts. */
async function checkRoom({ people }: CcmTables, username: string): Promise<void> {
	if ((await people.byName(plainName(username))) !== undefined) {
		badRequest("username already exists", "username");
	}
	if ((await people.list()).length >= MAX_PEOPLE) {
		badRequest(`there are ${MAX_PEOPLE} accounts: only administrators add more`);
	}
}

function wrongCode(): Refusal {
	return new Refusal(403, "the registration code is wrong, used up or has ended", "code");
}

function slow(what: string, seconds: number): AccessError {
	return new AccessError(429, `${what}: wait ${seconds} s`, seconds);
}

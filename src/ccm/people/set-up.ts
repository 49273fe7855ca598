import type { Account, SetupKeys } from "../../auth/mod.ts";
import { AccessError, type RouteContext } from "../../http/mod.ts";
import type { AdminSetup, SetupDone, SetupRequest } from "../http/account-port.ts";
import { Refusal } from "../projects/refusal.ts";
import type { Passwords } from "../service/passwords.ts";
import { addPerson, checkPerson } from "../service/people.ts";
import type { CcmStore } from "../store/port.ts";
import type { Guesses } from "./registrar.ts";

export interface SetUpDeps {
	readonly store: CcmStore;
	readonly keys: SetupKeys;
	/** Whether there is an administrator who may log in. */
	readonly hasAdmin: () => boolean;
	readonly guesses: Guesses;
	readonly passwords: Passwords;
	/** The time, milliseconds since 1970. */
	readonly now: () => number;
	/** Hears of the new account when it is kept. The answer waits for it. */
	readonly onPeopleChanged: () => Promise<void>;
	/** Lets others in, or not, as the new administrator wants it; must not throw. */
	readonly open: (reach: SetupRequest["reach"]) => Promise<SetupDone>;
}

/** Makes the first administrator. */
export class SetUp implements AdminSetup {
	readonly #deps: SetUpDeps;

	constructor(deps: SetUpDeps) {
		this.#deps = deps;
	}

	get isNeeded(): boolean {
		return !this.#deps.hasAdmin();
	}

	drawKey(): string {
		if (!this.isNeeded) throw isDone();
		return this.#deps.keys.draw();
	}

	async run(
		{ call: { remoteAddress } }: RouteContext,
		{ key, name: username, password, reach }: SetupRequest,
	): Promise<{ readonly account: Account; readonly done: SetupDone }> {
		const { keys, guesses, passwords, store, now, onPeopleChanged } = this.#deps;
		if (!this.isNeeded) throw isDone();
		const waitMs = guesses.waitOf(remoteAddress);
		if (waitMs > 0) {
			const seconds = Math.ceil(waitMs / 1000);
			throw new AccessError(429, `too many wrong keys or logins: wait ${seconds} s`, seconds);
		}
		if (!keys.isRight(key)) {
			guesses.guessedWrong("a set-up key", remoteAddress);
			throw wrongKey();
		}
		const person = { username, password, role: "admin" } as const;
		checkPerson(person);
		const hash = await passwords.hash(password);
		const { id, name, role } = await store.write(async (tables) => {
			// Another request may have been quicker, with this key or a later one.
			if (!keys.isRight(key)) throw wrongKey();
			const people = await tables.people.list();
			if (people.some((one) => one.role === "admin" && one.isActive)) throw isDone();
			const date = new Date(now()).toISOString();
			return addPerson({ tables, now: date, peopleChanged: () => {} }, person, hash);
		});
		keys.end();
		await onPeopleChanged();
		return { account: { id, name, role }, done: await this.#deps.open(reach) };
	}
}

function isDone(): Refusal {
	return new Refusal(409, "this server has an administrator already: log in");
}

function wrongKey(): Refusal {
	return new Refusal(
		403,
		"this set-up key is wrong, used or has ended; get a new one with: iotctl setup",
		"key",
	);
}

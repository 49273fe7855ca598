import type { TokenRecord, UserRecord } from "../store/mod.ts";

/** Where accounts are kept, and other programs change them; `store` implements it. */
export interface AccountsSource {
	/** Whether another program has changed the database since the last call. */
	changedOutside(): boolean;
	readonly accounts: {
		users(): Promise<UserRecord[]>;
		tokens(): Promise<TokenRecord[]>;
	};
}

/** What happened to an account. */
export interface AccountChange {
	readonly what: "account added" | "password changed" | "account removed";
	/** Its kind and name, such as `user ann`. */
	readonly account: string;
}

type ChangesListener = (changes: readonly AccountChange[]) => void;

/**
 * The accounts in memory, so that logins are checked and checked again without a query. Only other programs change
 * them, and whether one has is asked of the database without reading it: where {@link refresh} is awaited, what is
 * decided next is decided on what the database has.
 */
export class Accounts {
	readonly #source: AccountsSource;
	#users: ReadonlyMap<string, UserRecord> = new Map();
	/** By hash. */
	#tokens: ReadonlyMap<string, TokenRecord> = new Map();
	/** Counts the changes that were noticed. */
	#noticed = 1;
	/** Those of them that are in memory. */
	#taken = 0;
	#reading: Promise<void> | undefined;
	#onChanges: ChangesListener = () => {};

	constructor(source: AccountsSource) {
		this.#source = source;
	}

	/** Whether there is an administrator. */
	get hasUsers(): boolean {
		return this.#users.size > 0;
	}

	user(name: string): UserRecord | undefined {
		return this.#users.get(name);
	}

	tokenByHash(hash: string): TokenRecord | undefined {
		return this.#tokens.get(hash);
	}

	/** Tells of changes right after they are in memory; the listener must not throw. */
	follow(listener: ChangesListener): void {
		this.#onChanges = listener;
	}

	/** Whether another program changed the database since the accounts were read. @throws the database's error. */
	isOutdated(): boolean {
		if (this.#source.changedOutside()) this.#noticed += 1;
		return this.#taken < this.#noticed;
	}

	/** Reads all accounts. @throws the database's error. */
	start(): Promise<void> {
		return this.refresh();
	}

	/** Reads the accounts again if another program changed the database. @throws the database's error. */
	async refresh(): Promise<void> {
		while (this.isOutdated()) {
			this.#reading ??= this.#read().finally(() => {
				this.#reading = undefined;
			});
			await this.#reading;
		}
	}

	async #read(): Promise<void> {
		const noticed = this.#noticed;
		const { accounts } = this.#source;
		const users = new Map((await accounts.users()).map((user) => [user.name, user]));
		const tokens = new Map((await accounts.tokens()).map((token) => [token.hash, token]));
		const before = this.#taken === 0 ? undefined : hashes(this.#users, this.#tokens);
		this.#users = users;
		this.#tokens = tokens;
		this.#taken = noticed;
		if (before !== undefined) this.#onChanges(changesBetween(before, hashes(users, tokens)));
	}
}

/** Hashes by kind and name. */
function hashes(
	users: ReadonlyMap<string, UserRecord>,
	tokens: ReadonlyMap<string, TokenRecord>,
): Map<string, string> {
	return new Map(
		[
			[...users.values()].map(({ name, hash }) => [`user ${name}`, hash] as const),
			[...tokens.values()].map(({ name, hash }) => [`token ${name}`, hash] as const),
		].flat(),
	);
}

function changesBetween(
	before: ReadonlyMap<string, string>,
	after: ReadonlyMap<string, string>,
): AccountChange[] {
	const changes: AccountChange[] = [];
	for (const [account, hash] of after) {
		const former = before.get(account);
		if (former === hash) continue;
		changes.push({ what: former === undefined ? "account added" : "password changed", account });
	}
	for (const account of before.keys()) {
		if (!after.has(account)) changes.push({ what: "account removed", account });
	}
	return changes;
}

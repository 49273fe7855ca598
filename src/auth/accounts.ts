import { type Logger, StorageError } from "../kit/mod.ts";
import type { ServiceSecret, TokenRecord, UserRecord } from "../store/mod.ts";
import { problemWithAccount } from "./stored-account.ts";

/** Where accounts are kept, and other programs change them; `store` implements it. */
export interface AccountsSource {
	/** Whether another program has changed the database since the last call. */
	changedOutside(): boolean;
	/** Whether it tells so as soon as the change is there, and not a moment later. */
	readonly noticesAtOnce: boolean;
	readonly accounts: {
		readonly people: { list(): Promise<UserRecord[]> };
		readonly secrets: {
			tokens(): Promise<TokenRecord[]>;
			services(): Promise<ServiceSecret[]>;
		};
	};
}

/** What happened to an account. */
export interface AccountChange {
	readonly what:
		| "account added"
		| "password changed"
		| "role changed"
		| "account disabled"
		| "account enabled"
		| "account removed";
	/** Its kind and name, such as `user ann`. */
	readonly account: string;
}

type ChangesListener = (changes: readonly AccountChange[]) => void;

/**
 * The accounts in memory, so that logins are checked and checked again without a query. Other programs change them, and
 * whether one has is asked of the database without reading it; code of this program that changes them says so by
 * {@link changed}. Where {@link refresh} is awaited, what is decided next is decided on what the database has.
 */
export class Accounts {
	readonly #source: AccountsSource;
	#known: Known = { users: new Map(), tokens: new Map(), services: new Map() };
	/** Counts the changes that were noticed. */
	#noticed = 1;
	/** Those of them that are in memory. */
	#taken = 0;
	#reading: Promise<void> | undefined;
	readonly #listeners = new Set<ChangesListener>();
	readonly #log: Pick<Logger, "error"> | undefined;
	/** What was said of stored accounts: they are read again and again. */
	#problems: ReadonlySet<string> = new Set();

	/** @param log Hears of accounts that another program has spoilt in the database. */
	constructor(source: AccountsSource, log?: Pick<Logger, "error">) {
		this.#source = source;
		this.#log = log;
	}

	/** Whether there is an administrator who may log in. */
	get hasAdmin(): boolean {
		return [...this.#known.users.values()].some(
			({ role, isActive }) => role === "admin" && isActive,
		);
	}

	user(name: string): UserRecord | undefined {
		return this.#known.users.get(name);
	}

	userById(id: number): UserRecord | undefined {
		for (const user of this.#known.users.values()) if (user.id === id) return user;
		return undefined;
	}

	tokenByHash(hash: string): TokenRecord | undefined {
		return this.#known.tokens.get(hash);
	}

	/** The secret of a service; undefined: none was drawn for it. */
	service(name: string): ServiceSecret | undefined {
		return this.#known.services.get(name);
	}

	/** Accounts were changed by this program; the next {@link refresh} reads them. */
	changed(): void {
		this.#noticed += 1;
	}

	/** Tells of changes right after they are in memory; listeners must not throw. @returns what ends it. */
	follow(listener: ChangesListener): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
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

	/**
	 * Reads the accounts again if another program changed the database. While that is away the accounts known count: they
	 * are those it had when it was last there.
	 * @throws the database's error.
	 */
	async refresh(): Promise<void> {
		while (this.isOutdated()) if (!(await this.#isRead())) return;
	}

	/**
	 * As {@link refresh}, also where a change is heard of a moment after it was made: what someone has added and uses at
	 * once is known. It costs a query there, one at a time however many ask: to be called before a refusal.
	 * @throws the database's error.
	 */
	async refreshSurely(): Promise<void> {
		await this.refresh();
		if (this.#source.noticesAtOnce) return;
		// A reading that has begun may have missed it.
		if (this.#reading !== undefined && !(await this.#isRead())) return;
		await this.#isRead();
	}

	/** Waits for the reading that goes on, or a new one. @returns false when the database is away. */
	async #isRead(): Promise<boolean> {
		this.#reading ??= this.#read().finally(() => {
			this.#reading = undefined;
		});
		try {
			await this.#reading;
			return true;
		} catch (error) {
			if (error instanceof StorageError && this.#taken > 0) return false;
			throw error;
		}
	}

	async #read(): Promise<void> {
		const noticed = this.#noticed;
		const { people, secrets } = this.#source.accounts;
		const known: Known = {
			users: new Map((await people.list()).map((user) => [user.name, user])),
			tokens: new Map((await secrets.tokens()).map((token) => [token.hash, token])),
			services: new Map((await secrets.services()).map((secret) => [secret.name, secret])),
		};
		const before = this.#taken === 0 ? undefined : states(this.#known);
		this.#known = known;
		this.#taken = noticed;
		this.#tellProblems();
		if (before === undefined) return;
		const changes = changesBetween(before, states(known));
		for (const listener of this.#listeners) listener(changes);
	}

	#tellProblems(): void {
		const problems = new Set<string>();
		for (const user of this.#known.users.values()) {
			const problem = problemWithAccount(user);
			if (problem === undefined) continue;
			const { what, reason, help } = problem;
			const line = `${user.id} ${reason}`;
			problems.add(line);
			if (this.#problems.has(line)) continue;
			this.#log?.error(`a stored account ${what}: ${help}`, { row: `users id ${user.id}`, reason });
		}
		this.#problems = problems;
	}
}

interface Known {
	/** By name. */
	readonly users: ReadonlyMap<string, UserRecord>;
	/** By hash. */
	readonly tokens: ReadonlyMap<string, TokenRecord>;
	/** By name. */
	readonly services: ReadonlyMap<string, ServiceSecret>;
}

/** What of an account is told when it changes. */
interface State extends Partial<Pick<UserRecord, "id" | "role" | "isActive">> {
	readonly hash: string;
}

/** By kind and name. */
function states({ users, tokens, services }: Known): Map<string, State> {
	return new Map<string, State>([
		...[...users.values()].map((user) => [`user ${user.name}`, user] as const),
		...[...tokens.values()].map((token) => [`token ${token.name}`, token] as const),
		...[...services.values()].map((secret) => [`service ${secret.name}`, secret] as const),
	]);
}

function changesBetween(
	before: ReadonlyMap<string, State>,
	after: ReadonlyMap<string, State>,
): AccountChange[] {
	const changes: AccountChange[] = [];
	for (const [account, state] of after) {
		const former = before.get(account);
		const same = former?.id === state.id ? former : undefined;
		if (former !== undefined && same === undefined) {
			changes.push({ what: "account removed", account });
		}
		for (const what of whatChanged(same, state)) changes.push({ what, account });
	}
	for (const account of before.keys()) {
		if (!after.has(account)) changes.push({ what: "account removed", account });
	}
	return changes;
}

function whatChanged(former: State | undefined, state: State): AccountChange["what"][] {
	if (former === undefined) return ["account added"];
	const changes: AccountChange["what"][] = [];
	if (former.hash !== state.hash) changes.push("password changed");
	if (former.role !== state.role) changes.push("role changed");
	if (former.isActive !== state.isActive) {
		changes.push(state.isActive === true ? "account enabled" : "account disabled");
	}
	return changes;
}

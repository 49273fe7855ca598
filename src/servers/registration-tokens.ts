import { type Accounts, hashOf, newSecret } from "../auth/mod.ts";
import { accountsIn, type StorePort } from "../store/mod.ts";

export interface NewTokenDeps {
	readonly store: StorePort;
	readonly accounts: Accounts;
}

export interface NewToken {
	/** Shown once; only its hash is kept. */
	readonly token: string;
	readonly name: string;
}

/**
 * Makes a registration token, which counts when this resolves.
 * @param nameAmong Chooses its name, from the names of those there are; not yet expired ones are `valid`. What it throws
 * is thrown, and nothing is made.
 * @param now Unix time, seconds, as `expiresAt`.
 */
export async function makeToken(
	{ store, accounts }: NewTokenDeps,
	nameAmong: (names: ReadonlySet<string>, valid: ReadonlySet<string>) => string,
	now: number,
	expiresAt: number | null,
): Promise<NewToken> {
	const token = newSecret();
	const name = await store.write(async (db) => {
		const { secrets } = accountsIn(db, store.columns);
		const known = await secrets.tokens();
		const isValid = ({ expiresAt }: { expiresAt: number | null }) =>
			expiresAt === null || expiresAt > now;
		const chosen = nameAmong(
			new Set(known.map((one) => one.name)),
			new Set(known.filter(isValid).map((one) => one.name)),
		);
		await secrets.addToken({ name: chosen, hash: hashOf(token), createdAt: now, expiresAt });
		return chosen;
	});
	accounts.changed();
	await accounts.refresh();
	return { token, name };
}

/** The first that is free of `base`, `base-2`, `base-3` and so on. */
export function freeName(base: string, taken: ReadonlySet<string>): string {
	let name = base;
	for (let n = 2; taken.has(name); n++) name = `${base}-${n}`;
	return name;
}

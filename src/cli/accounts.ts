import { hashOf, hashPassword, newSecret } from "../auth/mod.ts";
import { ConfigError, createLogger } from "../kit/mod.ts";
import { schemesOf } from "../settings/mod.ts";
import { type AccountRows, AccountsFile, isInUse, Store, type UserRecord } from "../store/mod.ts";
import { databaseFiles, databasePath } from "./database.ts";
import type { GlobalOptions } from "./options.ts";
import { print } from "./output.ts";
import { giveToOwner } from "./ownership.ts";
import { readPassword } from "./password.ts";
import { readConfig } from "./read-config.ts";
import { table } from "./table.ts";

const NAME = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;
/** Names that mean something else at a login. */
const RESERVED = ["local", "token", "anyone"];
const MIN_PASSWORD = 8;
const MAX_PASSWORD = 1000;

/** Works on the accounts; a server that runs notices within a second. */
async function withAccounts<T>(
	options: GlobalOptions,
	work: (accounts: AccountRows) => Promise<T>,
): Promise<T> {
	const config = readConfig(options);
	const path = databasePath(config);
	if (!isInUse(path)) {
		// Makes the database, or brings it up to date.
		const log = createLogger({ level: "warn", format: "text" });
		await new Store({ userdir: config.core.userdir, url: config["core-db"].url }, log).close();
	}
	const file = new AccountsFile(path);
	try {
		return await work(file.accounts);
	} finally {
		file.close();
		giveToOwner(config.core.userdir, databaseFiles(config));
	}
}

/** `iotctl user add NAME`. */
export async function addUser(options: GlobalOptions, name: string): Promise<void> {
	checkName(name);
	await withAccounts(options, async (accounts) => {
		if ((await accounts.user(name)) !== undefined) {
			throw new ConfigError(
				`user "${name}" already exists; change its password with: iotctl user passwd ${name}`,
			);
		}
		const hash = await newPassword(name);
		await accounts.putUser({ name, hash, createdAt: Date.now() / 1000 });
	});
	print(`Added administrator ${name}.\n`);
}

/** `iotctl user passwd NAME`; logins with the old password end. */
export async function changePassword(options: GlobalOptions, name: string): Promise<void> {
	await withAccounts(options, async (accounts) => {
		const user = await knownUser(accounts, name);
		await accounts.putUser({ ...user, hash: await newPassword(name) });
	});
	print(`Changed the password of ${name}.\n`);
}

/** `iotctl user list`. */
export async function listUsers(options: GlobalOptions): Promise<void> {
	const users = await withAccounts(options, (accounts) => accounts.users());
	const rows = users.map(({ name, createdAt }) => [name, dateOf(createdAt)]);
	print(`${table([["NAME", "CREATED"], ...rows])}\n`);
}

/** `iotctl user del NAME`. */
export async function removeUser(options: GlobalOptions, name: string): Promise<void> {
	await withAccounts(options, async (accounts) => {
		await knownUser(accounts, name);
		await accounts.removeUser(name);
	});
	print(`Removed ${name}.\n`);
}

/** `iotctl token create NAME [--days N]`: shown once, stored hashed. */
export async function createToken(
	options: GlobalOptions,
	name: string,
	days: number | undefined,
): Promise<void> {
	checkName(name);
	const token = newSecret();
	const createdAt = Date.now() / 1000;
	const expiresAt = days === undefined ? null : createdAt + days * 86_400;
	await withAccounts(options, async (accounts) => {
		if (await hasToken(accounts, name)) {
			throw new ConfigError(
				`token "${name}" already exists; revoke it first, or choose another name`,
			);
		}
		await accounts.addToken({ name, hash: hashOf(token), createdAt, expiresAt });
	});
	const { http } = schemesOf(readConfig(options));
	print(
		`${token}\n\nThis token is shown only once. Devices register with PUT /<uuid>?token=<token>, with the header\n"Authorization: Bearer <token>", or, in SDKs, with the address ${http}://<host>:<port>/token/<token>\n`,
	);
}

/** `iotctl token list`. */
export async function listTokens(options: GlobalOptions): Promise<void> {
	const tokens = await withAccounts(options, (accounts) => accounts.tokens());
	const rows = tokens.map(({ name, createdAt, expiresAt }) => [
		name,
		dateOf(createdAt),
		expiresAt === null ? "never" : dateOf(expiresAt),
	]);
	print(`${table([["NAME", "CREATED", "EXPIRES"], ...rows])}\n`);
}

/** `iotctl token revoke NAME`: it registers no more devices; those it did keep their own logins. */
export async function revokeToken(options: GlobalOptions, name: string): Promise<void> {
	await withAccounts(options, async (accounts) => {
		if (!(await hasToken(accounts, name))) {
			throw new ConfigError(`there is no token "${name}"; list them with: iotctl token list`);
		}
		await accounts.removeToken(name);
	});
	print(`Revoked ${name}. Devices that registered with it keep their logins.\n`);
}

async function hasToken(accounts: AccountRows, name: string): Promise<boolean> {
	return (await accounts.tokens()).some((known) => known.name === name);
}

async function knownUser(accounts: AccountRows, name: string): Promise<UserRecord> {
	const user = await accounts.user(name);
	if (user !== undefined) return user;
	throw new ConfigError(`there is no user "${name}"; list them with: iotctl user list`);
}

function checkName(name: string): void {
	if (!NAME.test(name) || RESERVED.includes(name)) {
		throw new ConfigError(
			`"${name}" is not a valid name: use 1 to 64 letters, digits or . _ @ - (reserved: ${RESERVED.join(", ")})`,
		);
	}
}

async function newPassword(name: string): Promise<string> {
	const password = await readPassword(`Password for ${name}`);
	if (password.length < MIN_PASSWORD || password.length > MAX_PASSWORD) {
		throw new ConfigError(`a password must have ${MIN_PASSWORD} to ${MAX_PASSWORD} characters`);
	}
	return hashPassword(password);
}

function dateOf(seconds: number): string {
	return new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ");
}

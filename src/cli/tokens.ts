import { hashOf, newSecret } from "../auth/mod.ts";
import { ConfigError } from "../kit/mod.ts";
import { schemesOf } from "../settings/mod.ts";
import type { AccountRows } from "../store/mod.ts";
import type { GlobalOptions } from "./options.ts";
import { print } from "./output.ts";
import { readConfig } from "./read-config.ts";
import { table } from "./table.ts";
import { dateOf, withAccounts } from "./with-accounts.ts";

const NAME = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;
/** Names that mean something else at a login. */
const RESERVED = ["local", "token", "anyone"];

/** `iotctl token create NAME [--days N]`: shown once, stored hashed. */
export async function createToken(
	options: GlobalOptions,
	name: string,
	days: number | undefined,
): Promise<void> {
	if (!NAME.test(name) || RESERVED.includes(name)) {
		throw new ConfigError(
			`"${name}" is not a valid name: use 1 to 64 of the characters A-Z a-z 0-9 . _ @ -, the first of them a letter or digit (reserved: ${RESERVED.join(", ")})`,
		);
	}
	const token = newSecret();
	const createdAt = Date.now() / 1000;
	const expiresAt = days === undefined ? null : createdAt + days * 86_400;
	await withAccounts(options, async (accounts) => {
		if (await hasToken(accounts, name)) {
			throw new ConfigError(
				`token "${name}" already exists; revoke it first, or choose another name`,
			);
		}
		await accounts.secrets.addToken({ name, hash: hashOf(token), createdAt, expiresAt });
	});
	const { http } = schemesOf(readConfig(options));
	print(
		`${token}\n\nThis token is shown only once. Devices register with PUT /<uuid>?token=<token>, with the header\n"Authorization: Bearer <token>", or, in SDKs, with the address ${http}://<host>:<port>/token/<token>\n`,
	);
}

/** `iotctl token list`. */
export async function listTokens(options: GlobalOptions): Promise<void> {
	const tokens = await withAccounts(options, (accounts) => accounts.secrets.tokens());
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
		await accounts.secrets.removeToken(name);
	});
	print(`Revoked ${name}. Devices that registered with it keep their logins.\n`);
}

async function hasToken(accounts: AccountRows, name: string): Promise<boolean> {
	return (await accounts.secrets.tokens()).some((known) => known.name === name);
}

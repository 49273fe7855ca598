import {
	hashOf,
	hashPassword,
	NO_PASSWORD,
	newSecret,
	plainName,
	problemWithName,
	problemWithPassword,
} from "../auth/mod.ts";
import { ConfigError } from "../kit/mod.ts";
import { authIsOn } from "../settings/mod.ts";
import type { AccountRows, Role, UserRecord } from "../store/mod.ts";
import type { GlobalOptions } from "./options.ts";
import { print } from "./output.ts";
import { readPassword } from "./password.ts";
import { readConfig } from "./read-config.ts";
import { table } from "./table.ts";
import { dateOf, withAccounts } from "./with-accounts.ts";

const ROLE_WORDS: Readonly<Record<Role, string>> = {
	admin: "administrator",
	teacher: "teacher",
	student: "student",
};

const LOGINS_ARE_OFF =
	"Logins are off: devices, graphs and the live page need none. To require them, set auth = on in [core] and restart the server.\n";

/** `iotctl user add NAME [--role ROLE]`; says so if no login is required. */
export async function addUser(
	options: GlobalOptions,
	written: string,
	role: Role = "admin",
): Promise<void> {
	const problem = problemWithName(written);
	if (problem !== undefined) throw new ConfigError(problem);
	const name = plainName(written);
	await withAccounts(options, async ({ people }) => {
		if ((await people.byName(name)) !== undefined) {
			throw new ConfigError(
				`user "${name}" already exists; change its password with: iotctl user passwd ${name}`,
			);
		}
		const hash = await newPassword(name, role);
		await people.create({ name, hash, role, createdAt: Date.now() / 1000 });
	});
	// Teachers and students log in to the project manager alone, which always asks.
	const isIdle = role === "admin" && !authIsOn(readConfig(options));
	print(`Added ${ROLE_WORDS[role]} ${name}.\n${isIdle ? LOGINS_ARE_OFF : ""}`);
}

/** `iotctl user passwd NAME`; logins with the old password end. */
export async function changePassword(options: GlobalOptions, name: string): Promise<void> {
	await withAccounts(options, async (accounts) => {
		const { id, role, hash } = await knownUser(accounts, name);
		await accounts.people.setPassword(id, await newPassword(name, role));
		// Who had none yet may log in from now on.
		if (hash === NO_PASSWORD) await accounts.people.setActive(id, true);
	});
	print(`Changed the password of ${name}.\n`);
}

/** `iotctl user list`. */
export async function listUsers(options: GlobalOptions): Promise<void> {
	const users = await withAccounts(options, ({ people }) => people.list());
	const rows = users.map(({ name, createdAt, role, isActive }) => [
		name,
		dateOf(createdAt),
		isActive ? role : `${role}, disabled`,
	]);
	print(`${table([["NAME", "CREATED", "ROLE"], ...rows])}\n`);
}

/** `iotctl user del NAME`. */
export async function removeUser(options: GlobalOptions, name: string): Promise<void> {
	await withAccounts(options, async (accounts) => {
		const { id } = await knownUser(accounts, name);
		await accounts.people.remove(id);
	});
	print(`Removed ${name}.\n`);
}

/** How long a registration code may be used, and how often. */
export interface CodeLimits {
	readonly days: number;
	readonly count: number;
}

/** `iotctl user code`: what lets people register while registration = code; shown once, stored hashed. */
export async function createCode(
	options: GlobalOptions,
	{ days, count }: CodeLimits,
): Promise<void> {
	const code = newSecret();
	const createdAt = Date.now() / 1000;
	const expiresAt = createdAt + days * 86_400;
	await withAccounts(options, ({ people }) =>
		people.addCode({ hash: hashOf(code), usesLeft: count, expiresAt, createdAt }),
	);
	const people = count === 1 ? "1 person" : `${count} people`;
	print(
		`${code}\n\nThis code is shown only once. It lets ${people} register as teachers until ${dateOf(expiresAt)}.\n`,
	);
}

/** `iotctl user secret ccm`: what a project manager of another process logs in with; shown once, stored hashed. */
export async function createSecret(options: GlobalOptions, name: string): Promise<void> {
	if (name !== "ccm") throw new ConfigError(`"${name}" is not a service with a login; ccm is`);
	const secret = newSecret();
	const createdAt = Date.now() / 1000;
	await withAccounts(options, ({ secrets }) =>
		secrets.putService({ name, hash: hashOf(secret), createdAt }),
	);
	print(
		`${secret}\n\nThis secret is shown only once. iotctl start ccm logs in at this server's broker as ${name} with it; an older one ends.\n`,
	);
}

async function knownUser({ people }: AccountRows, name: string): Promise<UserRecord> {
	const user = await people.byName(plainName(name));
	if (user !== undefined) return user;
	throw new ConfigError(`there is no user "${name}"; list them with: iotctl user list`);
}

async function newPassword(name: string, role: Role): Promise<string> {
	const password = await readPassword(`Password for ${name}`);
	const problem = problemWithPassword(password, role === "admin");
	if (problem !== undefined) throw new ConfigError(problem);
	return hashPassword(password);
}

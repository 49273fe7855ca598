import { ROLES, type UserRecord } from "../store/mod.ts";

/** Hashes that passwords can be checked against. */
const CHECKABLE = /^\$(argon2(id|i|d)|2[abxy])\$/;

/** Why a stored account is of no use to its person, and what an operator can do about it. */
export interface AccountProblem {
	readonly what: string;
	readonly reason: string;
	readonly help: string;
}

/** What is wrong with an account that another program has changed in the database; undefined: nothing is. */
export function problemWithAccount({
	name,
	role,
	hash,
}: Pick<UserRecord, "name" | "role" | "hash">): AccountProblem | undefined {
	if (!ROLES.includes(role)) {
		return {
			what: "has an unknown role, and may do nothing",
			reason: `role is none of ${ROLES.join(", ")}`,
			help: "set another role in the list of people, or restore a backup with: iotctl restore FILE",
		};
	}
	if (CHECKABLE.test(hash)) return undefined;
	return {
		what: "has no password that can be checked, and cannot log in",
		reason: "hash is not one of argon2 or bcrypt",
		help: `set a password with: iotctl user passwd ${name}`,
	};
}

import { isUuid } from "../kit/mod.ts";

/** Names that mean something else at a login. */
const RESERVED = ["ccm", "ec", "local", "token", "anyone"];
const LONGEST = 64;
/** Of topics, of patterns of topics, and between name and password in HTTP's Basic login. */
const SPECIAL = /[/+#:]/;
const PLAIN = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}._@-]*$/u;

/** The rule in words. */
export const NAME_RULE = `use 1 to ${LONGEST} letters (of any script), digits or . _ @ -, the first one a letter or digit`;

const MIN_PASSWORD = 8;
const MAX_PASSWORD = 1000;

/** A name as it is stored and compared: the same letters may be written in several ways. */
export function plainName(name: string): string {
	return name.normalize("NFC");
}

/** Why a person may not be called so; undefined: they may. */
export function problemWithName(written: string): string | undefined {
	const name = plainName(written);
	const shown = JSON.stringify(name.slice(0, LONGEST));
	if (RESERVED.includes(name.toLowerCase())) {
		return `the name ${shown} is reserved (so are: ${RESERVED.join(", ")})`;
	}
	if (isUuid(name.toLowerCase())) return `the name ${shown} is a UUID: devices have such names`;
	if (SPECIAL.test(name)) return `the name ${shown} has one of the characters / + # :`;
	if (name.length <= LONGEST && PLAIN.test(name)) return undefined;
	return `${shown} is not a valid name: ${NAME_RULE}`;
}

/** Why this is not a password; undefined: it is one. Those of administrators are longer. */
export function problemWithPassword(password: string, isAdmin: boolean): string | undefined {
	const least = isAdmin ? MIN_PASSWORD : 1;
	if (password.length >= least && password.length <= MAX_PASSWORD) return undefined;
	return `a password must have ${least} to ${MAX_PASSWORD} characters`;
}

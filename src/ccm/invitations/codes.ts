import { createHmac } from "node:crypto";

/** None looks like another letter or a digit on a projector, and without vowels no word comes of them. */
const LETTERS = "BCDFGHJKMNPQRSTVWXYZ";
export const CODE_LENGTH = 6;
/** What people put between the letters of a code they read out. */
const BETWEEN = /[\s\-‐-―_.·]/gu;

/** Draws a code. @param random An integer from 0 up to, and without, the one given; not to be guessed. */
export function drawCode(random: (below: number) => number): string {
	return Array.from({ length: CODE_LENGTH }, () => LETTERS[random(LETTERS.length)]).join("");
}

/** A code as a person typed it, full width or small letters too; undefined: it cannot be one. */
export function plainCode(text: string): string | undefined {
	const plain = text.normalize("NFKC").replaceAll(BETWEEN, "").toUpperCase();
	if (plain.length !== CODE_LENGTH) return undefined;
	return [...plain].every((letter) => LETTERS.includes(letter)) ? plain : undefined;
}

/**
 * Hashes codes, the same each time, since a code is found by its hash. There are 64 million: with hash and key it is found
 * in seconds. The hash keeps a code from being read in passing, in a backup or a dump, and the key from being looked up
 * in a table. A slow hash (argon2) would make those seconds days, but each of forty phones that join would cost as much
 * memory and time as a login, and so would each wrong guess. What keeps a code from being guessed is `CodeThrottle`, and
 * that it ends with the lesson.
 * @param key Of this server.
 */
export function codeHasher(key: string): (code: string) => string {
	return (code) => createHmac("sha256", key).update(`join ${code}`).digest("hex");
}

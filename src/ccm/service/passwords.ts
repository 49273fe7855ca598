import { hashPassword, isPassword } from "../../auth/mod.ts";

/** Passwords and their hashes; each takes a moment. */
export interface Passwords {
	hash(password: string): Promise<string>;
	isRight(password: string, hash: string): Promise<boolean>;
}

export const ARGON2: Passwords = { hash: hashPassword, isRight: isPassword };

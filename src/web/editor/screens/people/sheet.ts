import type { ClassLine } from "./class-list.ts";
import { drawPassword } from "./draw-password.ts";

/** A new account with the password that can be read only now. */
export interface NewLogin {
	readonly username: string;
	readonly password: string;
}

/** The accounts a list asks for. */
export function loginsOf(
	lines: readonly ClassLine[],
	draw: () => string = drawPassword,
): NewLogin[] {
	return lines.map(({ name, password }) => ({ username: name, password: password ?? draw() }));
}

/** For a spreadsheet or a message: cells separated by tabs. */
export function sheetText(logins: readonly NewLogin[]): string {
	return logins.map(({ username, password }) => `${username}\t${password}\n`).join("");
}

/** As many as the server takes in one request. */
export const MAX_CLASS = 100;

/** A line of a pasted list. */
export interface ClassLine {
	/** Of the text, from 1. */
	readonly line: number;
	readonly name: string;
	/** Undefined: one is to be drawn. */
	readonly password: string | undefined;
	/** The line that has the same name, where one above has. */
	readonly twinOf: number | undefined;
}

/**
 * Reads a pasted list: a student a line, cells separated by tabs, commas or semicolons, the second one a password.
 * Empty lines are left out. Names have no spaces (`docs/projects.md`): those inside become dots.
 */
export function readClass(text: string): ClassLine[] {
	const seen = new Map<string, number>();
	return text.split(/\r\n|[\n\r]/).flatMap((written, index) => {
		const [first = "", second = ""] = written.trim().split(/[\t,;，；]/);
		const name = first.trim().normalize("NFC").replaceAll(/\s+/g, ".");
		if (name === "") return [];
		const line = index + 1;
		const twinOf = seen.get(name);
		if (twinOf === undefined) seen.set(name, line);
		const password = second.trim();
		return [{ line, name, password: password === "" ? undefined : password, twinOf }];
	});
}

/** Why the server did not add a line. */
export interface RefusedLine {
	readonly line: number;
	readonly name: string;
	/** In the server's words; undefined: the name is taken. */
	readonly reason: string | undefined;
}

/** The lines a refusal of the whole list names, as lines of the text; empty: it names none. */
export function refusedLines(reason: string, lines: readonly ClassLine[]): RefusedLine[] {
	const [, list = ""] = /^no one was added; (.*)$/s.exec(reason) ?? [];
	return list.split(/; (?=line \d+: )/).flatMap((one) => {
		const [, number, why = ""] = /^line (\d+): (.*)$/s.exec(one) ?? [];
		const written = lines[Number(number) - 1];
		if (written === undefined) return [];
		const { line, name } = written;
		const isTaken = why === `${name} already exists`;
		return [{ line, name, reason: isTaken ? undefined : why }];
	});
}

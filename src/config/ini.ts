import { parse } from "ini";
import { ConfigError } from "../errors.ts";

/** An ini file as text values: section → key → value, interpolation not yet done. */
export type IniSections = Map<string, Map<string, string>>;

/** An ini text with the means to say where something stands in it. */
export interface IniFile {
	readonly path: string;
	readonly sections: IniSections;
	/** 1-based line of a key (its last occurrence, the one that counts); undefined when not found. */
	lineOf(section: string, key: string): number | undefined;
}

const SECTION = /^\s*\[([^\]]*)\]/;
const KEY = /^\s*([^;#=\s][^=]*?)\s*=/;

/**
 * Reads an ini text.
 * @throws ConfigError on a key outside a section or a key given as a list.
 */
export function readIni(path: string, text: string): IniFile {
	const lines = locateKeys(text);
	const lineOf = (section: string, key: string) => lines.get(`${section}\n${key}`);
	const sections: IniSections = new Map();
	for (const [section, body] of Object.entries(parse(text.replace(/^\uFEFF/, "")))) {
		if (typeof body !== "object" || body === null || Array.isArray(body)) {
			const line = lineOf("", section);
			throw new ConfigError(
				`Cannot use "${path}"${at(line)}: "${section}" stands before any [section]`,
			);
		}
		const values = new Map<string, string>();
		for (const [key, value] of Object.entries(body as Record<string, unknown>)) {
			if (Array.isArray(value)) {
				throw new ConfigError(
					`Cannot use "${path}"${at(lineOf(section, `${key}[]`))}: "${key}" in [${section}] takes one value, not a list`,
				);
			}
			if (typeof value !== "object" || value === null) values.set(key, String(value));
		}
		sections.set(section, values);
	}
	return { path, sections, lineOf };
}

/** `, line 12` for messages; nothing when the line is unknown. */
export function at(line: number | undefined): string {
	return line === undefined ? "" : `, line ${line}`;
}

// The ini package keeps no positions, so the lines are looked up a second time here.
function locateKeys(text: string): Map<string, number> {
	const found = new Map<string, number>();
	let section = "";
	for (const [index, line] of text.split(/\r\n|\r|\n/).entries()) {
		const header = SECTION.exec(line)?.[1];
		if (header !== undefined) {
			section = header.trim();
			continue;
		}
		const key = KEY.exec(line)?.[1];
		if (key !== undefined) found.set(`${section}\n${key}`, index + 1);
	}
	return found;
}

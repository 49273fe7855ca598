import { parse } from "ini";

/** An ini file as text values: section → key → value, interpolation not yet done. */
export type IniSections = Map<string, Map<string, string>>;

/** A line that says nothing, and why. */
export interface IniProblem {
	/** The section it stands in; empty before the first one. */
	readonly section: string;
	/** 1-based. */
	readonly line: number;
	/** In words that fit behind the line's number. */
	readonly text: string;
}

/** An ini text with the means to say where something stands in it. */
export interface IniFile {
	readonly path: string;
	readonly sections: IniSections;
	/** In the order of their lines. */
	readonly problems: readonly IniProblem[];
	/** 1-based line of a key (its last occurrence, the one that counts); undefined when not found. */
	lineOf(section: string, key: string): number | undefined;
	/** 1-based line of a section's last header. */
	lineOfSection(section: string): number | undefined;
	/** What of a value looks like a comment behind it, such as ` # web`; undefined in quotes. */
	remarkIn(section: string, key: string): string | undefined;
}

const HEADER = /^\s*\[([^\]]*)\]/;
const COMMENT = /^\s*[#;]/;
const PAIR = /^\s*([^=:]*?)\s*[=:]\s*(.*?)\s*$/;
const REMARK = /\s[#;].*$/;

interface Prepared {
	/** For the ini package: names and values in quotes, where no character means anything to it. */
	readonly text: string;
	readonly lines: ReadonlyMap<string, number>;
	readonly headers: ReadonlyMap<string, number>;
	readonly remarks: ReadonlyMap<string, string>;
	readonly problems: readonly IniProblem[];
}

/**
 * Reads an ini text as Python's configparser does, since the original's users have such files: `=` or `:` behind
 * a key, keys in any case, `#` and `;` begin a comment only where a line does, elsewhere they belong to the
 * value. Beyond it, quotes around a value are taken off.
 */
export function readIni(path: string, text: string): IniFile {
	const { text: quoted, lines, headers, remarks, problems } = prepare(text);
	const sections: IniSections = new Map();
	const lists: IniProblem[] = [];
	for (const [section, body] of Object.entries(parse(quoted))) {
		if (typeof body !== "object" || body === null) continue;
		const values = new Map<string, string>();
		for (const [key, value] of Object.entries(body as Record<string, unknown>)) {
			if (Array.isArray(value)) {
				const line = lines.get(`${section}\n${key}[]`) ?? 0;
				const text = `"${key}" in [${section}] takes one value, not a list`;
				lists.push({ section, line, text });
			} else if (typeof value !== "object" || value === null) {
				values.set(key, String(value));
			}
		}
		sections.set(section, values);
	}
	return {
		path,
		sections,
		problems: [...problems, ...lists].sort((a, b) => a.line - b.line),
		lineOf: (section, key) => lines.get(`${section}\n${key}`),
		lineOfSection: (section) => headers.get(section),
		remarkIn: (section, key) => remarks.get(`${section}\n${key}`),
	};
}

/** `, line 12` for messages; nothing when the line is unknown. */
export function at(line: number | undefined): string {
	return line === undefined ? "" : `, line ${line}`;
}

function prepare(text: string): Prepared {
	const out: string[] = [];
	const lines = new Map<string, number>();
	const headers = new Map<string, number>();
	const remarks = new Map<string, string>();
	const problems: IniProblem[] = [];
	let section: string | undefined;
	for (const [index, written] of text
		.replace(/^\uFEFF/, "")
		.split(/\r\n|\r|\n/)
		.entries()) {
		const line = index + 1;
		if (written.trim() === "" || COMMENT.test(written)) continue;
		const header = HEADER.exec(written)?.[1]?.trim();
		if (header !== undefined) {
			section = header;
			headers.set(section, line);
			out.push(`[${JSON.stringify(section)}]`);
			continue;
		}
		const [, name = "", value = ""] = PAIR.exec(written) ?? [];
		const key = name.toLowerCase();
		const problem = problemWith(written, name, section);
		if (problem !== undefined) {
			problems.push({ section: section ?? "", line, text: problem });
			continue;
		}
		const place = `${section}\n${key}`;
		lines.set(place, line);
		const bare = unquoted(value);
		const remark = bare === value ? REMARK.exec(value)?.[0] : undefined;
		if (remark === undefined) remarks.delete(place);
		else remarks.set(place, remark);
		out.push(`${JSON.stringify(key)} = ${JSON.stringify(bare)}`);
	}
	return { text: out.join("\n"), lines, headers, remarks, problems };
}

function problemWith(written: string, name: string, section: string | undefined) {
	const shown = written.trim();
	if (name === "") {
		const isPair = PAIR.test(written);
		const why = isPair
			? "has no key in front of its value"
			: "is neither a [section] nor key = value";
		// What stands there may be the second half of a password.
		return `${isPair || shown.startsWith("[") ? `"${shown}"` : "the line"} ${why}`;
	}
	return section === undefined ? `"${name}" is outside of any [section]` : undefined;
}

/** A value without the quotes around it; one that only begins and ends with quotes of its own stays. */
function unquoted(value: string): string {
	const inner = /^"(.*)"$/.exec(value)?.[1];
	if (inner !== undefined) {
		try {
			const read: unknown = JSON.parse(value);
			if (typeof read === "string") return read;
		} catch {}
		return inner.includes('"') ? value : inner;
	}
	const single = /^'(.*)'$/.exec(value)?.[1];
	return single === undefined || single.includes("'") ? value : single;
}

import { Value } from "@sinclair/typebox/value";
import { closestMatch } from "leven";
import { ConfigError } from "../kit/mod.ts";
import {
	accepts,
	defaultText,
	type Field,
	fieldsOf,
	readValue,
	type SectionFields,
} from "./fields.ts";
import { absolute, withHome } from "./home.ts";
import { at, type IniFile } from "./ini.ts";
import { interpolate } from "./interpolate.ts";
import { plainName, type Section } from "./section.ts";

/** Values every section has unless it says otherwise, as in Python's configparser. */
const COMMON = "DEFAULT";
/** Sections of the original's other programs, however near they are to ours. */
const OTHERS_SECTIONS = new Set(["default", "ccm", "csm", "gui", "ccm-db", "csm-db", "gui-db"]);

/** Values of an ini, section → key → value, all of them of their fields' types. */
export type IniValues = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

type Place = Pick<Field, "section" | "key">;

type KnownFields = ReadonlyMap<string, readonly Field[]>;

/** All values of an ini, with defaults where it has none. @throws ConfigError for the first that is not accepted. */
export function readValues(file: IniFile, sections: readonly Section[], home: string): IniValues {
	const known = knownFields(sections.map(fieldsOf));
	refuseStrangeLines(file, known);
	const values: Record<string, Record<string, unknown>> = {};
	for (const [section, fields] of known) {
		refuseUnknownKeys(file, section, fields);
		values[section] = Object.fromEntries(
			fields.map((field) => [field.key, readField(file, known, field, home)]),
		);
	}
	for (const section of sections) refuseCombinations(file, section, values[section.name]);
	return values;
}

/** See `IniFormat.userdirIn`. */
export function readUserdir(
	file: IniFile,
	sections: readonly Section[],
	home: string,
): string | undefined {
	const known = knownFields(sections.map(fieldsOf));
	const field = known.get("core")?.find(({ key }) => key === "userdir");
	const isThere = ["core", COMMON].some((name) => file.sections.get(name)?.has("userdir"));
	if (field === undefined || !isThere) return undefined;
	try {
		const written = readField(file, known, field, home);
		return typeof written === "string" ? absolute(written, home) : undefined;
	} catch (error) {
		if (error instanceof ConfigError) return undefined;
		throw error;
	}
}

/** See `IniFormat.misspeltSections`. */
export function misspeltSections(file: IniFile, sections: readonly SectionFields[]): string[] {
	const known = knownFields(sections);
	return [...file.sections.keys()].flatMap((section) => {
		if (known.has(section) || OTHERS_SECTIONS.has(section.toLowerCase())) return [];
		const missing = [...known.keys()].filter((name) => !file.sections.has(name));
		const near = closestMatch(section.toLowerCase(), missing, { maxDistance: 2 });
		if (near === undefined || near.length < section.length - 2) return [];
		const line = at(file.lineOfSection(section));
		return [`"${file.path}"${line}: [${section}] is ignored (did you mean [${near}]?)`];
	});
}

/** See `IniFormat.oldNames`. */
export function oldNames(file: IniFile, sections: readonly SectionFields[]): string[] {
	return sections
		.flatMap(({ fields }) => fields)
		.flatMap((field) => {
			const { section, key } = field;
			const old = oldPlace(field);
			if (old === undefined || !file.sections.get(old.section)?.has(old.key)) return [];
			const line = at(file.lineOf(old.section, old.key));
			const isSet = file.sections.get(section)?.has(key) === true;
			const hasMoved = old.section !== section;
			const advice = `is still read in this version; ${hasMoved ? "move" : "rename"} it to`;
			const what = isSet ? "is ignored beside" : advice;
			const now = hasMoved ? `"${key}" in [${section}]` : `"${key}"`;
			return [`"${file.path}"${line}: "${old.key}" in [${old.section}] ${what} ${now}`];
		});
}

/** See `IniFormat.unusedKeys`. */
export function unusedKeys(file: IniFile, sections: readonly SectionFields[]): string[] {
	return sections
		.flatMap(({ fields }) => fields)
		.flatMap(({ section, key, unused }) => {
			if (unused === undefined || !file.sections.get(section)?.has(key)) return [];
			const line = at(file.lineOf(section, key));
			return [`"${file.path}"${line}: "${key}" in [${section}] has no effect: ${unused}`];
		});
}

function knownFields(sections: readonly SectionFields[]): KnownFields {
	return new Map(sections.map((section) => [section.name, section.fields]));
}

function refuseStrangeLines(file: IniFile, known: KnownFields): void {
	for (const section of file.sections.keys()) {
		const plain = plainName(section);
		if (known.has(section) || !known.has(plain)) continue;
		throw new ConfigError(
			`Cannot use "${file.path}"${at(file.lineOfSection(section))}: [${section}] is not a known section; write [${plain}]`,
		);
	}
	// Other programs' sections are theirs.
	const problem = file.problems.find(({ section }) => section === "" || known.has(section));
	if (problem === undefined) return;
	throw new ConfigError(`Cannot use "${file.path}"${at(problem.line)}: ${problem.text}`);
}

function refuseUnknownKeys(file: IniFile, section: string, fields: readonly Field[]): void {
	const names = fields.map((field) => field.key);
	const formerNames = fields.map((field) => field.formerly);
	for (const key of file.sections.get(section)?.keys() ?? []) {
		if (names.includes(key) || formerNames.includes(key)) continue;
		const near = closestMatch(key, names, { maxDistance: 3 });
		const hint = near === undefined ? `known are ${names.join(", ")}` : `did you mean "${near}"?`;
		throw new ConfigError(
			`Cannot use "${file.path}"${at(file.lineOf(section, key))}: unknown key "${key}" in [${section}] (${hint})`,
		);
	}
}

function refuseCombinations(file: IniFile, section: Section, values: unknown): void {
	const problem = section.check?.(Value.Decode(section.schema, values));
	if (problem === undefined) return;
	const { key, text } = problem;
	const where = key === undefined ? "" : at(file.lineOf(section.name, key));
	const what = key === undefined ? `[${section.name}]` : `"${key}" in [${section.name}]`;
	throw new ConfigError(`Cannot use "${file.path}"${where}: ${what} ${text}`);
}

function readField(file: IniFile, known: KnownFields, field: Field, home: string): unknown {
	const { section, key } = placeIn(file, field);
	const valueIn = (name: string, of: string) =>
		file.sections.get(name)?.get(of) ?? file.sections.get(COMMON)?.get(of);
	const raw = valueIn(section, key);
	if (raw === undefined) return field.schema.default;
	const refuse = (problem: string): never => {
		const shown = field.secret ? "" : ` "${raw}"`;
		throw new ConfigError(
			`Cannot use "${file.path}"${at(file.lineOf(section, key))}: "${key}" in [${section}] has the value${shown}, which ${problem}`,
		);
	};
	const remark = field.secret ? undefined : file.remarkIn(section, key);
	if (remark !== undefined) {
		return refuse(
			`contains "${remark.trim()}": put a comment on a line of its own, or quotes around the whole value`,
		);
	}
	const lookUp = (otherSection: string, otherKey: string) => {
		const other = known.get(otherSection)?.find((candidate) => candidate.key === otherKey);
		return valueIn(otherSection, otherKey) ?? (other && defaultText(other));
	};
	const context = { section, lookUp, home: field.path ? home : undefined };
	const result = interpolate(raw, context, [`${section}:${key}`]);
	if ("problem" in result) return refuse(result.problem);
	const { text } = result;
	if (field.path && /^~[^/]/.test(text)) {
		return refuse("starts with another user's home: only ~/ is supported");
	}
	const value = readValue(field, field.path ? withHome(text, home) : text);
	return value === undefined ? refuse(`is not accepted: expected ${accepts(field)}`) : value;
}

/** Where a key is written: at its own place, or, where it is only there, at its old one. */
function placeIn(file: IniFile, field: Field): Place {
	const old = oldPlace(field);
	const isOld =
		old !== undefined &&
		file.sections.get(old.section)?.has(old.key) === true &&
		file.sections.get(field.section)?.has(field.key) !== true;
	return isOld ? old : field;
}

function oldPlace({ section, key, formerly, formerlyIn }: Field): Place | undefined {
	if (formerly === undefined && formerlyIn === undefined) return undefined;
	return { section: formerlyIn ?? section, key: formerly ?? key };
}

import { homedir } from "node:os";
import { type Static, type TObject, type TProperties, type TUnsafe, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { InvariantError } from "../kit/mod.ts";
import { CORE } from "./core.ts";
import { type Field, fieldsOf, type SectionFields } from "./fields.ts";
import { absolute } from "./home.ts";
import { readIni } from "./ini.ts";
import { readBytes, readText, textOf } from "./ini-text.ts";
import { type LogSection, logSection } from "./log.ts";
import { misspeltSections, oldNames, readUserdir, readValues, unusedKeys } from "./read-values.ts";
import { renderSampleIni } from "./sample.ts";
import { plainName, type Section } from "./section.ts";

/** The values of some sections: section → key → typed value, names as in the ini. */
type ValuesOf<S extends readonly Section[]> = {
	[E in S[number] as E["name"]]: Static<E["schema"]>;
};

/** What every configuration has. */
type SharedConfig = ValuesOf<readonly [typeof CORE, LogSection]>;

/**
 * The ini of a program: the shared sections and those of its modules, in this order between them.
 * @throws InvariantError naming both modules when two sections have one name.
 */
export function composeSections<const S extends readonly Section[]>(
	sections: S,
): IniFormat<SharedConfig & ValuesOf<S>> {
	return new IniFormat<SharedConfig & ValuesOf<S>>(sections);
}

/**
 * The values of one section, for a module that does not know what else is configured.
 * @throws InvariantError when the configuration was read without the section.
 */
export function sectionValues<P extends TProperties>(
	config: object,
	{ name, schema }: Section<string, P>,
): Static<TObject<P>> {
	const values: unknown = Object.entries(config).find(([section]) => section === name)?.[1];
	if (Value.Check(schema, values)) return values;
	throw new InvariantError(`the ini was read without its section [${name}]`);
}

/** Reads and writes inis of some sections. */
export class IniFormat<C extends SharedConfig> {
	readonly #modules: readonly Section[];
	readonly #sections: readonly Section[];
	readonly #schema: TUnsafe<C>;

	/**
	 * See {@link composeSections}.
	 * @param sections Those of modules.
	 * @param components Of the log: what the modules log under, besides what every server has.
	 */
	constructor(sections: readonly Section[], components: readonly string[] = []) {
		const log = logSection(components);
		refuseClashes([CORE, log, ...sections]);
		this.#modules = sections;
		this.#sections = [CORE, ...sections, log];
		this.#schema = Type.Unsafe<C>(
			Type.Object(Object.fromEntries(this.#sections.map(({ name, schema }) => [name, schema]))),
		);
	}

	/**
	 * The same ini with sections of further modules, whose values they read with {@link sectionValues}.
	 * @param components Of the log: what all further modules log under.
	 * @throws InvariantError as {@link composeSections}.
	 */
	with(sections: readonly Section[], components: readonly string[] = []): IniFormat<C> {
		return new IniFormat<C>([...this.#modules, ...sections], components);
	}

	/** The sections with their keys, in the order of the sample ini. */
	get sections(): SectionFields[] {
		return this.#sections.map(fieldsOf);
	}

	/**
	 * The configuration without any file.
	 * @param home Directory `~` stands for.
	 */
	defaults(home = homedir()): C {
		return expandUserdir(Value.Decode(this.#schema, Value.Create(this.#schema)), home);
	}

	/**
	 * Reads and validates an ini file (`csm.md §9`).
	 * @param path File named with `-c`.
	 * @throws ConfigError naming file, line, key, the bad value and what is accepted.
	 */
	load(path: string, home = homedir()): C {
		return this.parse(path, readText(path), home);
	}

	/**
	 * Validates an ini text. Unknown sections are ignored (GUI and CCM keep theirs in the same
	 * file); an unknown key in a known section is an error, because it is a typing mistake.
	 * @throws ConfigError as {@link load}.
	 */
	parse(path: string, text: string, home = homedir()): C {
		const values = readValues(readIni(path, text), this.#sections, home);
		return expandUserdir(Value.Decode(this.#schema, values), home);
	}

	/**
	 * The user directory an ini names, whatever else is wrong with it: a running server must be found although
	 * the file has been mistyped since.
	 * @returns undefined when it names none, or none that can be used.
	 * @throws ConfigError when the file cannot be read.
	 */
	userdirIn(path: string, home = homedir()): string | undefined {
		return readUserdir(readIni(path, textOf(readBytes(path), false)), this.#sections, home);
	}

	/**
	 * Sections that are not read and look like one of ours that is missing, each in words: other programs keep
	 * theirs in the same file, so that a start does not refuse them.
	 */
	misspeltSections(path: string): string[] {
		return misspeltSections(readIni(path, readText(path)), this.sections);
	}

	/** Keys an ini has under the name they had until the last version, each in words. */
	oldNames(path: string): string[] {
		return oldNames(readIni(path, readText(path)), this.sections);
	}

	/** Keys an ini has for programs of the original that have no effect here, each in words. */
	unusedKeys(path: string): string[] {
		return unusedKeys(readIni(path, readText(path)), this.sections);
	}

	/** Keys whose values differ between two configurations. */
	changedKeys(before: C, after: C): Field[] {
		return this.sections
			.flatMap(({ fields }) => fields)
			.filter((field) => valueIn(before, field) !== valueIn(after, field));
	}

	/** A configuration with the values of another one where those may change while the server runs. */
	withReloadable(current: C, next: C): C {
		const merged = this.sections.map(({ name, fields }) => {
			const taken = fields
				.filter(({ reloadable }) => reloadable)
				.map((field) => [field.key, valueIn(next, field)]);
			return [name, { ...sectionIn(current, name), ...Object.fromEntries(taken) }];
		});
		return Value.Decode(this.#schema, Object.fromEntries(merged));
	}

	/**
	 * The sample ini that `genconf` writes: every key with its meaning, what it accepts and its default.
	 * @param values Values to set instead of the sample's, by `section.key`; undefined leaves the default.
	 */
	sample(values: Readonly<Record<string, string | undefined>> = {}): string {
		return renderSampleIni(this.sections, values);
	}
}

function refuseClashes(sections: readonly Section[]): void {
	const owners = new Map<string, Section>();
	for (const section of sections) {
		const plain = plainName(section.name);
		const other = owners.get(plain);
		if (other !== undefined) {
			throw new InvariantError(
				`modules "${other.module}" and "${section.module}" both have an ini section: [${other.name}] and [${section.name}]`,
			);
		}
		owners.set(plain, section);
	}
}

function sectionIn(config: object, name: string): object {
	return Object.entries(config).find(([section]) => section === name)?.[1] ?? {};
}

function valueIn(config: object, { section, key }: Field): unknown {
	return Object.entries(sectionIn(config, section)).find(([name]) => name === key)?.[1];
}

function expandUserdir<C extends SharedConfig>(config: C, home: string): C {
	const userdir = absolute(config.core.userdir, home);
	return { ...config, core: { ...config.core, userdir } };
}

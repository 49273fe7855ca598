import type { IniFormat } from "../config/mod.ts";
import { CORE_INI, type Config, type Listener } from "../settings/mod.ts";
import type { ModuleSchema } from "../store/mod.ts";
import { refuseTwins } from "./clashes.ts";
import type { DeclaredModule, ServerModule } from "./module.ts";

/** The server modules of a program: its ini, its tables and its server are made of them. */
export class ModuleList {
	readonly declared: readonly DeclaredModule[];
	/** The ini of the program (`csm.md §9`): validation, messages, the sample ini and the documents come from it. */
	readonly ini: IniFormat<Config>;

	/** @throws InvariantError when two modules have one ini section; it names them. */
	constructor(declared: readonly DeclaredModule[]) {
		this.declared = declared;
		this.ini = CORE_INI.with(
			declared.flatMap(({ sections }) => sections ?? []),
			declared.flatMap(({ components }) => components ?? []),
		);
	}

	/** Names of all modules. */
	get names(): string[] {
		return this.declared.map(({ name }) => name);
	}

	/**
	 * The configuration of a server that is made of some modules.
	 * @param names Of its modules.
	 * @param config As the ini says.
	 */
	configure(names: readonly string[], config: Config): Config {
		const [only, ...others] = this.declared.filter(({ name }) => names.includes(name));
		return others.length === 0 ? (only?.alone?.(config) ?? config) : config;
	}

	/** What a server listens on for its modules. @param names Of these. */
	listeners(names: readonly string[], config: Config): Listener[] {
		const chosen = this.declared.filter(({ name }) => names.includes(name));
		return chosen.flatMap(({ listeners }) => listeners?.(config, chosen.length === 1) ?? []);
	}

	/** What the modules keep in the database. @throws InvariantError when two modules clash; it names them. */
	async schemas(): Promise<ModuleSchema[]> {
		const found = await Promise.all(
			this.declared.map(async ({ name, schema }) => ({ name, ...(await schemaOf(schema)) })),
		);
		refuseTwins(found);
		return found.flatMap(({ schema }) => schema ?? []);
	}

	/**
	 * Loads the code of modules, for a server that is made of them.
	 * @param names Of those it is made of, in the order of this list; the others' code is not loaded.
	 * @param config Of the server: what it turns off is not loaded either.
	 */
	async load(names: readonly string[] = this.names, config?: Config): Promise<ServerModule[]> {
		const chosen = this.declared.filter(({ name }) => names.includes(name));
		return Promise.all(
			chosen.map(async ({ schema, build, ...known }) => ({
				...known,
				...(await schemaOf(schema)),
				build: await build(config),
			})),
		);
	}
}

async function schemaOf(load: DeclaredModule["schema"]): Promise<{ schema?: ModuleSchema }> {
	return load === undefined ? {} : { schema: await load() };
}

import { ConfigError, count, InputError, visible } from "../kit/mod.ts";
import type { Migrated } from "../servers/mod.ts";
import type { GlobalOptions } from "./options.ts";
import { print } from "./output.ts";
import { readConfig, say } from "./read-config.ts";
import { withStore } from "./with-store.ts";

/** The module the original's database is for. */
const CCM = "ccm";

export interface ImportV2Options {
	/** Only say what would change. */
	readonly dryRun?: boolean;
	/** The database of a server that has the project manager alone. */
	readonly alone?: boolean;
	readonly json?: boolean;
}

/**
 * `iotctl import-v2 FILE`: people without passwords, features, models, functions and projects of the original, all or
 * nothing, each with the reason that was left out. A dry run works on a copy, also while a server runs.
 * @throws ConfigError when the file is invalid, or a server runs; DeniedError.
 */
export async function importV2(
	options: GlobalOptions,
	file: string,
	{ dryRun = false, alone = false, json = false }: ImportV2Options,
): Promise<void> {
	const { modules } = options;
	const part = await readPart(options, file);
	const ini = readConfig(options);
	const config = alone ? modules.configure([CCM], ini) : ini;
	const done = await withStore(options, config, dryRun, (store) => part.put(store));
	if (json) return print(`${JSON.stringify({ dry_run: dryRun, ...done }, null, 2)}\n`);
	const next = dryRun ? "Dry run, nothing was changed" : `Imported ${file}`;
	const then = dryRun ? "" : nextText(done);
	say(options, `${next}:\n${migratedText(done)}${then}`);
}

async function readPart({ modules }: GlobalOptions, file: string) {
	const data = await modules.declared.find(({ name }) => name === CCM)?.data?.();
	if (data?.readV2 === undefined) throw new ConfigError("this program has no project manager");
	try {
		return data.readV2(file);
	} catch (error) {
		if (!(error instanceof InputError)) throw error;
		throw new ConfigError(`Cannot import "${file}": ${error.message}; nothing was changed`);
	}
}

/** What was done, for people. */
function migratedText({ added, there, left }: Migrated): string {
	const counts = Object.entries(added).map(([kind, number]) => {
		const before = there[kind] ?? 0;
		return `  ${kind.padEnd(10)} ${number} added${before === 0 ? "" : `, ${before} here already`}\n`;
	});
	const reasons = left.map((line) => `  - ${visible(line)}\n`);
	const head = reasons.length === 0 ? "" : `\nLeft out or changed (${reasons.length}):\n`;
	return `${counts.join("")}${head}${reasons.join("")}`;
}

function nextText({ added }: Migrated): string {
	const people = added.people ?? 0;
	if (people === 0) return "";
	const who = count(people, "new account");
	return `\n${who} cannot log in yet: an administrator gives passwords with: iotctl user passwd NAME\n`;
}

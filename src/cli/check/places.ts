import {
	accessSync,
	constants,
	existsSync,
	lstatSync,
	mkdirSync,
	mkdtempSync,
	rmdirSync,
	rmSync,
	statSync,
	writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { ConfigError, codeOf, count, DamageError, messageOf, reasonOf } from "../../kit/mod.ts";
import { storeOptions } from "../../servers/mod.ts";
import type { Config } from "../../settings/mod.ts";
import {
	checkPostgres,
	linkProblem,
	type ModuleSchema,
	OutdatedDatabaseError,
	openReader,
	StoreReader,
} from "../../store/mod.ts";
import { databasePath, isInPostgres } from "../database.ts";
import { userName } from "../user-name.ts";

/** One line of `iotctl check`. */
export interface Finding {
	readonly what: string;
	/** `FAIL`: a start would fail. */
	readonly state: "ok" | "note" | "FAIL";
	readonly text: string;
}

/** Whether the user directory can be used, or made. */
export function userdir({ core }: Config): Finding {
	const what = "directory";
	const problem = cannotHave(core.userdir);
	if (problem !== undefined) return { what, state: "FAIL", text: problem };
	const text = existsSync(core.userdir) ? core.userdir : `${core.userdir} will be created`;
	return { what, state: "ok", text };
}

/** Why a directory can be neither written nor made. */
function cannotHave(directory: string): string | undefined {
	let place = directory;
	while (!existsSync(place) && place !== dirname(place)) {
		if (isLink(place)) return `${directory} cannot be created: ${place} is a broken link`;
		place = dirname(place);
	}
	const verb = place === directory ? "written" : "created";
	try {
		const found = statSync(place);
		if (!found.isDirectory()) {
			return `${directory} cannot be ${verb}: ${place} is not a directory`;
		}
		const owner = `${place} belongs to ${userName(found.uid)}`;
		try {
			accessSync(place, constants.W_OK | constants.X_OK);
		} catch (error) {
			return `${directory} cannot be ${verb}: ${reasonOf(error)} (${owner})`;
		}
		const problem = cannotMake(place, relative(place, directory));
		return problem && `${directory} cannot be ${verb}: ${problem}`;
	} catch (error) {
		return `${directory} cannot be ${verb}: ${reasonOf(error)}`;
	}
}

/**
 * Why nothing can be made in a directory although its permissions would do: root has them everywhere, also where the
 * system's own file systems (`/proc`, `/sys`) or a full disk take nothing. Tried for real; nothing stays behind.
 * @param path Directories to be made there, in one another; empty for none.
 */
function cannotMake(place: string, path: string): string | undefined {
	const made: string[] = [];
	const file = () => join(made.at(-1) ?? place, "file");
	try {
		made.push(mkdtempSync(join(place, ".iotctl-check-")));
		for (const name of path.split("/").filter((part) => part !== "")) {
			const next = join(made.at(-1) ?? place, name);
			mkdirSync(next);
			made.push(next);
		}
		writeFileSync(file(), "x");
		return undefined;
	} catch (error) {
		// In /proc even a name that is not there yet is not found.
		const isStrange = ["ENOENT", "EPERM", "EACCES", "EOPNOTSUPP"].includes(codeOf(error) ?? "");
		return isStrange ? `files cannot be created in ${place}` : reasonOf(error);
	} finally {
		// A full disk still takes the file's name.
		if (made.length > 0) remove(file(), rmSync);
		// What they contain, if anything, is not ours.
		for (const directory of made.reverse()) remove(directory, rmdirSync);
	}
}

function remove(path: string, how: (path: string) => void): void {
	try {
		how(path);
	} catch {}
}

function isLink(path: string): boolean {
	try {
		return lstatSync(path).isSymbolicLink();
	} catch {
		return false;
	}
}

/**
 * The database as a start would find it.
 * @param schemas What the modules of the server keep in it.
 * @param isRunning Whether a server runs with this user directory.
 */
export async function database(
	config: Config,
	schemas: readonly ModuleSchema[],
	isRunning = false,
): Promise<Finding> {
	const what = "database";
	if (isInPostgres(config)) return postgres(config, schemas, isRunning);
	if (config["core-db"].url === ":memory:") {
		return { what, state: "note", text: "in memory only: all data is lost when the server stops" };
	}
	const path = databasePath(config);
	const link = linkProblem(path);
	if (link !== undefined) return { what, state: "FAIL", text: `${path} cannot be opened: ${link}` };
	if (!existsSync(path)) {
		const folder = dirname(path);
		// The server makes its user directory, and no other.
		const isMade = folder === config.core.userdir || existsSync(folder);
		const problem = isMade ? cannotHave(folder) : `${folder} does not exist`;
		if (problem === undefined) return { what, state: "ok", text: `${path} will be created` };
		return { what, state: "FAIL", text: `${path} cannot be created: ${problem}` };
	}
	try {
		return { what, state: "ok", text: `${path}: ${await contentsOf(config, schemas)}` };
	} catch (error) {
		if (!(error instanceof ConfigError)) {
			const text = `${path} is damaged (${messageOf(error)}); the server would move it aside and start with an empty database`;
			return { what, state: "FAIL", text };
		}
		if (!(error instanceof OutdatedDatabaseError)) {
			return { what, state: "FAIL", text: error.message };
		}
		// Not its message, which is for those that only read. A server that was started alone keeps its own tables only.
		const text = `${path}: its tables are those of an older version, or of fewer servers; the next start brings them up to date`;
		return { what, state: "note", text };
	}
}

/** The same for one in PostgreSQL. */
async function postgres(
	config: Config,
	schemas: readonly ModuleSchema[],
	isRunning: boolean,
): Promise<Finding> {
	const what = "database";
	const { url } = config["core-db"];
	try {
		const { owner, deaf } = await checkPostgres(
			storeOptions(config),
			schemas,
			config.cluster.name || undefined,
		);
		const text = `${url}: ${await contentsOf(config, schemas)}`;
		if (owner !== undefined && !isRunning) {
			const use = `in use now by the server on ${owner}: while that runs, a start is refused`;
			return { what, state: "note", text: `${text}; ${use}` };
		}
		if (deaf === undefined) return { what, state: "ok", text };
		const late = `at listen-url nothing would be heard of other programs' changes (${deaf})`;
		return { what, state: "note", text: `${text}; ${late}` };
	} catch (error) {
		if (!(error instanceof OutdatedDatabaseError)) {
			return { what, state: "FAIL", text: messageOf(error) };
		}
		const text = `${url}: its tables are not there, of an older version, or of fewer servers; the next start makes them`;
		return { what, state: "note", text };
	}
}

/** How much is in a healthy database. @throws ConfigError as StoreReader, any other error when it is damaged. */
async function contentsOf(config: Config, schemas: readonly ModuleSchema[]): Promise<string> {
	const reader = await openReader(storeOptions(config), schemas);
	try {
		const damage = reader instanceof StoreReader ? reader.damage() : undefined;
		if (damage !== undefined) throw new DamageError(damage);
		const [{ n: devices } = {}] = await reader.query("SELECT count(*) AS n FROM devices");
		const [{ n: graphs } = {}] = await reader.query("SELECT count(*) AS n FROM graphs");
		return `${count(Number(devices), "device")}, ${count(Number(graphs), "graph")}`;
	} finally {
		reader.close();
	}
}

const ADMINS = "SELECT count(*) AS n FROM users WHERE role = 'admin' AND is_active";

/** How many administrators there are; undefined when that cannot be known. */
export async function adminsIn(config: Config): Promise<number | undefined> {
	if (config["core-db"].url === ":memory:") return undefined;
	if (!isInPostgres(config) && !existsSync(databasePath(config))) return 0;
	try {
		const reader = await openReader(storeOptions(config));
		try {
			const [found] = await reader.query(ADMINS);
			return Number(found?.n);
		} finally {
			reader.close();
		}
	} catch {
		// What is wrong with it has a line of its own.
		return undefined;
	}
}

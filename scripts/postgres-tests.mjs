// Which end-to-end tests `npm run test:postgres` runs with their databases in PostgreSQL. Plain Node.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const FOLDER = "test/e2e";
const END = ".test.ts";

const OWN = "starts PostgreSQL itself";
const FILE = "is about the file of SQLite: its owner, mode, damage, or copies";
const DIRECTORIES = "is about ini files and user directories, most of which have no database";
const NONE = "needs no database";

/** Those that are left out, with the reason; what is not named here runs. */
export const NOT_ON_POSTGRES = {
	cli: DIRECTORIES,
	clone: FILE,
	cluster: OWN,
	"database-trouble": FILE,
	demo: "its server has a database in memory",
	engines: "is about engines: what its server stores is not read",
	"external-broker": "is about brokers; some of its tests read the file of SQLite",
	failover: OWN,
	"gui-db": OWN,
	installed: DIRECTORIES,
	licenses: NONE,
	lifecycle: DIRECTORIES,
	"log-trouble": NONE,
	matrix: DIRECTORIES,
	ownership: FILE,
	postgres: OWN,
	"postgres-ccm": OWN,
	"postgres-older": OWN,
	"postgres-refused": OWN,
	privacy: FILE,
	restore: FILE,
	systemd: DIRECTORIES,
	transfer: "compares files; export and import with PostgreSQL are in postgres.test.ts",
	trust: NONE,
};

/** @returns {string[]} paths of the tests that run, from the root of the repo. */
export function onPostgres() {
	const root = join(fileURLToPath(import.meta.url), "../..");
	return readdirSync(join(root, FOLDER))
		.filter((name) => name.endsWith(END) && !(name.slice(0, -END.length) in NOT_ON_POSTGRES))
		.map((name) => `${FOLDER}/${name}`);
}

// Nodes of a cluster are upgraded one after the other, so programs of two versions use one database for a while. A
// migration that only adds leaves the older ones what they need; one that takes something away says what it needs.
import type { ModuleSchema } from "../module-schema.ts";
import type { Ask } from "./connection.ts";

/** A module's tables as a database has them. */
export interface ModuleVersion {
	/** How many migrations they have had. */
	readonly version: number;
	/** How many of them a program has to know to use them; null: that is not known, so all. */
	readonly oldest: number | null;
}

/** Of each module; undefined: nothing is in the database. */
export type Versions = ReadonlyMap<string, ModuleVersion> | undefined;

/** Of a module that is not there yet. */
export const NOTHING: ModuleVersion = { version: 0, oldest: 0 };

/** A module whose tables are older than this program's, or not there. */
interface Behind {
	readonly schema: ModuleSchema;
	readonly now: ModuleVersion;
}

export function behindOf(schemas: readonly ModuleSchema[], versions: Versions): Behind[] {
	return schemas
		.map((schema) => ({ schema, now: versions?.get(schema.module) ?? NOTHING }))
		.filter(({ schema, now }) => now.version < schema.migrations.length);
}

/** How many migrations of each module a program knows. */
export function knownOf(schemas: readonly ModuleSchema[]): Record<string, number> {
	return Object.fromEntries(schemas.map(({ module, migrations }) => [module, migrations.length]));
}

/** How many migrations of a module a program has to know to use the tables after all of them. */
export function oldestFor({ migrations, postgres }: ModuleSchema): number {
	return Math.max(postgres?.steps ?? 0, ...migrations.map(({ needs = 0 }) => needs));
}

/**
 * Why a program cannot use a module's tables that a newer one has brought up to date; undefined: it can.
 * @param mayBeNewer Whether it is a node of a cluster, of which some are upgraded already.
 */
export function whyTooNew(
	{ module, migrations: { length: known } }: ModuleSchema,
	{ version, oldest }: ModuleVersion,
	mayBeNewer: boolean,
): string | undefined {
	if (version <= known) return undefined;
	const wrote = "a newer version of iotctl wrote it";
	if (!mayBeNewer || oldest === null) {
		return `${wrote} (schema ${version} of ${module}, this program knows ${known}); use that version, or another database`;
	}
	if (known >= oldest) return undefined;
	return `${wrote}, which has removed what this one needs (schema ${version} of ${module}, for programs that know ${oldest}; this one knows ${known}); upgrade this node`;
}

/** What `schema_versions` has; undefined: it is not ours. */
export function versionsIn(rows: readonly unknown[][]): Map<string, ModuleVersion> | undefined {
	const versions = rows.map(([module, version, oldest]) => {
		const least = oldest === null ? null : Number(oldest);
		return [String(module), { version: Number(version), oldest: least }] as const;
	});
	const areOurs = versions.every(([, { version }]) => Number.isSafeInteger(version));
	return areOurs ? new Map(versions) : undefined;
}

/** Nodes that are alive, with how many migrations of each of their modules they know. */
const NODES = `SELECT node.name, node.version, to_jsonb(known) ->> 'schemas' FROM cluster_nodes AS node
LEFT JOIN server_runs AS known ON known.run = node.run WHERE node.until > clock_timestamp() ORDER BY node.name`;
const HAS_NODES = "SELECT to_regclass('cluster_nodes') IS NOT NULL";

/**
 * Why tables must not be brought up to date now; undefined: they may.
 * @param behind Modules whose migrations are to be run, with what the database has.
 */
export async function whyNotYet(ask: Ask, behind: readonly Behind[]): Promise<string | undefined> {
	const taking = behind
		.filter(({ schema, now }) => now.version > 0 && oldestFor(schema) > (now.oldest ?? now.version))
		.map(({ schema }) => ({ module: schema.module, least: oldestFor(schema) }));
	if (taking.length === 0) return undefined;
	const [[hasNodes] = []] = await ask(HAS_NODES);
	if (hasNodes !== true) return undefined;
	for (const [name, version, schemas] of await ask(NODES)) {
		// A node that is not known is taken for an old one.
		const known: Record<string, number> | null = JSON.parse(String(schemas));
		const old = taking.find(
			({ module, least }) => (known === null ? 0 : (known[module] ?? least)) < least,
		);
		if (old === undefined) continue;
		return `the node "${name}" of the cluster runs version ${version}, which needs what this version removes (of ${old.module}): first upgrade all nodes to the version before this one, or stop it`;
	}
	return undefined;
}

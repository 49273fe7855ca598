import { InputError } from "../../kit/mod.ts";
import type { Columns, Db } from "../../store/mod.ts";
import type { DatabaseTables } from "./database-tables.ts";
import { openTables } from "./open-tables.ts";
import type { IdOf } from "./port.ts";
import type { CcmSnapshot } from "./snapshot.ts";

/** What an import did with projects. */
export interface CcmImported {
	readonly added: number;
	readonly replaced: number;
	readonly removed: number;
}

/** So many names are in a message. */
const MAX_NAMED = 10;

/**
 * Puts a checked snapshot in the place of what CCM keeps; inside a unit of work, with no server running.
 * @param mayLose Whether what the snapshot does not have may go.
 * @throws InputError when something would be lost, or people are not here who own something.
 */
export async function putCcmSnapshot(
	db: Db,
	columns: Columns,
	snapshot: CcmSnapshot,
	mayLose: boolean,
): Promise<CcmImported> {
	const tables = await openTables(db, columns, () => {});
	const idOf = await owners(tables, snapshot);
	const lost = await losses(tables, snapshot);
	if (lost.length > 0 && !mayLose) {
		throw new InputError(
			`the project manager's data are replaced as a whole, and the file does not have ${shortened(lost)}; --replace removes them`,
		);
	}
	const before = new Set((await tables.projects.heads()).map(({ p_id }) => p_id));
	await tables.clear();
	await fill(tables, snapshot, idOf);
	const ids = [...Object.entries(snapshot.last_ids), ...idsIn(snapshot)];
	for (const [kind, id] of ids) tables.state.raise(kind, id);
	tables.state.set("seeded", "yes");
	await tables.save();
	const replaced = snapshot.projects.filter(({ p_id }) => before.has(p_id)).length;
	const added = snapshot.projects.length - replaced;
	return { added, replaced, removed: before.size - replaced };
}

/** Id of a person in a snapshot; null: the system, or not here. */
type PersonId = (name: string | null) => number | null;

/** Ids of those a snapshot names. @throws InputError with all who are not here. */
async function owners({ people }: DatabaseTables, snapshot: CcmSnapshot): Promise<PersonId> {
	const ids = new Map((await people.list()).map(({ id, name }) => [name, id]));
	const { features, models, functions, favourites, devices, projects, members } = snapshot;
	const owned = [features, models, functions, favourites, devices, projects, members].flat();
	const all = [...owned, ...functions.flatMap(({ versions }) => versions)];
	const idOf: PersonId = (name) => {
		if (name === null) return null;
		return ids.get(name) ?? (/^#\d{1,15}$/.test(name) ? Number(name.slice(1)) : null);
	};
	const strangers = new Set(
		all.flatMap(({ u_name }) => (u_name !== null && idOf(u_name) === null ? [u_name] : [])),
	);
	if (strangers.size > 0) {
		throw new InputError(
			`people in it are not in this database: ${shortened([...strangers])}; add them first with: iotctl user add NAME --role teacher`,
		);
	}
	return idOf;
}

/** What is here and not in a snapshot under the same id and name. */
async function losses(tables: DatabaseTables, snapshot: CcmSnapshot): Promise<string[]> {
	const there = new Set(namesIn(snapshot));
	const here = namesIn({
		projects: await tables.projects.heads(),
		models: await tables.models.list(),
		features: await tables.features.list(),
		functions: await tables.functions.list(),
	});
	return here.filter((name) => !there.has(name));
}

interface Named {
	readonly projects: readonly { readonly p_id: number; readonly p_name: string }[];
	readonly models: readonly { readonly dm_id: number; readonly dm_name: string }[];
	readonly features: readonly { readonly df_id: number; readonly df_name: string }[];
	readonly functions: readonly { readonly fn_id: number; readonly fn_name: string }[];
}

function namesIn({ projects, models, features, functions }: Named): string[] {
	return [
		...projects.map(({ p_id, p_name }) => `project ${p_id} "${p_name}"`),
		...models.map(({ dm_id, dm_name }) => `model ${dm_id} "${dm_name}"`),
		...features.map(({ df_id, df_name }) => `feature ${df_id} "${df_name}"`),
		...functions.map(({ fn_id, fn_name }) => `function ${fn_id} "${fn_name}"`),
	];
}

/** Ids a snapshot has, by their kind: a file may have been edited by hand. */
function idsIn(snapshot: CcmSnapshot): (readonly [IdOf, number])[] {
	const { units, tags, features, models, functions, devices, projects } = snapshot;
	const of = (kind: IdOf) => (id: number) => [kind, id] as const;
	const blocks = projects.flatMap((project) => project.blocks);
	return [
		...units.map(({ unit_id }) => unit_id).map(of("unit")),
		...tags.map(({ tag_id }) => tag_id).map(of("tag")),
		...features.map(({ df_id }) => df_id).map(of("df")),
		...models.map(({ dm_id }) => dm_id).map(of("dm")),
		...models.flatMap(({ members }) => members.map(({ mf_id }) => mf_id)).map(of("mf")),
		...functions.map(({ fn_id }) => fn_id).map(of("fn")),
		...functions.flatMap((fn) => fn.versions.map(({ fnvt_idx }) => fnvt_idx)).map(of("fnvt")),
		...devices.map(({ d_id }) => d_id).map(of("d")),
		...projects.map(({ p_id }) => p_id).map(of("p")),
		...blocks.map(({ do_id }) => do_id).map(of("do")),
		...blocks.flatMap(({ ports }) => ports.map(({ dfo_id }) => dfo_id)).map(of("dfo")),
		...projects.flatMap(({ joins }) => joins.map(({ na_id }) => na_id)).map(of("na")),
	];
}

async function fill(tables: DatabaseTables, snapshot: CcmSnapshot, idOf: PersonId): Promise<void> {
	const own = <T extends { readonly u_name: string | null }>({ u_name, ...rest }: T) => ({
		...rest,
		u_id: idOf(u_name),
	});
	for (const unit of snapshot.units) await tables.units.put(unit);
	for (const tag of snapshot.tags) await tables.tags.put(tag);
	for (const feature of snapshot.features) await tables.features.put(own(feature));
	for (const model of snapshot.models) await tables.models.put(own(model));
	for (const { versions, pinned = [], ...fn } of snapshot.functions) {
		await tables.functions.put({ ...own(fn), pinned, versions: versions.map(own) });
	}
	for (const favourite of snapshot.favourites) await tables.favourites.add(own(favourite));
	for (const device of snapshot.devices) {
		await tables.devices.put({ ...own(device), status: "offline" });
	}
	for (const { u_name, ...project } of snapshot.projects) {
		await tables.projects.put({ ...project, u_id: idOf(u_name) ?? 0 });
	}
	for (const { u_name, ...member } of snapshot.members) {
		await tables.members.add({ ...member, u_id: idOf(u_name) ?? 0 });
	}
	for (const graph of snapshot.graphs) await tables.graphs.put(graph);
}

function shortened(names: readonly string[]): string {
	const more = names.length - MAX_NAMED;
	return `${names.slice(0, MAX_NAMED).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

import { InputError } from "../../kit/mod.ts";
import type { Columns, Db } from "../../store/mod.ts";
import { openTables } from "./open-tables.ts";
import type { CcmSnapshot } from "./snapshot.ts";

/**
 * Everything CCM keeps, as of the moment that the handle reads.
 * @returns undefined when it keeps nothing.
 * @throws InputError when a stored row cannot be read: half is not an export.
 */
export async function takeCcmSnapshot(db: Db, columns: Columns): Promise<CcmSnapshot | undefined> {
	const tables = await openTables(db, columns, (row, reason) => {
		throw new InputError(`stored row ${row} cannot be read: ${reason}`);
	});
	const names = new Map((await tables.people.list()).map(({ id, name }) => [id, name]));
	const named = <T extends { readonly u_id: number | null }>({ u_id, ...rest }: T) => ({
		...rest,
		u_name: u_id === null ? null : (names.get(u_id) ?? `#${u_id}`),
	});
	const units = await tables.units.list();
	const graphs = (await tables.graphs.list()).map(({ links, ...rest }) => ({
		...rest,
		links: [...links],
	}));
	if (units.length === 0 && graphs.length === 0) return undefined;
	return {
		last_ids: Object.fromEntries(tables.state.lastIds()),
		units,
		tags: await tables.tags.list(),
		features: (await tables.features.list()).map(({ params, ...rest }) => ({
			...named(rest),
			params: [...params],
		})),
		models: (await tables.models.list()).map(({ members, ...rest }) => ({
			...named(rest),
			members: members.map(({ params, tag_ids, ...member }) => ({
				...{ ...member, params: [...params], tag_ids: [...tag_ids] },
			})),
		})),
		functions: (await tables.functions.list()).map(({ versions, pinned, ...rest }) => ({
			...named(rest),
			...(pinned.length > 0 && { pinned: [...pinned] }),
			versions: versions.map(named),
		})),
		favourites: (await tables.favourites.list()).map(named),
		devices: (await tables.devices.list()).map(({ status: _, ...device }) => named(device)),
		projects: (await tables.projects.list()).map(named),
		members: (await tables.members.list()).map(named),
		graphs,
	};
}

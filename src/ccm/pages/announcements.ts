import type { DeviceNotice } from "../devices/device-register.ts";
import type { Person, ProjectNews } from "../service/operation.ts";
import type { CcmStore, CcmTables } from "../store/port.ts";

/** What a page is told unasked (`ccm-gui.md §5`). */
export interface Announcement {
	readonly type: "online" | "offline" | "deregister" | "change_alias";
	readonly data: object;
	/** Who may hear of it; admins always may. */
	isFor(person: Person): boolean;
}

/** Ids of those who may look at some of these projects, besides admins. */
async function viewersOf(
	{ projects, members }: CcmTables,
	ids: readonly number[],
): Promise<ReadonlySet<number>> {
	const viewers = new Set<number>();
	for (const p_id of ids) {
		for (const { u_id } of await projects.heads({ p_id })) viewers.add(u_id);
		for (const { u_id } of await members.list({ p_id })) viewers.add(u_id);
	}
	return viewers;
}

/** What is told of devices: to their owners, and where they are bound; of one without an owner to everyone. */
export function aboutDevices(
	store: CcmStore,
	notices: readonly DeviceNotice[],
): Promise<Announcement[]> {
	return store.read(async (tables) => {
		const announcements: Announcement[] = [];
		for (const { type, device, told, holders } of notices) {
			const { mac_addr: ref, u_id, d_id } = device;
			const ids = holders ?? (await tables.projects.mentioning({ kind: "mac", ref }));
			const viewers = u_id === null ? undefined : await viewersOf(tables, ids);
			const isFor = (person: Person) =>
				viewers === undefined || u_id === person.u_id || viewers.has(person.u_id);
			const data = type === "deregister" ? { d_id } : { ...told, d_id };
			announcements.push({ type, data, isFor });
		}
		return announcements;
	});
}

/** What is told of changes of a project: new aliases, to those who may look at it. */
export function aboutProject(
	store: CcmStore,
	{ document, changes }: Extract<ProjectNews, { kind: "changes" }>,
): Promise<Announcement[]> {
	const renamed = new Set(
		changes.flatMap((change) => (change.kind === "set_alias" ? [change.dfo_id] : [])),
	);
	if (renamed.size === 0) return Promise.resolve([]);
	return store.read(async (tables) => {
		const viewers = await viewersOf(tables, [document.p_id]);
		const isFor = ({ u_id }: Person) => viewers.has(u_id);
		return [...renamed].map((dfo_id) => ({ type: "change_alias", data: { dfo_id }, isFor }));
	});
}

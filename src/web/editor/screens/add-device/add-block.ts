import type { Change, ProjectDocument } from "../../../../contract/mod.ts";
import type { App } from "../../app-context.ts";
import type { Answer } from "../../server/ask.ts";

/** What is to be added. */
export interface Wanted {
	readonly pId: number;
	readonly dmId: number;
	readonly dfIds: readonly number[];
	/** The device for it; without one, the only candidate that is online is taken. */
	readonly macAddr?: string | undefined;
}

export type Added =
	/** `boundTo`: the device's name. `reason`: why it is not bound to the one wanted. */
	| { readonly doId: number; readonly boundTo?: string; readonly reason?: string }
	| { readonly reason: string; readonly doId?: undefined };

interface ChangedBody {
	readonly rev: number;
	readonly changes: readonly Change[];
}

interface Candidate {
	readonly mac_addr: string;
	readonly d_name: string;
	readonly status: string;
}

/** Adds a block to a project, and binds it (`ccm-gui.md §8`, steps 3 and 4). */
export async function addBlock({ ask }: Pick<App, "ask">, wanted: Wanted): Promise<Added> {
	const path = `api/v1/projects/${wanted.pId}`;
	const change = (base_rev: number, changes: readonly Change[]): Promise<Answer<ChangedBody>> =>
		ask<ChangedBody>("POST", `${path}/changes`, { base_rev, changes });
	const project = await ask<{ readonly project: ProjectDocument }>("GET", path);
	if (!project.ok) return { reason: project.reason };
	const added = await change(project.body.project.rev, [
		{ kind: "add_block", dm_id: wanted.dmId, df_ids: [...wanted.dfIds] },
	]);
	if (!added.ok) return { reason: added.reason };
	const [made] = added.body.changes;
	if (made?.kind !== "restore_block") return { reason: "" };
	const { do_id: doId } = made.block;
	const device = await deviceFor(ask, wanted, doId);
	if (device === undefined) return { doId };
	const bound = await change(added.body.rev, [
		{ kind: "bind", do_id: doId, mac_addr: device.mac_addr },
	]);
	return bound.ok ? { doId, boundTo: device.d_name } : { doId, reason: bound.reason };
}

async function deviceFor(
	ask: App["ask"],
	{ pId, macAddr }: Wanted,
	doId: number,
): Promise<Pick<Candidate, "mac_addr" | "d_name"> | undefined> {
	const path = `api/v0/project/${pId}/deviceobject/${doId}/device`;
	const answer = await ask<{ readonly data: readonly Candidate[] }>("GET", path);
	const candidates = answer.ok ? answer.body.data : [];
	if (macAddr !== undefined) {
		// The server says why, where it is none.
		const named = candidates.find(({ mac_addr }) => mac_addr === macAddr);
		return named ?? { mac_addr: macAddr, d_name: macAddr };
	}
	const [only, ...others] = candidates;
	return others.length === 0 && only?.status === "online" ? only : undefined;
}

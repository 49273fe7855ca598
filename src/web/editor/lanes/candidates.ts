import type { Ask } from "../app-context.ts";

/** A device that may be bound to a block. */
export interface Candidate {
	readonly mac_addr: string;
	readonly d_name: string;
	readonly status: "online" | "offline";
}

interface Place {
	readonly pId: number;
	readonly doId: number;
}

/** Devices that may be bound to a block, those online first; undefined: they cannot be asked for now. */
export async function candidatesFor(
	ask: Ask,
	{ pId, doId }: Place,
): Promise<readonly Candidate[] | undefined> {
	const path = `api/v0/project/${pId}/deviceobject/${doId}/device`;
	const answer = await ask<{ readonly data: readonly Candidate[] }>("GET", path);
	if (!answer.ok) return undefined;
	const rank = ({ status }: Candidate) => (status === "online" ? 0 : 1);
	return answer.body.data.toSorted((a, b) => rank(a) - rank(b) || a.d_name.localeCompare(b.d_name));
}

/**
 * Binds the only device that may be bound to a new block, if it is online (`ccm-gui.md §8`, step 4). Call it after a
 * block was added. @returns the device's name; undefined: nothing was bound.
 */
export async function bindOnlyCandidate(ask: Ask, place: Place): Promise<string | undefined> {
	const candidates = await candidatesFor(ask, place);
	const [only] = candidates ?? [];
	if (only === undefined || candidates?.length !== 1 || only.status !== "online") return undefined;
	const { pId, doId } = place;
	const path = `api/v0/project/${pId}/deviceobject/${doId}/device/bind/${only.mac_addr}`;
	const answer = await ask("POST", path);
	return answer.ok ? only.d_name : undefined;
}

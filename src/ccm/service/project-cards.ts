import type { Block, ProjectDocument } from "../../contract/mod.ts";
import type { ProjectHead } from "../store/port.ts";
import { rightOn } from "./access.ts";
import type { Call } from "./operation.ts";

const NOTHING = { blocks: [], joins: [] };
const NO_DEVICES = { bound: 0, online: 0, simulated: 0 };

/** Projects as cards show them: without their contents, but with how they are. */
export async function projectCards(call: Call, heads: readonly ProjectHead[]) {
	const { tables } = call;
	const names = new Map((await tables.people.list()).map(({ id, name }) => [id, name]));
	const online = new Set(
		(await tables.devices.list({ status: "online" })).map(({ mac_addr }) => mac_addr),
	);
	const cards = [];
	for (const head of heads) {
		const may = await rightOn(call, head);
		if (may === undefined) continue;
		const project = await tables.projects.find(head.p_id);
		const { blocks, joins } = project ?? NOTHING;
		cards.push({
			...{ ...head, may, u_name: names.get(head.u_id) ?? null },
			...(project === undefined && { is_unreadable: true }),
			...{ blocks: blocks.length, joins: joins.length },
			devices: project === undefined ? NO_DEVICES : devicesOf(call, project, online),
			failed: head.status === "on" ? call.failed(head.p_id) : 0,
			// What each project carries is not counted.
			rate: null,
		});
	}
	return cards;
}

/** Seats with a device, how many of those are online, and blocks that are simulated. */
function devicesOf({ simulated }: Call, project: ProjectDocument, online: ReadonlySet<string>) {
	const bound = boundIn(project.blocks);
	return {
		bound: bound.length,
		online: bound.filter((mac) => online.has(mac)).length,
		simulated: boundIn(simulated(project).blocks).length - bound.length,
	};
}

function boundIn(blocks: readonly Block[]): string[] {
	return blocks.flatMap(({ bindings }) => bindings.map(({ mac_addr }) => mac_addr));
}

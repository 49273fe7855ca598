import type { Block, ProjectDocument } from "../../contract/mod.ts";
import { candidatesOf } from "../projects/candidates.ts";
import { badRequest } from "../projects/refusal.ts";
import type { DeviceRecord } from "../store/port.ts";
import type { Call } from "./operation.ts";

type Asked = Pick<Call, "tables" | "rules" | "now">;

/** Devices that may be bound to a block of a project (`ccm-gui.md §7`). */
export async function candidatesFor(
	{ tables, rules, now }: Asked,
	{ u_id }: Pick<ProjectDocument, "u_id">,
	block: Block,
): Promise<DeviceRecord[]> {
	const devices = await tables.devices.list({ dm_name: block.dm_name });
	const boundElsewhere = rules.odfSingleBind ? await boundBeside(tables, block.do_id) : new Set("");
	return candidatesOf(block, devices, {
		u_id,
		ownershipTimeoutS: rules.ownershipTimeoutS,
		boundElsewhere,
		now: Date.parse(now) / 1000,
	});
}

/** UUIDs of devices that other blocks are bound to. */
async function boundBeside(tables: Call["tables"], doId: number): Promise<ReadonlySet<string>> {
	const blocks = (await tables.projects.list()).flatMap((project) => project.blocks);
	const others = blocks.filter(({ do_id }) => do_id !== doId);
	return new Set(others.flatMap(({ bindings }) => bindings.map(({ mac_addr }) => mac_addr)));
}

/**
 * A block that is bound to another person's device gets no more output features (`ccm-gui.md §7`).
 * @throws Refusal 400
 */
export async function checkOutputs(
	{ tables }: Pick<Call, "tables">,
	before: ProjectDocument,
	after: ProjectDocument,
): Promise<void> {
	const outputs = ({ ports }: Block) =>
		ports.filter(({ df_type }) => df_type === "output").map(({ df_id }) => df_id);
	for (const block of after.blocks) {
		const known = before.blocks.find(({ do_id }) => do_id === block.do_id);
		if (known === undefined || known.ports === block.ports) continue;
		const had = new Set(outputs(known));
		if (outputs(block).every((id) => had.has(id))) continue;
		for (const { mac_addr } of block.bindings) {
			const [device] = await tables.devices.list({ mac_addr });
			if (device === undefined || device.u_id === null || device.u_id === after.u_id) continue;
			badRequest("The binded device cannot be use for odf", "df");
		}
	}
}

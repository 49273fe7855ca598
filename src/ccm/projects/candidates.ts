import type { Block } from "../../contract/mod.ts";
import type { DeviceRecord } from "../store/port.ts";

export interface CandidateRules {
	/** The project's owner. */
	readonly u_id: number;
	/** After so many seconds a device without an owner is anybody's; 0: at once (`ownership-timeout`). */
	readonly ownershipTimeoutS: number;
	/** Devices that cannot be chosen for outputs, since other blocks have them (`odf-single-bind`). */
	readonly boundElsewhere: ReadonlySet<string>;
	/** Unix time, seconds. */
	readonly now: number;
}

/** Devices that may be bound to a block (`ccm-gui.md §7`). */
export function candidatesOf(
	block: Block,
	devices: readonly DeviceRecord[],
	{ u_id, ownershipTimeoutS, boundElsewhere, now }: CandidateRules,
): DeviceRecord[] {
	const hasOutput = block.ports.some(({ df_type }) => df_type === "output");
	return devices.filter((device) => {
		if (device.dm_name !== block.dm_name || device.is_sim) return false;
		if (hasOutput && boundElsewhere.has(device.mac_addr)) return false;
		if (device.u_id === u_id) return true;
		if (device.u_id !== null) return !hasOutput && ownershipTimeoutS > 0;
		// Without a limit no clock takes part: one of the two may be wrong.
		return ownershipTimeoutS === 0 || now - device.register_time >= ownershipTimeoutS;
	});
}

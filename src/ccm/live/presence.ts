import type { PresenceView, ProjectDocument } from "../../contract/mod.ts";
import { devicesOf } from "./wires.ts";

/** A device, as CSM tells of it. */
export interface KnownDevice {
	readonly name: string;
	readonly presence: "nothing" | "offline" | "online";
}

/** The devices that are bound in a project. @param devices Those CSM has, by id. */
export function presenceOf(
	document: ProjectDocument,
	devices: ReadonlyMap<string, KnownDevice>,
): PresenceView[] {
	return [...devicesOf(document)].map((mac_addr) => {
		const device = devices.get(mac_addr);
		if (device === undefined) return { mac_addr, d_name: "", status: "unknown" };
		const status = device.presence === "online" ? "online" : "offline";
		return { mac_addr, d_name: device.name, status };
	});
}

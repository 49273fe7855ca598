import type { DeviceRecord } from "../store/devices.ts";

/** A device as GET and the device API show it: empty fields left out (`csm.md §2.3`, `§7`). */
export function metadataOf(device: DeviceRecord): Record<string, unknown> {
	const { id, rev, registerTime, name, acceptProtos, idfList, odfList, profile } = device;
	return {
		id,
		rev,
		register_time: registerTime,
		...(name !== "" && { name }),
		...(acceptProtos.length > 0 && { accept_protos: acceptProtos }),
		...(idfList !== null && { idf_list: idfList }),
		...(odfList !== null && { odf_list: odfList }),
		...(Object.keys(profile).length > 0 && { profile }),
	};
}

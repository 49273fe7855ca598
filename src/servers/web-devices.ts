import { hashOf, newSecret } from "../auth/mod.ts";
import type { NewWebDevice, WebDevices } from "../ccm/mod.ts";
import type { Devices, HttpDevices } from "../csm/mod.ts";
import { Offer } from "./offer.ts";

/** Devices that speak HTTP, where CSM runs in the same process. */
export const WEB_DEVICES = new Offer<WebDevices>();

export interface WebDevicesDeps {
	readonly devices: Devices;
	readonly http: Pick<HttpDevices, "follow">;
	readonly isPassword: (daId: string, password: string) => boolean;
}

/** Devices that speak HTTP, registered with the CSM of the same process as they would be by `PUT` (`csm.md §3.4`). */
export function webDevicesOf({ devices, http, isPassword }: WebDevicesDeps): WebDevices {
	return {
		register: async ({ da_id, ...device }) => {
			const password = newSecret();
			const login = { secretHash: hashOf(password), token: null, origin: null };
			const { rev } = await devices.register(da_id, registrationOf(device), () => login);
			http.follow(da_id);
			return { rev, password };
		},
		remove: async (daId) => {
			// It may be registered again between the two.
			const once = () => devices.deregister(daId, devices.get(daId)?.rev);
			while ((await once()) === "stale");
		},
		isPassword,
		isRegistered: (daId) => devices.get(daId) !== undefined,
	};
}

function registrationOf({ name, model, idf_list, odf_list, owner }: Omit<NewWebDevice, "da_id">) {
	return {
		name,
		acceptProtos: ["http"],
		idfList: idf_list.length === 0 ? null : idf_list,
		odfList: odf_list.length === 0 ? null : odf_list,
		profile: { model, ...(owner !== undefined && { u_name: owner }) },
	};
}

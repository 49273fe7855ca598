import { hashOf, newSecret } from "../auth/mod.ts";
import type { WebDevices } from "../ccm/mod.ts";
import type { Devices, HttpDevices } from "../csm/mod.ts";

export interface WebDevicesDeps {
	readonly devices: Devices;
	readonly http: Pick<HttpDevices, "follow" | "onRemoved">;
	readonly isPassword: (daId: string, password: string) => boolean;
}

/** Devices of pages, registered with the CSM of the same process as they would be by `PUT` (`csm.md §3.4`). */
export function webDevicesOf({ devices, http, isPassword }: WebDevicesDeps): WebDevices {
	return {
		register: async ({ da_id, name, model, idf_list, odf_list, owner }) => {
			const password = newSecret();
			const registration = {
				name,
				acceptProtos: ["http"],
				idfList: featuresOf(idf_list),
				odfList: featuresOf(odf_list),
				profile: { model, ...(owner !== undefined && { u_name: owner }) },
			};
			const login = { secretHash: hashOf(password), token: null, origin: null };
			const { rev } = await devices.register(da_id, registration, () => login);
			http.follow(da_id);
			return { rev, password };
		},
		remove: async (daId) => {
			await devices.deregister(daId, devices.get(daId)?.rev);
		},
		isPassword,
		onRemoved: (listener) => http.onRemoved(listener),
	};
}

function featuresOf(names: readonly string[]): readonly [string, [null]][] | null {
	return names.length === 0 ? null : names.map((name) => [name, [null]]);
}

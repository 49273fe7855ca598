import { hashOf, type StoredDevices, sameHash } from "../auth/mod.ts";
import type { WebDevices } from "../ccm/mod.ts";
import type { RegistrationClient } from "../csm-client/mod.ts";

export interface SharedWebDevicesDeps {
	/** At this node, which passes on what is another's. */
	readonly registry: Pick<RegistrationClient, "registerForHttp" | "remove">;
	/** Devices of all nodes. */
	readonly stored: Pick<StoredDevices, "secretHashOf">;
}

/** Longer than a node passes a registration on while a partition has no owner. */
export const PATIENCE_MS = 15_000;

/**
 * Devices that speak HTTP on whichever node of a cluster they belong to: registered as any client would do it, and known as
 * the database knows them.
 */
export function sharedWebDevices({ registry, stored }: SharedWebDevicesDeps): WebDevices {
	return {
		register: ({ da_id, name, model, idf_list: idfs, odf_list: odfs, owner }) => {
			const profile = { model, ...(owner !== undefined && { u_name: owner }) };
			return registry.registerForHttp(da_id, { name, idfs, odfs, profile });
		},
		remove: (daId) => registry.remove(daId),
		isPassword: async (daId, password) => {
			const hash = await stored.secretHashOf(daId);
			return typeof hash === "string" && sameHash(hashOf(password), hash);
		},
		isRegistered: async (daId) => (await stored.secretHashOf(daId)) !== undefined,
	};
}

import type { ListedFeature } from "../../csm-client/mod.ts";

/** A device that speaks HTTP, as it is registered for a phone. */
export interface NewWebDevice {
	/** A UUID in lowercase, drawn at random. */
	readonly da_id: string;
	/** CSM takes another one where it is taken. */
	readonly name: string;
	/** Name of its model. */
	readonly model: string;
	readonly idf_list: readonly ListedFeature[];
	readonly odf_list: readonly ListedFeature[];
	/** Name of the person it belongs to: its `u_name` in the profile. */
	readonly owner?: string;
}

/**
 * Devices that speak HTTP, which are CSM's (`/da/<da_id>/up` and `down`). A project manager in a process of its own has
 * none.
 */
export interface WebDevices {
	/**
	 * Registers a device; it is kept when this resolves.
	 * @returns its rev, and the password with which it sends and receives, shown this once.
	 * @throws StorageError when the disk does not take it, InputError when there are too many devices; RegistrationError when
	 * another node of a cluster says so.
	 */
	register(device: NewWebDevice): Promise<{ readonly rev: string; readonly password: string }>;
	/**
	 * Deregisters a device, whatever its rev, and ends its streams with the event `removed`; one that is not registered is
	 * as good as deregistered.
	 * @throws StorageError when the disk does not take it; RegistrationError when another node of a cluster says so.
	 */
	remove(daId: string): Promise<void>;
	/** Whether a device is registered and this is its password. */
	isPassword(daId: string, password: string): boolean | Promise<boolean>;
	/** Whether a device is registered: one whose registration has resolved is, until it is deregistered or expires. */
	isRegistered(daId: string): boolean | Promise<boolean>;
}

/** A device that lives in a page of this server's and speaks HTTP. */
export interface WebDevice {
	/** UUID in lowercase. */
	readonly da_id: string;
	readonly name: string;
	/** Of the device model. */
	readonly model: string;
	/** Names of features; of none, an empty list. */
	readonly idf_list: readonly string[];
	readonly odf_list: readonly string[];
	/** Name of the account it belongs to; undefined: none. */
	readonly owner?: string | undefined;
}

/** Registers devices for members of a class, where CSM is in the same process. */
export interface WebDevices {
	/**
	 * Registers a device, or registers it again with a new password; durable when it resolves.
	 * @throws InputError when there is no room for another device.
	 */
	register(device: WebDevice): Promise<{ readonly rev: string; readonly password: string }>;
	/** Deregisters a device; one that is not registered is as good as deregistered. */
	remove(daId: string): Promise<void>;
	/** Whether it is the password of the device's current registration. */
	isPassword(daId: string, password: string): boolean;
	/** Hears the id of each device speaking HTTP that was deregistered, by whomever, or has expired. */
	onRemoved(listener: (daId: string) => void): void;
}

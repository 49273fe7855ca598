import type { TopicGrant } from "./topic-grants.ts";

/** Devices as the database of a cluster knows them, whichever node has them. */
export interface StoredDevices {
	/** Hash of a device's password, null when it has none, undefined for an unknown device. @throws StorageError */
	secretHashOf(daId: string): Promise<string | null | undefined>;
	/** Whether a topic is that of a linked feature which a device may use so. @throws StorageError */
	mayUse(daId: string, grant: TopicGrant): Promise<boolean>;
}

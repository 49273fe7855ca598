export { AccountRows, type TokenRecord, type UserRecord } from "./accounts.ts";
export { AccountsFile } from "./accounts-file.ts";
export { brokerDisk } from "./broker-disk.ts";
export type { DeviceRecord } from "./devices.ts";
export type { FunctionRecord } from "./functions.ts";
export type {
	Asked,
	LinkRecord,
	LinkSettings,
	Monitor,
} from "./graphs.ts";
export { withLock } from "./lock.ts";
export { StoreReader } from "./reader.ts";
export { restoreDatabase } from "./restore.ts";
export {
	checkSnapshot,
	putSnapshot,
	SNAPSHOT_FORMAT,
	SNAPSHOT_VERSION,
	Snapshot,
	takeSnapshot,
	withNumbersAsWritten,
} from "./snapshot.ts";
export { isInUse, Store, type StoreOptions } from "./store.ts";

export { AccountRows } from "./accounts.ts";
export { accountsIn } from "./accounts-in.ts";
export { brokerDisk } from "./broker-disk.ts";
export { linkProblem } from "./cannot-open.ts";
export type { Columns } from "./columns.ts";
export type { Db } from "./db.ts";
export { forShare, forUpdate } from "./for-share.ts";
export { ForeignFile } from "./foreign-file.ts";
export type { Effects } from "./jobs.ts";
export { readJson, readJsonOrNull } from "./json-columns.ts";
export { withLock } from "./lock.ts";
export type { Migration, ModuleSchema } from "./module-schema.ts";
export { onFirstUse } from "./on-first-use.ts";
export { checkPostgres, openAccounts, openReader, openRehearsal } from "./open-reader.ts";
export { openStore } from "./open-store.ts";
export { type PageSessionRecord, pageSessionDisk } from "./page-sessions.ts";
export { type NewUser, PeopleRows, type RegistrationCode, type UserRecord } from "./people.ts";
export { peopleIn } from "./people-in.ts";
export { perColumns } from "./per-columns.ts";
export { perHandle } from "./per-handle.ts";
export {
	isPostgres,
	LOCAL_FILE,
	type PostgresOptions,
	type StoreOptions,
	shownUrl,
	URL_SETTING,
} from "./place.ts";
export type { OpenAccounts, ReaderPort, SharedDatabase, StorePort } from "./port.ts";
export { preparePut } from "./prepare-put.ts";
export { StoreReader } from "./reader.ts";
export { restoreDatabase } from "./restore.ts";
export { brokenRule, checkRow } from "./row-rules.ts";
export { ROLES, type Role } from "./schema.ts";
export { OutdatedDatabaseError } from "./schema-versions.ts";
export type { ServiceSecret, TokenRecord } from "./secret-rows.ts";
export { DATABASE_PARTS } from "./set-aside.ts";
export { openShared } from "./shared.ts";
export { type SharedPageLogin, SharedPageLoginRows } from "./shared-page-logins.ts";
export { SharedPageSessions, type SharedSessionRecord } from "./shared-page-sessions.ts";
export { Store } from "./store.ts";

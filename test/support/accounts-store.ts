import { afterEach, beforeEach } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AccountsFile } from "../../src/store/accounts-file.ts";
import { Store } from "../../src/store/store.ts";
import { quietLog } from "./log.ts";

/** A server's store and the accounts as another program has them open, new for each test of the file. */
export interface AccountsStore {
	readonly userdir: string;
	readonly store: Store;
	readonly file: AccountsFile;
}

/** To be called while tests are being defined; its fields are there inside a test. */
export function accountsStore(): AccountsStore {
	const now = {} as { userdir: string; store: Store; file: AccountsFile };
	beforeEach(() => {
		now.userdir = mkdtempSync(join(tmpdir(), "iotctl-accounts-"));
		now.store = new Store({ userdir: now.userdir, url: "test.db" }, quietLog);
		now.file = new AccountsFile(join(now.userdir, "test.db"));
	});
	afterEach(async () => {
		now.file.close();
		await now.store.close();
		rmSync(now.userdir, { recursive: true });
	});
	return now;
}

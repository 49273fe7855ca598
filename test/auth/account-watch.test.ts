import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AccountWatch } from "../../src/auth/account-watch.ts";
import { Accounts } from "../../src/auth/accounts.ts";
import { AccountsFile } from "../../src/store/accounts-file.ts";
import { Store } from "../../src/store/mod.ts";
import { listenedLog, quietLog } from "../support/log.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { Inbox } from "../support/waiting.ts";

let userdir: string;
let store: Store;
let cli: AccountsFile;
beforeEach(async () => {
	userdir = mkdtempSync(join(tmpdir(), "iotctl-watch-"));
	store = new Store({ userdir, url: "test.db" }, quietLog);
	cli = new AccountsFile(join(userdir, "test.db"));
	await cli.accounts.people.create({ name: "boss", hash: "one", role: "admin", createdAt: 0 });
	await cli.accounts.secrets.addToken({ name: "phones", hash: "t", createdAt: 0, expiresAt: null });
});
afterEach(async () => {
	cli.close();
	await store.close();
	rmSync(userdir, { recursive: true });
});

async function build() {
	const clock = new ManualClock();
	const { log, lines } = listenedLog();
	const state = { isBroken: false };
	/** Of each change, the password that "boss" had then; null: no such user. */
	const changes = new Inbox<string | null>();
	const accounts = new Accounts({
		accounts: store.accounts,
		noticesAtOnce: true,
		changedOutside: () => {
			if (state.isBroken) throw new Error("disk I/O error");
			return store.changedOutside();
		},
	});
	const onChange = () => changes.add(accounts.user("boss")?.hash ?? null);
	const watch = new AccountWatch({ accounts, onChange, log, clock });
	await accounts.start();
	watch.start();
	const nextLine = async () => {
		const { msg, account, reason } = JSON.parse(await lines.take("a line of the log"));
		return [msg, account ?? reason].join(": ");
	};
	return { watch, accounts, clock, state, changes, lines, nextLine };
}

test("logs what was changed from outside, and tells of it once the accounts are up to date", async () => {
	const { clock, changes, lines, nextLine } = await build();
	clock.move(5000);
	await cli.accounts.people.setPassword(1, "two");
	await cli.accounts.people.create({ name: "second", hash: "x", role: "admin", createdAt: 0 });
	await cli.accounts.secrets.removeToken("phones");
	clock.move(1000);
	expect([await nextLine(), await nextLine(), await nextLine()]).toEqual([
		"password changed: user boss",
		"account added: user second",
		"account removed: token phones",
	]);
	expect(await changes.take("a change")).toBe("two");
	clock.move(5000);
	await cli.accounts.people.remove(2);
	clock.move(1000);
	// Nothing was said of the looks before.
	expect(await nextLine()).toBe("account removed: user second");
	expect(lines.waiting).toHaveLength(0);
});

test("a change that a login noticed is logged and told at once", async () => {
	const { accounts, changes, nextLine } = await build();
	await cli.accounts.people.remove(1);
	await accounts.refresh();
	expect(await nextLine()).toBe("account removed: user boss");
	expect(await changes.take("a change")).toBeNull();
});

test("a database that cannot be read is logged once, and what changed meanwhile is noticed", async () => {
	const { clock, state, nextLine } = await build();
	state.isBroken = true;
	clock.move(5000);
	expect(await nextLine()).toBe("cannot look for changed accounts: disk I/O error");
	await cli.accounts.people.remove(1);
	state.isBroken = false;
	clock.move(1000);
	expect(await nextLine()).toBe("account removed: user boss");
	state.isBroken = true;
	clock.move(1000);
	expect(await nextLine()).toBe("cannot look for changed accounts: disk I/O error");
});

test("nothing is planned once it has stopped", async () => {
	const { watch, clock } = await build();
	watch.stop();
	expect(clock.planned).toBe(0);
});

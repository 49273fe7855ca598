import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Accounts } from "../../src/auth/accounts.ts";
import { hashOf } from "../../src/auth/secrets.ts";
import type { Host } from "../../src/servers/host.ts";
import { Opening } from "../../src/servers/opening.ts";
import { CORE_INI } from "../../src/settings/config.ts";
import { Store } from "../../src/store/store.ts";
import { quietLog } from "../support/log.ts";

let folder: string;
let store: Store;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "iotctl-opening-"));
	store = new Store({ userdir: folder, url: "test.db" }, quietLog);
});
afterEach(async () => {
	await store.close();
	rmSync(folder, { recursive: true });
});

async function openingOf(host: Host, core = "", hasDevices = true, isNode = false) {
	const config = CORE_INI.parse("x.ini", `[core]\nuserdir = ${folder}\n${core}`, folder);
	const accounts = new Accounts(store);
	await accounts.start();
	const opening = new Opening({
		...{ host, store, accounts, hasDevices, isNode, log: quietLog },
		config: () => config,
		ports: () => ({ http: 9992, mqtt: 1883, ws: 1884 }),
		devicesWithoutLogin: () => 3,
	});
	return { opening, accounts };
}

describe("a server for this computer alone", () => {
	test("stays that, or is opened by the ini in use and restarted", async () => {
		const ini = join(folder, "mine.ini");
		writeFileSync(ini, "# mine\n[core]\nbind = 127.0.0.1\n", { mode: 0o640 });
		const asked: string[] = [];
		const { opening, accounts } = await openingOf({ ini, restart: (path) => asked.push(path) });
		expect(await opening.open("local")).toEqual({
			addresses: ["http://localhost:9992/gui/"],
			devices: 0,
		});
		expect(asked).toEqual([]);
		const { token = "", ...done } = await opening.open("network");
		expect(accounts.tokenByHash(hashOf(token))).toMatchObject({ name: "setup", expiresAt: null });
		expect(done).toMatchObject({ devices: 3, todo: undefined });
		expect(done.token_address).toEndWith(`:9992/token/${token}`);
		expect(asked).toEqual([ini]);
		expect(readFileSync(ini, "utf8")).toBe("# mine\n[core]\nauth = on\nbind = 0.0.0.0\n");
		expect(statSync(ini).mode & 0o777).toBe(0o640);
		const { token: second = "" } = await opening.open("network");
		expect(accounts.tokenByHash(hashOf(second))?.name).toBe("setup-2");
	});

	test("without an ini gets one in its user directory", async () => {
		const { opening } = await openingOf({ restart: () => {} });
		await opening.open("network");
		expect(readFileSync(join(folder, "iotctl.ini"), "utf8")).toBe(
			"[core]\nbind = 0.0.0.0\nauth = on\n",
		);
	});

	test("says what to change where the ini cannot be written, and what to do where no one restarts it", async () => {
		const ini = join(folder, "missing", "x.ini");
		const { opening } = await openingOf({ ini, restart: () => {} });
		expect((await opening.open("network")).todo).toBe(
			`set bind = 0.0.0.0 and auth = on in [core] of ${ini}, then restart the server`,
		);
		const alone = await openingOf({});
		expect((await alone.opening.open("network")).todo).toContain("restart the server");
	});

	test("of several nodes says what to change on each, and changes nothing itself", async () => {
		const asked: string[] = [];
		const ini = join(folder, "x.ini");
		const host = { ini, restart: (path: string) => asked.push(path) };
		const { opening } = await openingOf(host, "", true, true);
		expect((await opening.open("network")).todo).toBe(
			"set bind = 0.0.0.0 and auth = on in [core] of the ini of each node of the cluster, then restart them one after the other",
		);
		expect([asked, existsSync(ini)]).toEqual([[], false]);
	});

	test("where no devices register hands out no token", async () => {
		const { opening } = await openingOf({ restart: () => {} }, "", false);
		expect(await opening.open("network")).not.toHaveProperty("token");
	});
});

test("a server that is open with logins already is left as it is, and hands out a token", async () => {
	const asked: string[] = [];
	const host = { ini: join(folder, "x.ini"), restart: (path: string) => asked.push(path) };
	const { opening } = await openingOf(host, "bind = 0.0.0.0\n");
	const done = await opening.open("local");
	expect([asked, done.devices, done.todo]).toEqual([[], 0, undefined]);
	expect(done.token).toBeString();
});

import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DeviceRecords } from "../../../src/csm/devices/device-records.ts";
import { PresenceSaver } from "../../../src/csm/devices/presence-saver.ts";
import { CsmStore } from "../../../src/csm/store/csm-store.ts";
import { noBadRow, openCsmStore } from "../../support/csm-store.ts";
import { quietLog } from "../../support/log.ts";
import { ManualClock } from "../../support/manual-clock.ts";

const IDS = ["a", "b"] as const;
const REGISTRATION = {
	...{ name: "n", acceptProtos: ["mqtt"], idfList: null, odfList: null, profile: { model: "m" } },
	...{ secretHash: null, token: null, origin: null },
};

let folder: string;
let made: ReturnType<typeof openCsmStore>;
/** By the database's clock; undefined: the server is alone. */
let databaseTime: number | undefined;
let csm: CsmStore;
let records: DeviceRecords;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "iotctl-device-records-"));
	made = openCsmStore(folder);
	databaseTime = undefined;
	csm = new CsmStore(made.store, {
		begin: () => ({ fence: async () => {}, end: () => {} }),
		get databaseTime() {
			return databaseTime;
		},
	});
	const clock = new ManualClock();
	const deps = { registered: () => 0, shared: undefined, clock };
	records = new DeviceRecords({ maxDevices: IDS.length }, csm, deps);
});
afterEach(async () => {
	await made.store.close();
	rmSync(folder, { recursive: true });
});

const register = async () => {
	for (const id of IDS) await records.put(id, undefined, REGISTRATION, () => {});
};
const save = (awaySeconds: number, isOnline: boolean) =>
	new PresenceSaver({ store: csm, log: quietLog }).save(
		new Map([["a", { awaySeconds, isOnline }]]),
	);
const away = async () => {
	const loaded = await records.load(noBadRow, () => true);
	const found = IDS.map((id) => loaded.find((device) => device.id === id)?.awaySeconds);
	return found;
};

test("§2.6 in a cluster the database's clock counts how long devices are away, on any node", async () => {
	databaseTime = 1_000_000;
	await register();
	expect(await away()).toEqual([0, 0]);
	databaseTime += 10;
	await save(7, false);
	databaseTime += 100;
	expect(await away()).toEqual([107, 110]);
	await save(0, true);
	databaseTime += 100;
	expect(await away()).toEqual([0, 210]);
	// A standby without the last changes may have become the database.
	await save(5, false);
	databaseTime -= 1000;
	expect(await away()).toEqual([5, 0]);
});

test("§2.6 on one server only the time that it has counted counts", async () => {
	await register();
	await save(7, false);
	expect(await away()).toEqual([7, 0]);
	databaseTime = 1_000_000;
	expect(await away()).toEqual([7, 0]);
});

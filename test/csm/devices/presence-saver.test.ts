import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PresenceSaver } from "../../../src/csm/devices/presence-saver.ts";
import { CsmStore } from "../../../src/csm/store/csm-store.ts";
import { ElsewhereError, StorageError } from "../../../src/kit/errors.ts";
import { openCsmStore, storedDevice } from "../../support/csm-store.ts";
import { recordedLog } from "../../support/log.ts";

const IDS = Array.from({ length: 7 }, (_, n) => `d${n}`);
const THERE = { awaySeconds: 0, isOnline: true };

let userdir: string;
let made: ReturnType<typeof openCsmStore>;
beforeEach(async () => {
	userdir = mkdtempSync(join(tmpdir(), "iotctl-presence-"));
	made = openCsmStore(userdir);
	await made.csm.write(async ({ devices }) => {
		for (const id of IDS) await devices.put(storedDevice(id));
	});
});
afterEach(async () => {
	await made.store.close();
	rmSync(userdir, { recursive: true });
});

/** Saves all as being there. @param refuse Of some of them; undefined: they are stored. */
async function save(refuse: (ids: readonly string[]) => Error | undefined) {
	const { log, lines } = recordedLog("devices");
	const store = new CsmStore(made.store, {
		begin: (ids) => ({
			fence: async () => {
				const error = refuse(ids);
				if (error !== undefined) throw error;
			},
			end: () => {},
		}),
	});
	const isSaved = await new PresenceSaver({ store, log }).save(
		new Map(IDS.map((id) => [id, THERE])),
	);
	const stored = await made.csm.rows.devices.all(() => {});
	const there = stored.filter(({ isOnline }) => isOnline).map(({ id }) => id);
	return { isSaved, there: there.toSorted(), lines };
}

test("of devices that another node has by now nothing is stored, and of the others all", async () => {
	const gone = ["d2", "d5"];
	const { isSaved, there, lines } = await save((ids) =>
		ids.some((id) => gone.includes(id)) ? new ElsewhereError("another node's") : undefined,
	);
	expect([isSaved, there]).toEqual([true, IDS.filter((id) => !gone.includes(id))]);
	expect(lines).toEqual([]);
});

test("what a disk does not take is said once, and stored later", async () => {
	const { isSaved, there, lines } = await save(() => new StorageError("the disk is full"));
	expect([isSaved, there, lines.length]).toEqual([false, [], 1]);
	expect(lines[0]).toContain("cannot store presence");
});

import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { seedIfEmpty } from "../../../src/ccm/catalog/first-start.ts";
import type { DatabaseStore } from "../../../src/ccm/store/database.ts";
import type { Store } from "../../../src/store/store.ts";
import { openCcmDatabase } from "../../support/ccm-store.ts";

let folder: string;
let store: Store;
let ccm: DatabaseStore;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "iotctl-ccm-seed-"));
	({ store, ccm } = openCcmDatabase(folder));
});
afterEach(async () => {
	await store.close();
	rmSync(folder, { recursive: true });
});

const NOW = Date.parse("2026-09-01T08:00:00Z");

test("the first start loads the default data, and no later one brings back what was removed", async () => {
	expect(await seedIfEmpty(ccm, NOW)).toMatchObject({ models: 34, features: 162, functions: 28 });
	const lamp = await ccm.read(async ({ models }) => (await models.list({ dm_name: "Lamp" }))[0]);
	expect(lamp).toBeDefined();
	await ccm.write(({ models }) => models.remove(lamp?.dm_id ?? 0));
	await store.close();
	({ store, ccm } = openCcmDatabase(folder));
	expect(await seedIfEmpty(ccm, NOW)).toBeUndefined();
	await ccm.read(async ({ models, functions }) => {
		expect(await models.list()).toHaveLength(33);
		const [sum] = await functions.list({ fn_name: "sum", u_id: null });
		expect(sum?.versions[0]?.date).toBe("2026-09-01T08:00:00.000Z");
	});
});

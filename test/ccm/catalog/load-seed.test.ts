import { describe, expect, test } from "bun:test";
import { loadSeed } from "../../../src/ccm/catalog/load-seed.ts";
import { seedData } from "../../../src/ccm/catalog/seed-data.ts";
import type { SeedFile } from "../../../src/ccm/catalog/seed-file.ts";
import { MemoryStore } from "../support/memory-store.ts";

const NOW = "2026-09-01T08:00:00.000Z";

async function open() {
	const store = new MemoryStore();
	const load = (seed: SeedFile) => store.write((tables) => loadSeed(tables, seed, NOW));
	return { store, load };
}

describe("loading a seed file", () => {
	test("puts everything in as the system's, once", async () => {
		const { store, load } = await open();
		expect(await load(seedData())).toEqual({ functions: 28, features: 162, models: 36 });
		expect(await load(seedData())).toEqual({ functions: 0, features: 0, models: 0 });
		await store.read(async (tables) => {
			const [bulb] = await tables.models.list({ dm_name: "Bulb" });
			expect(bulb).toMatchObject({ u_id: null, plural: false });
			const [color] = await tables.features.list({ df_name: "Color-O" });
			expect(bulb?.members[0]?.df_id).toBe(color?.df_id ?? -1);
			expect(await tables.favourites.list({ df_id: color?.df_id ?? -1 })).toHaveLength(3);
			expect(await tables.units.get(1)).toEqual({ unit_id: 1, unit_name: "None" });
		});
	});

	test("takes a feature a model names twice once, as REST does", async () => {
		const { store, load } = await open();
		await load({ DeviceModel: [{ dm_name: "M", df_list: ["A-I", { df_name: "A-I" }, "B-O"] }] });
		const [model] = await store.read(({ models }) => models.list({ dm_name: "M" }));
		expect(model?.members.map(({ df_id }) => df_id)).toEqual([1, 2]);
	});

	test("makes features only a model names, with the model's values and tags", async () => {
		const { store, load } = await open();
		const entry = {
			df_name: "New-I3",
			df_parameter: [{ param_type: "float", max: 9 }],
			tags: ["ID"],
		};
		const Tag = [{ tag_name: "ID", param_no: 1 }];
		await load({ Tag, DeviceModel: [{ dm_name: "M", df_list: [entry, "Other-O"] }] });
		await store.read(async ({ models, features }) => {
			const [model] = await models.list({ dm_name: "M" });
			expect(model?.members[0]).toMatchObject({
				params: [{ param_type: "float", max: 9 }],
				tag_ids: [1],
			});
			expect((await features.list()).map(({ df_name, df_type }) => [df_name, df_type])).toEqual([
				["New-I3", "input"],
				["Other-O", "output"],
			]);
		});
	});
});

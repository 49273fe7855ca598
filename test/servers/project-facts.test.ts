import { expect, test } from "bun:test";
import { loadSeed } from "../../src/ccm/catalog/load-seed.ts";
import { seedData } from "../../src/ccm/catalog/seed-data.ts";
import { projectFactsOf } from "../../src/servers/project-facts.ts";
import { block, port, project, uuid } from "../ccm/support/documents.ts";
import { MemoryStore } from "../ccm/support/memory-store.ts";

test("a model's features are told by their direction", async () => {
	const store = new MemoryStore();
	await store.write((tables) => loadSeed(tables, seedData(), new Date(0).toISOString()));
	const facts = projectFactsOf(store);
	expect(await facts.featuresOf("Dummy_Device")).toEqual({
		inputs: ["DummySensor-I"],
		outputs: ["DummyControl-O"],
	});
	expect(await facts.featuresOf("Nothing")).toBeUndefined();
});

test("an alias is that of the block a device is bound to, and of no other", async () => {
	const store = new MemoryStore();
	const desk = port({ dfo_id: 1, df_name: "Lamp-O", alias_name: "desk" });
	const hall = port({ dfo_id: 2, df_name: "Lamp-O", alias_name: "hall" });
	const blocks = [block(1, null, [hall]), block(2, 7, [desk])];
	await store.write(({ projects }) => projects.put(project(blocks, [])));
	const facts = projectFactsOf(store);
	expect(await facts.aliasOf(uuid(7), "Lamp-O")).toBe("desk");
	expect(await facts.aliasOf(uuid(7), "Other-O")).toBeUndefined();
	expect(await facts.aliasOf(uuid(8), "Lamp-O")).toBeUndefined();
});

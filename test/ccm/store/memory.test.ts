import { describe, expect, test } from "bun:test";
import { MemoryStore } from "../../../src/ccm/store/memory.ts";

const unit = (unit_id: number) => ({ unit_id, unit_name: `u${unit_id}` });

describe("everything in memory", () => {
	test("keeps all of a unit of work, or nothing", async () => {
		const store = new MemoryStore();
		await store.write(async ({ units, newId }) => units.put(unit(newId("unit"))));
		const failed = store.write(async ({ units, graphs }) => {
			await units.put(unit(7));
			await units.remove(1);
			await graphs.put({ graph: "1", links: [], settled: "" });
			throw new Error("no");
		});
		await failed.catch(() => {});
		expect(await store.read(({ units }) => units.list())).toEqual([unit(1)]);
		expect(await store.read(({ graphs }) => graphs.list())).toEqual([]);
		// What no one saw may be given again; what was kept, never.
		expect(await store.write(async ({ newId }) => newId("unit"))).toBe(2);
	});

	test("runs units of work one after another", async () => {
		const store = new MemoryStore();
		const add = () =>
			store.write(async ({ units }) => {
				const { length } = await units.list();
				await units.put(unit(length + 1));
			});
		await Promise.all([add(), add(), add()]);
		expect(await store.read(({ units }) => units.list())).toHaveLength(3);
	});

	test("finds by fields, in the order of ids; a relation is there once", async () => {
		const store = new MemoryStore();
		const offer = { fn_id: 1, u_id: null, df_id: null };
		const found = await store.write(async ({ units, favourites }) => {
			for (const id of [3, 1, 2]) await units.put(unit(id));
			await favourites.add(offer);
			await favourites.add({ ...offer });
			await favourites.add({ ...offer, df_id: 5 });
			await favourites.remove({ df_id: 5 });
			return [await units.list(), await units.list({ unit_name: "u2" }), await favourites.list()];
		});
		expect(found).toEqual([[unit(1), unit(2), unit(3)], [unit(2)], [offer]]);
	});
});

test("people and codes in memory are what they are on the database", async () => {
	const store = new MemoryStore();
	const ann = { name: "ann", hash: "h", role: "teacher", createdAt: 1 } as const;
	const code = { hash: "c", usesLeft: 1, expiresAt: 100, createdAt: 1 };
	await store.write(async ({ people }) => {
		await people.create({ ...ann, name: "zoe" });
		await people.create(ann);
		await people.addCode(code);
	});
	await expect(store.write(({ people }) => people.create(ann))).rejects.toThrow();
	await store.write(async ({ people }) => {
		await people.setRole(2, "student");
		await people.setPassword(2, "new");
		await people.setActive(2, false);
		await people.remove(1);
		expect(await people.useCode("c", 99)).toBe(true);
		expect(await people.useCode("c", 99)).toBe(false);
		expect((await people.create({ ...ann, name: "bob" })).id).toBe(3);
		await people.addCode({ ...code, hash: "d" });
		expect(await people.useCode("d", 100)).toBe(false);
		expect(await people.useCode("d", 99)).toBe(true);
	});
	const changed = { role: "student", hash: "new", isActive: false } as const;
	expect(await store.read(({ people }) => people.byName("ann"))).toEqual({
		...{ id: 2, ...ann, email: null, sub: null },
		...changed,
	});
	expect(await store.read(({ people }) => people.codes(0))).toEqual([]);
});

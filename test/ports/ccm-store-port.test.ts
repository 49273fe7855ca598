// What every implementation of CcmStore has to do: the one in memory and the database.
import { afterEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AuditQuery } from "../../src/ccm/store/audit-port.ts";
import { DatabaseStore } from "../../src/ccm/store/database.ts";
import type {
	CcmStore,
	DeviceRecord,
	Feature,
	FunctionRecord,
	Model,
	Param,
} from "../../src/ccm/store/port.ts";
import { CCM_SCHEMA } from "../../src/ccm/store/schema.ts";
import { openStore } from "../../src/store/open-store.ts";
import * as documents from "../ccm/support/documents.ts";
import { MemoryStore } from "../ccm/support/memory-store.ts";
import { eachDatabase, type MakeDatabase } from "../support/databases.ts";
import { describeEach, type Kind } from "../support/kinds.ts";
import { quietLog } from "../support/log.ts";

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
	for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const inDatabase = (make: MakeDatabase) => async (): Promise<CcmStore> => {
	const folder = mkdtempSync(join(tmpdir(), "iotctl-ccm-port-"));
	cleanups.push(() => rmSync(folder, { recursive: true }));
	const { url } = await make(folder);
	const store = await openStore({ userdir: folder, url }, quietLog, [CCM_SCHEMA]);
	cleanups.push(() => store.close());
	return new DatabaseStore(store, quietLog);
};

const unit = (unit_id: number) => ({ unit_id, unit_name: `u${unit_id}` });
const PARAM: Param = {
	...{ param_type: "int", idf_type: "sample", fn_id: null, min: 0, max: 1.5 },
	...{ normalization: true, unit_id: 1 },
};
const feature = (df_id: number, changes: Partial<Feature> = {}): Feature => ({
	...{ df_id, df_name: `溫度-I${df_id}`, df_type: "input", df_category: "None", comment: "" },
	...{ u_id: null, params: [PARAM], ...changes },
});
const fn = (fn_id: number, changes: Partial<FunctionRecord> = {}): FunctionRecord => ({
	...{ fn_id, fn_name: `f${fn_id}`, is_protect: false, u_id: null, pinned: [] },
	versions: [{ fnvt_idx: fn_id * 10, u_id: null, date: "2026-01-01T00:00:00.000Z", code: "x" }],
	...changes,
});
const model: Model = {
	...{ dm_id: 1, dm_name: "Lamp", plural: false, device_only: true, u_id: 7 },
	members: [{ mf_id: 3, df_id: 1, params: [PARAM], tag_ids: [2] }],
};
const device = (d_id: number, changes: Partial<DeviceRecord> = {}): DeviceRecord => ({
	...{ d_id, mac_addr: documents.uuid(d_id), d_name: "d", status: "online", u_id: null },
	...{ dm_name: "Lamp", is_sim: false, register_time: 12.5 },
	...{ extra_setup_webpage: "", device_webpage: "", ...changes },
});
const project = (p_id: number, device: number | null = null) =>
	documents.project(
		[
			documents.block(p_id * 10, device, [
				documents.port({ dfo_id: p_id * 100, df_id: 4, df_name: "A-I" }),
				documents.port({ dfo_id: p_id * 100 + 1, df_id: 5, df_name: "B-O" }),
			]),
		],
		[documents.join(p_id, [documents.link(p_id * 100, 8), documents.link(p_id * 100 + 1)], 9)],
		{ p_id, p_name: `p${p_id}` },
	);
const step = (p_id: number, rev: number, u_id = 1) => ({
	...{ p_id, u_id, rev },
	inverse: [{ kind: "rename_project" as const, p_name: `before ${rev}` }],
	redo: [{ kind: "rename_project" as const, p_name: `after ${rev}` }],
	is_undone: rev % 2 === 0,
});

const STORES: Kind<() => Promise<CcmStore>>[] = [
	["memory", async () => new MemoryStore(), true],
	...eachDatabase().map(([kind, make, isHere]) => [kind, inDatabase(make), isHere] as const),
];

describeEach(STORES)("CCM's data in %s", (open) => {
	test("all of a unit of work is kept, or nothing", async () => {
		const store = await open();
		await store.write(async ({ units, newId }) => units.put(unit(newId("unit"))));
		const failed = store.write(async ({ units, graphs, projects, features }) => {
			await units.put(unit(7));
			await units.remove(1);
			await features.put(feature(1));
			await projects.put(project(1));
			await graphs.put({ graph: "1", links: [], settled: "" });
			throw new Error("no");
		});
		await expect(failed).rejects.toThrow("no");
		await store.read(async (tables) => {
			expect(await tables.units.list()).toEqual([unit(1)]);
			expect(await tables.features.list()).toEqual([]);
			expect(await tables.projects.list()).toEqual([]);
			expect(await tables.projects.mentioning({ kind: "na", ref: 1 })).toEqual([]);
			expect(await tables.graphs.list()).toEqual([]);
		});
		expect(await store.write(async ({ newId }) => newId("unit"))).toBe(2);
	});

	test("units of work run one after another, and each sees what those before it did", async () => {
		const store = await open();
		const add = () =>
			store.write(async ({ units }) => {
				const { length } = await units.list();
				await units.put(unit(length + 1));
			});
		await Promise.all([add(), add(), add()]);
		expect(await store.read(({ units }) => units.list())).toHaveLength(3);
	});

	test("a read sees one moment, and nothing of an unfinished unit of work", async () => {
		const store = await open();
		const count = () =>
			store.read(async ({ units, graphs, projects }) => {
				const seen = [(await units.list()).length];
				for (let n = 0; n < 30; n++) seen.push((await graphs.list()).length);
				seen.push((await projects.heads()).length);
				return new Set(seen);
			});
		const add = (n: number) =>
			store.write(async ({ units, graphs, projects }) => {
				await units.put(unit(n));
				for (let i = 0; i < 5; i++) await graphs.list();
				await graphs.put({ graph: `${n}`, links: [], settled: "" });
				await projects.put(project(n));
				if (n % 3 === 0) throw new Error("no");
			});
		const writes: Promise<unknown>[] = [];
		for (let n = 1; n <= 20; n++) writes.push(add(n).catch(() => {}));
		for (let n = 0; n < 50; n++) expect((await count()).size).toBe(1);
		await Promise.all(writes);
		for (const found of await count()) expect(found).toBe(14);
	});

	test("what is stored comes back as it was", async () => {
		const store = await open();
		const two = fn(2, {
			u_id: 7,
			versions: [...fn(2).versions, { fnvt_idx: 5, u_id: 7, date: "d", code: "日本" }],
		});
		await store.write(async (tables) => {
			await tables.features.put(feature(1));
			await tables.models.put(model);
			await tables.functions.put(fn(1));
			await tables.functions.put(two);
			await tables.tags.put({ tag_id: 2, tag_name: "ID", param_no: 1 });
			await tables.devices.put(device(1, { u_id: 4, is_sim: true }));
			await tables.projects.put(project(1, 1));
			await tables.undo.add(step(1, 1));
		});
		await store.read(async (tables) => {
			expect(await tables.features.get(1)).toEqual(feature(1));
			expect(await tables.models.list({ u_id: 7 })).toEqual([model]);
			expect(await tables.functions.list()).toEqual([fn(1), two]);
			expect(await tables.tags.get(2)).toEqual({ tag_id: 2, tag_name: "ID", param_no: 1 });
			expect(await tables.devices.get(1)).toEqual(device(1, { u_id: 4, is_sim: true }));
			expect(await tables.projects.get(1)).toEqual(project(1, 1));
			expect(await tables.undo.list({ p_id: 1 })).toEqual([step(1, 1)]);
			expect(await tables.units.get(1)).toBeUndefined();
			expect(await tables.projects.get(2)).toBeUndefined();
		});
	});

	test("a function's versions are changed, added to and taken from", async () => {
		const store = await open();
		const version = (fnvt_idx: number, code: string) => ({ fnvt_idx, u_id: 1, date: "d", code });
		const kept = async (versions: FunctionRecord["versions"]) => {
			await store.write(({ functions }) => functions.put(fn(1, { versions })));
			const found = await store.read(({ functions }) => functions.get(1));
			expect(found?.versions).toEqual(versions);
			return versions;
		};
		const first = await kept([version(1, "a")]);
		const second = await kept([...first, version(2, "b")]);
		await kept([version(1, "A"), ...second.slice(1)]);
		await kept([version(2, "b")]);
		await store.write(({ functions }) => functions.remove(1));
		expect(await store.read(({ functions }) => functions.list())).toEqual([]);
		await kept([version(1, "again")]);
	});

	test("finds by fields, null among them, in the order of ids", async () => {
		const store = await open();
		const found = await store.write(async ({ devices, features, units }) => {
			for (const id of [3, 1, 2]) await units.put(unit(id));
			for (const id of [3, 1, 2]) await devices.put(device(id, { u_id: id === 2 ? 5 : null }));
			await features.put(feature(1, { u_id: 5 }));
			await features.put(feature(2));
			await devices.put(device(3, { d_name: "renamed" }));
			return [
				(await units.list()).map(({ unit_id }) => unit_id),
				(await units.list({ unit_name: "u2" })).map(({ unit_id }) => unit_id),
				(await devices.list({ u_id: null, status: "online" })).map(({ d_name }) => d_name),
				(await devices.list({ is_sim: false })).length,
				(await features.list({ u_id: null })).map(({ df_id }) => df_id),
				(await features.list({ df_name: "none" })).length,
			];
		});
		expect(found).toEqual([[1, 2, 3], [2], ["d", "renamed"], 3, [2], 0]);
	});

	test("a relation is there once, and goes by any of its fields", async () => {
		const store = await open();
		const offer = { fn_id: 1, u_id: null, df_id: null };
		const found = await store.write(async ({ functions, features, favourites, members, ...t }) => {
			await functions.put(fn(1));
			await features.put(feature(5));
			await favourites.add(offer);
			await favourites.add({ ...offer });
			await favourites.add({ ...offer, df_id: 5 });
			await favourites.remove({ df_id: 5 });
			await t.projects.put(project(1));
			await members.add({ p_id: 1, u_id: 2, may: "look" });
			await members.add({ p_id: 1, u_id: 3, may: "edit" });
			await members.remove({ p_id: 1, u_id: 3 });
			await t.graphs.put({ graph: "1", links: [], settled: "x" });
			await t.graphs.put({ graph: "1", links: ["a"], settled: "" });
			return [await favourites.list(), await members.list(), await t.graphs.list()];
		});
		expect(found).toEqual([
			[offer],
			[{ p_id: 1, u_id: 2, may: "look" }],
			[{ graph: "1", links: ["a"], settled: "" }],
		]);
	});

	test("projects are found by what their documents have and use now", async () => {
		const store = await open();
		const mac = documents.uuid(1);
		const look = () =>
			store.read(async ({ projects, holderOf: _, ...rest }) => ({
				do: await projects.mentioning({ kind: "do", ref: 10 }),
				dfo: await projects.mentioning({ kind: "dfo", ref: 101 }),
				na: await projects.mentioning({ kind: "na", ref: 1 }),
				dm: await projects.mentioning({ kind: "dm", ref: 1 }),
				df: await projects.mentioning({ kind: "df", ref: 5 }),
				fn: await projects.mentioning({ kind: "fn", ref: 8 }),
				join: await projects.mentioning({ kind: "fn", ref: 9 }),
				mac: await projects.mentioning({ kind: "mac", ref: mac }),
				rest: Object.keys(rest).length > 0,
			}));
		await store.write(async ({ projects }) => {
			await projects.put(project(1, 1));
			await projects.put(project(2, 1));
		});
		const both = [1, 2];
		expect(await look()).toMatchObject({ do: [1], dfo: [1], na: [1], dm: both, df: both });
		expect(await look()).toMatchObject({ fn: both, join: both, mac: both });
		const all = (kind: "mac" | "fn" | "dfo") =>
			store.read(async ({ projects }) => Object.fromEntries(await projects.mentions(kind)));
		expect(await all("mac")).toEqual({ [mac]: both });
		expect(await all("fn")).toEqual({ 8: both, 9: both });
		expect(Object.keys(await all("dfo"))).toContain("101");
		await store.write(async ({ projects }) => {
			const [block] = project(1).blocks;
			await projects.put({ ...project(1), blocks: block === undefined ? [] : [block], joins: [] });
			await projects.remove(2);
		});
		expect(await look()).toMatchObject({ do: [1], dfo: [1], na: [], dm: [1], df: [1] });
		expect(await look()).toMatchObject({ fn: [], join: [], mac: [] });
		const held = await store.read((tables) => tables.holderOf("dfo", 101));
		expect(held?.p_id).toBe(1);
		expect(await store.read((tables) => tables.holderOf("dfo", 201))).toBeUndefined();
	});

	test("projects are listed without their documents", async () => {
		const store = await open();
		await store.write(async ({ projects }) => {
			for (const id of [2, 1]) await projects.put({ ...project(id), u_id: id });
		});
		await store.read(async ({ projects }) => {
			const { blocks: _, joins: __, ...head } = project(1);
			expect(await projects.heads()).toEqual([head, { ...head, p_id: 2, p_name: "p2", u_id: 2 }]);
			expect(await projects.heads({ u_id: 2, p_name: "p2" })).toMatchObject([{ p_id: 2 }]);
			expect(await projects.heads({ u_id: 2, p_name: "p1" })).toEqual([]);
		});
	});

	test("of changes the newest are kept, and told by project, name and place", async () => {
		const store = await open();
		const entry = (n: number) => ({
			...{ at: `2026-09-01T08:00:0${n}Z`, u_id: n % 2, u_name: n % 2 === 1 ? "ann" : "bob" },
			...{ door: "rest", operation: `op ${n}`, p_id: n % 3 === 0 ? null : n % 3 },
			details: { n, name: "溫度", isIt: true },
		});
		for (let n = 0; n < 8; n++) await store.write(({ audit }) => audit.add(entry(n), 5));
		const failed = store.write(async ({ audit }) => {
			await audit.add(entry(8), 5);
			throw new Error("no");
		});
		await expect(failed).rejects.toThrow("no");
		const list = (query: AuditQuery, most = 100) =>
			store.read(async ({ audit }) =>
				(await audit.list(query, most)).map(({ details }) => details.n),
			);
		expect(await list({})).toEqual([7, 6, 5, 4, 3]);
		expect(await list({ p_id: 1 })).toEqual([7, 4]);
		expect(await list({ u_name: "ann" })).toEqual([7, 5, 3]);
		expect(await list({ u_name: "ann", p_id: 1 })).toEqual([7]);
		const [, second] = await store.read(({ audit }) => audit.list({}, 2));
		if (second === undefined) throw new Error("there should be two");
		expect(second).toEqual({ ...entry(6), seq: second.seq });
		expect(await list({ before: second.seq }, 2)).toEqual([5, 4]);
	});

	test("of a project's steps back the newest are kept", async () => {
		const store = await open();
		const revs = await store.write(async ({ projects, undo }) => {
			await projects.put(project(1));
			await projects.put(project(2));
			await undo.add(step(2, 1));
			for (let rev = 1; rev <= 203; rev++) await undo.add(step(1, rev));
			await undo.trim(1, 200, 1 << 20);
			await undo.trim(2, 200, 1 << 20);
			return (await undo.list({ p_id: 1 })).map(({ rev }) => rev);
		});
		expect(revs).toHaveLength(200);
		expect([revs[0], revs.at(-1)]).toEqual([4, 203]);
		await store.write(async ({ undo }) => {
			expect(await undo.list({ p_id: 2 })).toEqual([step(2, 1)]);
			await undo.remove({ p_id: 1 });
			expect(await undo.list()).toEqual([step(2, 1)]);
		});
	});

	test("of steps back that are large fewer are kept, but the last one always", async () => {
		const store = await open();
		await store.write(async ({ projects, undo }) => {
			await projects.put(project(1));
			const bytesOf = ({ inverse, redo }: ReturnType<typeof step>) =>
				Buffer.byteLength(JSON.stringify(inverse) + JSON.stringify(redo));
			for (let rev = 1; rev <= 5; rev++) await undo.add(step(1, rev));
			await undo.trim(1, 200, 3 * bytesOf(step(1, 1)));
			expect((await undo.list({ p_id: 1 })).map(({ rev }) => rev)).toEqual([3, 4, 5]);
			await undo.trim(1, 200, 1);
			expect((await undo.list({ p_id: 1 })).map(({ rev }) => rev)).toEqual([5]);
		});
	});

	test("of a person's steps the last one is found, and the last one that is undone", async () => {
		const store = await open();
		await store.write(async ({ projects, undo }) => {
			await projects.put(project(1));
			await projects.put(project(2));
			for (let rev = 1; rev <= 6; rev++) await undo.add(step(1, rev, rev > 4 ? 2 : 1));
			await undo.add(step(2, 7));
		});
		await store.read(async ({ undo }) => {
			const found = (u_id: number, is_undone: boolean) => undo.newest({ p_id: 1, u_id, is_undone });
			expect(await found(1, false)).toEqual(step(1, 3));
			expect(await found(1, true)).toEqual(step(1, 4));
			expect(await found(2, false)).toEqual(step(1, 5, 2));
			expect(await found(3, false)).toBeUndefined();
			expect(await undo.has({ p_id: 1, u_id: 2, is_undone: true })).toBe(true);
			expect(await undo.has({ p_id: 1, u_id: 3, is_undone: false })).toBe(false);
			expect(await undo.has({ p_id: 2, u_id: 1, is_undone: true })).toBe(false);
		});
	});

	test("people are part of the same units of work", async () => {
		const store = await open();
		const ann = { name: "ann", hash: "h", role: "teacher" as const, createdAt: 1.5 };
		const { id } = await store.write(({ people }) => people.create(ann));
		const failed = store.write(async ({ people, projects }) => {
			await projects.put(project(1));
			await people.remove(id);
			throw new Error("no");
		});
		await expect(failed).rejects.toThrow("no");
		await store.read(async ({ people, projects }) => {
			expect(await people.byName("ann")).toMatchObject({ id, ...ann, isActive: true });
			expect(await projects.heads()).toEqual([]);
		});
	});

	test("people are changed, and their ids are not given again", async () => {
		const store = await open();
		const ann = { name: "ann", hash: "h", role: "teacher", createdAt: 1 } as const;
		await store.write(async ({ people }) => {
			await people.create({ ...ann, name: "zoe" });
			await people.create(ann);
		});
		await expect(store.write(({ people }) => people.create(ann))).rejects.toThrow();
		await store.write(async ({ people }) => {
			await people.setRole(2, "student");
			await people.setPassword(2, "new");
			await people.setActive(2, false);
			await people.remove(1);
			expect((await people.create({ ...ann, name: "bob" })).id).toBeGreaterThan(2);
		});
		await store.read(async ({ people }) => {
			expect(await people.byName("ann")).toEqual({
				...{ id: 2, ...ann, email: null, sub: null },
				...{ role: "student", hash: "new", isActive: false },
			});
			expect((await people.list()).map(({ name }) => name)).toEqual(["ann", "bob"]);
		});
	});

	test("a registration code works until its time, and as often as it says", async () => {
		const store = await open();
		const code = { hash: "c", usesLeft: 1, expiresAt: 100, createdAt: 1 };
		await store.write(async ({ people }) => {
			await people.addCode(code);
			expect(await people.useCode("c", 99)).toBe(true);
			expect(await people.useCode("c", 99)).toBe(false);
			await people.addCode({ ...code, hash: "d" });
			expect(await people.useCode("d", 100)).toBe(false);
			expect(await people.useCode("d", 99)).toBe(true);
		});
		expect(await store.read(({ people }) => people.codes(0))).toEqual([]);
	});

	test("a code is that of its block, and outlives its project with the seats", async () => {
		const store = await open();
		const code = (do_id: number, code_hash: string) => ({ do_id, p_id: 1, code_hash, ends_at: 5 });
		const seat = (n: number, nickname = "") => ({
			...{ da_id: documents.uuid(n), p_id: 1, do_id: 10, seat: n, nickname },
		});
		await store.write(async ({ projects, invitations, seats, formerSeats }) => {
			await projects.put(project(1));
			await invitations.put(code(10, "h1"));
			await invitations.put(code(11, "h2"));
			await invitations.put({ ...code(10, "h3"), ends_at: 2 ** 45 });
			await seats.add(seat(1, "小明"));
			await seats.add(seat(2));
			await seats.remove({ da_id: documents.uuid(2) });
			await formerSeats.add({ da_id: documents.uuid(2), why: "removed", since: 7 });
			await projects.remove(1);
		});
		await store.read(async ({ invitations, seats, formerSeats }) => {
			expect(await invitations.get(10)).toEqual({ ...code(10, "h3"), ends_at: 2 ** 45 });
			expect(await invitations.list({ code_hash: "h2" })).toEqual([code(11, "h2")]);
			expect(await invitations.list({ code_hash: "h1" })).toEqual([]);
			expect(await seats.list({ p_id: 1 })).toEqual([seat(1, "小明")]);
			expect(await formerSeats.list()).toEqual([
				{ da_id: documents.uuid(2), why: "removed", since: 7 },
			]);
		});
	});

	test("the time it ran is kept with what ends by it, or not at all", async () => {
		const store = await open();
		expect(await store.read(({ running }) => running.get())).toBe(0);
		await store.write(({ running }) => running.put(1234.6));
		const failed = store.write(async ({ running }) => {
			await running.put(9999);
			throw new Error("no");
		});
		await expect(failed).rejects.toThrow("no");
		expect(await store.read(({ running }) => running.get())).toBe(1235);
	});

	test("no id is given twice, also after what had it is gone", async () => {
		const store = await open();
		const ids = await store.write(async ({ units, newId }) => {
			const [first, second] = [newId("unit"), newId("unit")];
			await units.put(unit(second));
			await units.remove(second);
			return [first, second];
		});
		const later = await store.write(async ({ newId }) => [newId("unit"), newId("p"), newId("na")]);
		expect([...ids, ...later]).toEqual([1, 2, 3, 1, 1]);
	});
});

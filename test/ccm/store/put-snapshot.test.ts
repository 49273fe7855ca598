import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { initCcm } from "../../../src/ccm/catalog/initdb.ts";
import type { DatabaseStore } from "../../../src/ccm/store/database.ts";
import { putCcmSnapshot } from "../../../src/ccm/store/put-snapshot.ts";
import { type CcmSnapshot, checkCcmSnapshot } from "../../../src/ccm/store/snapshot.ts";
import { takeCcmSnapshot } from "../../../src/ccm/store/take-snapshot.ts";
import type { Store } from "../../../src/store/store.ts";
import { openCcmDatabase } from "../../support/ccm-store.ts";
import * as documents from "../support/documents.ts";

const NOW = Date.parse("2026-09-01T08:00:00Z");

let folder: string;
const opened: Store[] = [];
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "iotctl-ccm-snapshot-"));
});
afterEach(async () => {
	for (const store of opened.splice(0)) await store.close();
	rmSync(folder, { recursive: true });
});

interface Place {
	readonly store: Store;
	readonly ccm: DatabaseStore;
}

function open(name: string): Place {
	const place = openCcmDatabase(join(folder, name));
	opened.push(place.store);
	return place;
}

async function addPeople({ ccm }: Place, ...names: string[]): Promise<number[]> {
	return ccm.write(async ({ people }) => {
		const ids: number[] = [];
		for (const name of names) {
			const made = await people.create({ name, hash: "h", role: "teacher", createdAt: 1 });
			ids.push(made.id);
		}
		return ids;
	});
}

const PINNED = { stage: "idf" as const, sample: [1, "二"], expected: 2 };

/** A database with one of everything. */
async function filled(): Promise<Place> {
	const place = open("one");
	const [ann = 0, bob = 0] = await addPeople(place, "ann", "bob");
	await initCcm(place.ccm, { reset: false, empty: false, now: NOW });
	await place.ccm.write(async (tables) => {
		const { newId } = tables;
		const fn_id = newId("fn");
		await tables.functions.put({
			...{ fn_id, fn_name: "mine", is_protect: false, pinned: [PINNED], u_id: ann },
			versions: [
				{ fnvt_idx: newId("fnvt"), u_id: bob, date: "2026-09-01T08:00:00.000Z", code: "日本" },
				{ fnvt_idx: newId("fnvt"), u_id: 99, date: "2026-09-02T08:00:00.000Z", code: "x" },
			],
		});
		await tables.favourites.add({ fn_id, df_id: null, u_id: ann });
		const [p_id, do_id, dfo_id] = [newId("p"), newId("do"), newId("dfo")];
		const ports = [documents.port({ dfo_id, df_name: "A-I" })];
		const joins = [documents.join(newId("na"), [documents.link(dfo_id, fn_id)])];
		await tables.projects.put(
			documents.project([documents.block(do_id, 1, ports)], joins, { p_id, u_id: ann }),
		);
		await tables.members.add({ p_id, u_id: bob, may: "edit" });
		await tables.graphs.put({ graph: "1", links: [], settled: "" });
		const names = { d_name: "d", dm_name: "Lamp", extra_setup_webpage: "", device_webpage: "" };
		await tables.devices.put({
			...{ d_id: newId("d"), mac_addr: documents.uuid(1), ...names, status: "online" },
			...{ u_id: bob, is_sim: false, register_time: 1.5 },
		});
	});
	return place;
}

async function taken({ store }: Place): Promise<CcmSnapshot> {
	const part = await store.read((db) => takeCcmSnapshot(db, store.columns));
	return checkCcmSnapshot(JSON.parse(JSON.stringify(part)));
}

const put = ({ store }: Place, snapshot: CcmSnapshot, mayLose = false) =>
	store.write((db) => putCcmSnapshot(db, store.columns, snapshot, mayLose));

describe("ccm's part of an export", () => {
	test("brought into another database gives the same again, whatever ids people have there", async () => {
		const one = await filled();
		const part = await taken(one);
		expect(part.projects[0]).toMatchObject({ p_id: 1, u_name: "ann" });
		expect(part.functions.at(-1)?.versions.map(({ u_name }) => u_name)).toEqual(["bob", "#99"]);
		const two = open("two");
		await addPeople(two, "carl", "bob", "ann");
		expect(await put(two, part)).toEqual({ added: 1, replaced: 0, removed: 0 });
		expect(await taken(two)).toEqual(part);
		const ids = await two.ccm.write(async ({ newId }) => [newId("p"), newId("na"), newId("fn")]);
		const last = part.last_ids;
		expect(ids).toEqual([(last.p ?? 0) + 1, (last.na ?? 0) + 1, (last.fn ?? 0) + 1]);
		expect(await two.ccm.read(({ projects }) => projects.heads({ u_id: 3 }))).toHaveLength(1);
		expect(await two.ccm.read((tables) => tables.holderOf("na", 1))).toBeDefined();
	});

	test("takes its own place again, and nothing else's unless that may go", async () => {
		const one = await filled();
		const part = await taken(one);
		expect(await put(one, part)).toEqual({ added: 0, replaced: 1, removed: 0 });
		expect(await taken(one)).toEqual(part);
		await one.ccm.write(({ projects }) =>
			projects.put(documents.project([], [], { p_id: 7, p_name: "新" })),
		);
		const more = await taken(one);
		await expect(put(one, part)).rejects.toThrow(
			'the file does not have project 7 "新"; --replace removes them',
		);
		expect(await taken(one)).toEqual(more);
		expect(await put(one, part, true)).toEqual({ added: 0, replaced: 1, removed: 1 });
		expect((await taken(one)).projects).toEqual(part.projects);
	});

	test("names all people who are not here, and changes nothing", async () => {
		const part = await taken(await filled());
		const two = open("two");
		await expect(put(two, part)).rejects.toThrow(
			"people in it are not in this database: ann, bob;",
		);
		expect(await two.store.read((db) => takeCcmSnapshot(db, two.store.columns))).toBeUndefined();
	});

	test("is refused when it does not fit together", async () => {
		const part = await taken(await filled());
		const [project] = part.projects;
		const [first] = part.models;
		for (const [changes, why] of [
			[{ units: 7 }, "/ccm/units is invalid"],
			[{ projects: [project, project] }, "project 1 is there twice"],
			[{ models: [first, { ...first, dm_id: 999 }] }, `model ${JSON.stringify(first?.dm_name)}`],
			[{ projects: [] }, "project 1 is shared, but not in the file"],
			[{ functions: [] }, "is offered, but not in the file"],
			[{ projects: [{ ...project, u_name: null }] }, "project 1 has no owner"],
		] as const) {
			expect(() => checkCcmSnapshot({ ...part, ...changes })).toThrow(why);
		}
	});
});

// One project's row that cannot be read stands for itself: everything about others works, and it can be deleted.
import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lostIn } from "../../../src/ccm/invitations/lost-seats.ts";
import { ProjectDriver } from "../../../src/ccm/reconciler/project-driver.ts";
import { OPERATIONS } from "../../../src/ccm/service/all-operations.ts";
import { RestAdapter } from "../../../src/ccm/service/rest-adapter.ts";
import { Service } from "../../../src/ccm/service/service.ts";
import { simulationOf } from "../../../src/ccm/simulation/project-simulation.ts";
import type { DatabaseStore } from "../../../src/ccm/store/database.ts";
import type { Store } from "../../../src/store/store.ts";
import { openCcmDatabase } from "../../support/ccm-store.ts";
import { recordedLog } from "../../support/log.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import * as documents from "../support/documents.ts";
import { ADMIN, OTHER, TEACHER } from "../support/office.ts";
import { Rig } from "../support/rig.ts";

const DEVICE = documents.uuid(7);
const FUNCTION = 9;

let folder: string;
let store: Store;
let ccm: DatabaseStore;
let service: Service;
let adapter: RestAdapter;
let lines: string[];
beforeEach(async () => {
	folder = mkdtempSync(join(tmpdir(), "iotctl-unreadable-"));
	const recorded = recordedLog("ccm");
	lines = recorded.lines;
	({ store, ccm } = openCcmDatabase(folder, recorded.log));
	service = new Service(OPERATIONS, {
		...{ store: ccm, now: Date.now, check: async () => undefined },
		onChanged: () => {},
	});
	adapter = new RestAdapter(service);
	await ccm.write(async ({ projects, people, seats, functions }) => {
		for (const { u_name: name, role } of [ADMIN, TEACHER, OTHER]) {
			await people.create({ name, role, hash: "-", createdAt: 0 });
		}
		await functions.put({
			...{ fn_id: FUNCTION, fn_name: "f", is_protect: false, u_id: TEACHER.u_id, pinned: [] },
			versions: [{ fnvt_idx: 1, u_id: null, date: "2026-01-01T00:00:00.000Z", code: "x" }],
		});
		for (const p_id of [1, 2]) {
			const port = documents.port({ dfo_id: p_id * 100, df_name: "A-I" });
			const block = documents.block(p_id * 10, 7, [port]);
			const document = documents.project([block], [documents.join(p_id, [], FUNCTION)], {
				...{ p_id, p_name: `p${p_id}`, u_id: TEACHER.u_id },
				...({ status: "on", sim: "on" } as const),
			});
			await projects.put(document);
			await seats.add({ da_id: documents.uuid(p_id), p_id, do_id: 1, seat: 0, nickname: "n" });
		}
	});
});
afterEach(async () => {
	await store.close();
	rmSync(folder, { recursive: true });
});

function spoil(column: string): void {
	const db = new Database(store.path);
	db.run("PRAGMA ignore_check_constraints = ON");
	db.run(`UPDATE ccm_project SET ${column} = '{' WHERE p_id = 2`);
	db.close();
}

const said = () => lines.map((line) => JSON.parse(line)).filter(({ level }) => level === "error");
const ask = (person: typeof ADMIN, method: string, path: string, body?: object) =>
	adapter.answer({ method, path, body: body && { ...body }, person });
const cards = (person: typeof ADMIN, all = false) =>
	service.call("get_projects", person, { all }) as Promise<Record<string, unknown>[]>;

describe.each(["blocks", "joins", "status", "sim"])(
	"a project whose %s cannot be read",
	(column) => {
		beforeEach(() => spoil(column));

		test("is on its owner's list, marked, beside the others", async () => {
			for (const list of [await cards(TEACHER), await cards(ADMIN, true)]) {
				expect(list.map(({ p_id, p_name }) => [p_id, p_name])).toEqual([
					[1, "p1"],
					[2, "p2"],
				]);
				expect(list[0]).toMatchObject({ blocks: 1, joins: 1, devices: { bound: 1 } });
				expect(list[0]).not.toHaveProperty("is_unreadable");
				expect(list[1]).toMatchObject({ is_unreadable: true, may: "own", blocks: 0, joins: 0 });
			}
			const { data } = (await ask(TEACHER, "GET", "/project")).body;
			expect(data).toHaveLength(2);
		});

		test("is named once in the log, with what to do", async () => {
			for (let n = 0; n < 3; n++) await cards(TEACHER);
			const named = said().filter(({ row }) => row === "ccm_project p_id 2");
			expect(named).toHaveLength(1);
			expect(named[0].msg).toBe(
				"a stored row cannot be read and is left out: delete the project, or restore a backup with: iotctl restore FILE",
			);
			expect(named[0].reason).toContain(column);
		});

		test("is refused with one clear error to those who may see it, and not found by others", async () => {
			const reason =
				"project 2 (p2) cannot be read in the database: delete it, or have a backup restored";
			for (const person of [TEACHER, ADMIN]) {
				expect(await ask(person, "GET", "/project/2")).toMatchObject({
					status: 500,
					body: { state: "error", reason, is_unreadable: true },
				});
			}
			expect((await ask(TEACHER, "GET", "/project/p2")).body).toMatchObject({ reason });
			const changed = service.call("change_project", TEACHER, {
				...{ p_id: 2, base_rev: 0, changes: [{ kind: "set_status", status: "off" }] },
			});
			await expect(changed).rejects.toThrow(reason);
			expect(await ask(OTHER, "GET", "/project/2")).toMatchObject({ status: 404 });
			expect(await ask(OTHER, "DELETE", "/project/2")).toMatchObject({ status: 404 });
		});

		test("can be deleted, by its owner and by administrators", async () => {
			expect(await ask(TEACHER, "DELETE", "/project/2")).toMatchObject({ status: 200 });
			expect((await cards(TEACHER)).map(({ p_id }) => p_id)).toEqual([1]);
			expect(await ask(TEACHER, "GET", "/project/2")).toMatchObject({ status: 404 });
			await service.call("create_project", TEACHER, { p_name: "p2" });
		});

		test("can be deleted by administrators", async () => {
			const body = { p_id: 2, u_id: TEACHER.u_id };
			expect(await ask(ADMIN, "POST", "/admin/project/delete", body)).toMatchObject({
				status: 200,
			});
			expect((await cards(ADMIN, true)).map(({ p_id }) => p_id)).toEqual([1]);
		});

		test("takes nothing from what is asked about others", async () => {
			expect(await service.call("show_function_uses", TEACHER, { fn_id: FUNCTION })).toMatchObject({
				...{ projects: [{ p_id: 1 }], hidden: 1 },
			});
			await ccm.read(async (tables) => {
				expect(await tables.projects.mentioning({ kind: "mac", ref: DEVICE })).toEqual([1, 2]);
				expect(await simulationOf(tables, 2, () => "")).toBeUndefined();
			});
		});

		test("keeps its phones: it may be restored", async () => {
			await ccm.read(async (tables) => {
				expect(await lostIn(tables, 2)).toMatchObject({ seats: [], isFinal: false });
				expect(await lostIn(tables, 1)).toMatchObject({ seats: [{ p_id: 1 }] });
			});
			await ask(TEACHER, "DELETE", "/project/2");
			await ccm.read(async (tables) => {
				expect(await lostIn(tables, 2)).toMatchObject({ seats: [{ p_id: 2 }], isFinal: true });
			});
		});

		test("is not tried again and again by what tells CSM of projects", async () => {
			const { reconciler } = new Rig();
			const clock = new ManualClock();
			const { log, lines: told } = recordedLog("ccm");
			const driver = new ProjectDriver({ store: ccm, reconciler, clock, log });
			await driver.start();
			expect(clock.planned).toBe(0);
			expect(told).toEqual([]);
			expect(driver.counts).toEqual({ projects: 1, running: 1 });
			await ask(TEACHER, "DELETE", "/project/2");
			driver.changed(2);
			await driver.idle();
			expect(clock.planned).toBe(0);
			reconciler.stop();
			await driver.stop();
		});
	},
);

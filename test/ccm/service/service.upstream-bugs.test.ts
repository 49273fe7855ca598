// Bugs of the original (`ccm-gui.md §13`), by their numbers there. What is not here has its test elsewhere: 2 in
// access.test.ts; 4 and 10 in functions/wrappers.test.ts; 5, joins and models, in rest-adapter.test.ts; 6, resync, in
// devices/device-register.test.ts; 11 in plan/diff.test.ts. 8 and 14 are about simulators and monitors, which CCM does
// not have yet.
import { beforeEach, describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { seedData } from "../../../src/ccm/catalog/seed-data.ts";
import { DeviceRegister } from "../../../src/ccm/devices/device-register.ts";
import { desiredGraphs } from "../../../src/ccm/plan/desired.ts";
import type { CsmDevice } from "../../../src/csm-client/mod.ts";
import { quietLog } from "../../support/log.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { uuid } from "../support/documents.ts";
import { Office, OTHER, TEACHER } from "../support/office.ts";
import { DEVICE, furnish, type Workshop } from "../support/workshop.ts";

let office: Office;
let at: Workshop;
beforeEach(async () => {
	office = await Office.open(false);
	at = await furnish(office);
});

const path = () => `/project/${at.p}/deviceobject/${at.fooObject}/device`;

/** The device register of the office, told of these. */
async function registered(...devices: Partial<CsmDevice>[]): Promise<void> {
	const register = new DeviceRegister({
		store: office.store,
		personNamed: async () => undefined,
		onChanged: () => {},
		clock: new ManualClock(),
		log: quietLog,
	});
	for (const changes of devices) {
		const device: CsmDevice = {
			...{ id: DEVICE, name: "dev", presence: "nothing", model: "FooModel" },
			...{ profile: {}, registerTime: 1, origin: null },
			...changes,
		};
		register.take({ type: "registered", device });
	}
	await register.idle();
}

/** Digests of all functions of the project's graphs. */
async function digests(): Promise<string> {
	const { project, functions } = await office.store.read(async (tables) => ({
		project: await tables.projects.get(at.p),
		functions: await tables.functions.list(),
	}));
	if (project === undefined) throw new Error("the project is gone");
	const specs = desiredGraphs({ ...project, status: "on" }, (id) => {
		const fn = functions.find(({ fn_id }) => fn_id === id);
		return fn && { ...fn, code: fn.versions.at(-1)?.code ?? "" };
	});
	return JSON.stringify(
		specs.map(({ links, join: fn }) => [links.map(({ func }) => func.use), fn]),
	);
}

describe("bugs of the original", () => {
	test("1: an edited function reaches links and joins that have it, and no other project", async () => {
		await office.ok(TEACHER, "POST", `${path()}/bind/${DEVICE}`);
		const dfm_list = [{ dfo_id: at.input, dfmp_list: [{ param_i: 0, fn_id: at.fn }] }];
		await office.ok(TEACHER, "POST", `/project/${at.p}/na/${at.fooJoin}`, { dfm_list });
		await office.ok(TEACHER, "PUT", "/project", { p_name: "bystander" });
		const edit = async (n: number) => {
			office.changed.length = 0;
			const code = `def run(*args):\n    return ${n}\n`;
			await office.ok(TEACHER, "POST", `/function/${at.fn}`, { code });
			expect(office.changed).toEqual([at.p]);
		};
		const before = await digests();
		await edit(1);
		expect(await digests()).not.toBe(before);
		const own = [{ dfo_id: at.input, dfmp_list: [{ param_i: 0, fn_id: null }] }];
		const multiplejoin_fn_id = at.fn;
		const joined = { dfm_list: own, multiplejoin_fn_id };
		await office.ok(TEACHER, "POST", `/project/${at.p}/na/${at.fooJoin}`, joined);
		await edit(2);
	});

	test("3: a source is not executed to be kept", async () => {
		const witness = join(tmpdir(), `ccm-${crypto.randomUUID()}`);
		const unchecked = await Office.open(false, async () => undefined);
		const code = `open(${JSON.stringify(witness)}, "w").close()\ndef run(*args):\n    return 1\n`;
		await unchecked.ok(TEACHER, "PUT", "/function", { fn_name: "spy", code });
		await office.ok(TEACHER, "PUT", "/function", { fn_name: "spy", code });
		expect(existsSync(witness)).toBe(false);
	});

	test("5: a model's flags can be set back to false", async () => {
		const df_list = [{ df_id: at.foo, df_parameter: [{}] }];
		const flags = async (plural: boolean, device_only: boolean) => {
			const body = { dm_name: "BarModel", df_list, plural, device_only };
			await office
				.ok(TEACHER, "DELETE", `/project/${at.p}/deviceobject/${at.barObject}`)
				.catch(() => {});
			await office.ok(TEACHER, "POST", `/devicemodel/${at.barModel}`, body);
			const { data } = await office.ok(TEACHER, "GET", `/devicemodel/${at.barModel}`);
			expect(data).toMatchObject({ dm_name: "BarModel", plural, device_only });
		};
		await flags(true, true);
		await flags(false, false);
	});

	test("6: a device that comes back under another name is known by it, and is offline until it says otherwise", async () => {
		await registered(
			{ presence: "online" },
			{ name: "renamed", profile: { device_webpage: "/d" } },
		);
		const [device] = await office.store.read(({ devices }) => devices.list({ mac_addr: DEVICE }));
		expect(device).toMatchObject({ d_name: "renamed", device_webpage: "/d", status: "offline" });
	});

	test("6: binding a bound object binds what it says", async () => {
		await registered({}, { id: uuid(5), name: "other" });
		await office.ok(TEACHER, "POST", `${path()}/bind/${DEVICE}`);
		expect(await office.ok(TEACHER, "POST", `${path()}/bind/${uuid(5)}`)).toMatchObject({
			d_name: "other",
		});
		const project = await office.store.read(({ projects }) => projects.get(at.p));
		expect(project?.blocks[0]?.bindings).toEqual([{ seat: 0, mac_addr: uuid(5) }]);
	});

	test("7: looking changes nothing, and colours are not kept", async () => {
		const all = () =>
			office.store.read(async ({ projects, undo }) =>
				JSON.stringify([await projects.list(), await undo.list()]),
			);
		const before = await all();
		expect(before).not.toContain("color");
		const place = { p_id: at.p, do_id: at.fooObject, na_id: at.fooJoin, dfo_id: at.input };
		for (const [name, ...fields] of [
			["get_project_list"],
			["get_project_info", "p_id"],
			["get_na_list", "p_id"],
			["get_na_info", "na_id"],
			["get_device_object_info", "do_id"],
			["get_device_list", "do_id"],
			["get_device_feature_object_info", "dfo_id"],
			["export_project", "p_id"],
		] as const) {
			const input = Object.fromEntries(fields.map((field) => [field, place[field]]));
			expect(office.service.operations.get(name)?.reads).toBe(true);
			await office.service.call(name, TEACHER, input);
		}
		expect(await all()).toBe(before);
	});

	test("9: a name another person's project has can be imported", async () => {
		const file = { project: { p_name: "x", DeviceObject: {}, NetworkApplication: [] } };
		await office.service.call("import_project", OTHER, { p_name: "plan", file });
		const named = await office.store.read(({ projects }) => projects.list({ p_name: "plan" }));
		expect(named.map(({ u_id }) => u_id)).toEqual([TEACHER.u_id, OTHER.u_id]);
	});

	test("12: a device of a model that comes later is a candidate then", async () => {
		await registered({ id: uuid(8), model: "Later" });
		const df_list = [{ df_id: at.foo, df_parameter: [{}] }];
		const { dm_id } = await office.ok(TEACHER, "PUT", "/devicemodel", {
			dm_name: "Later",
			df_list,
		});
		const object = { dm_id, df: [at.foo] };
		const { do_id } = await office.ok(TEACHER, "PUT", `/project/${at.p}/deviceobject`, object);
		const { data } = await office.ok(
			TEACHER,
			"GET",
			`/project/${at.p}/deviceobject/${do_id}/device`,
		);
		expect(data).toMatchObject([{ mac_addr: uuid(8), dm_name: "Later" }]);
	});

	test("13: the default data have no accounts of third parties", () => {
		expect(JSON.stringify(seedData())).not.toMatch(/https?:|passw|token|api.?key|@\w+\.\w/i);
	});
});

// What people, old clients and files may say of crowds.
import { beforeEach, describe, expect, test } from "bun:test";
import type { ExportFile } from "../../../src/ccm/projects/export-file.ts";
import { Refusal } from "../../../src/ccm/projects/refusal.ts";
import { MAX_SEATS } from "../../../src/contract/mod.ts";
import { uuid } from "../support/documents.ts";
import { Office, TEACHER } from "../support/office.ts";
import { furnish, type Workshop } from "../support/workshop.ts";

let office: Office;
let at: Workshop;
beforeEach(async () => {
	office = await Office.open(false);
	at = await furnish(office);
	await office.store.write(async (tables) => {
		for (let number = 1; number <= 3; number++) {
			await tables.devices.put({
				...{ d_id: tables.newId("d"), mac_addr: uuid(number), d_name: `phone ${number}` },
				...{ status: "online", dm_name: "FooModel", u_id: TEACHER.u_id, is_sim: false },
				...{ register_time: 0, extra_setup_webpage: "", device_webpage: "" },
			});
		}
	});
});

async function change(...changes: unknown[]) {
	const { rev: base_rev } = await office.project(at.p);
	const input = { p_id: at.p, base_rev, changes };
	return (await office.service.call("change_project", TEACHER, input)) as { inverse: unknown[] };
}

/** Why a change is refused; the document is as it was. */
async function refusal(...changes: unknown[]): Promise<string> {
	const before = await office.project(at.p);
	const words = await change(...changes).then(
		() => "taken",
		(error: unknown) => {
			if (error instanceof Refusal) return `${error.status} ${error.message}`;
			throw error;
		},
	);
	if (words !== "taken") expect(await office.project(at.p)).toEqual(before);
	return words;
}

const seats = (count: number | null) => ({ kind: "set_seats", do_id: at.fooObject, seats: count });
const bind = (seat: number, device: number) => ({
	...{ kind: "bind", do_id: at.fooObject, seat, mac_addr: uuid(device) },
});
const members = async () => {
	const block = (await office.project(at.p)).blocks.find(({ do_id }) => do_id === at.fooObject);
	return block?.bindings.map(({ seat, mac_addr }) => [
		seat,
		Number.parseInt(mac_addr.slice(-4), 16),
	]);
};

describe("a crowd", () => {
	test("has as many seats as the server allows, and says how many that is", async () => {
		await change(seats(60));
		expect(await refusal(seats(61))).toBe(
			"400 a Device Object has at most 60 seats, not 61 (max-seats in [gui])",
		);
		expect(await refusal(seats(MAX_SEATS + 1))).toStartWith("400 ");
		expect(await refusal(seats(0))).toStartWith("400 ");
	});

	test("has one device on a seat, and each device once", async () => {
		expect(await refusal(bind(1, 1))).toBe(
			`400 Device Object id ${at.fooObject} is for one device: there is no seat 1`,
		);
		await change(seats(3), bind(2, 1), bind(0, 2));
		expect(await members()).toEqual([
			[0, 2],
			[2, 1],
		]);
		expect(await refusal(bind(3, 3))).toBe(
			`400 Device Object id ${at.fooObject} has seats 0 to 2: there is no seat 3`,
		);
		expect(await refusal(bind(1, 1))).toBe(
			`400 the device has seat 2 of Device Object id ${at.fooObject} already`,
		);
		// It moves when it leaves its seat first, and another one may take a seat that is taken.
		await change({ kind: "unbind", do_id: at.fooObject, seat: 2 }, bind(1, 1), bind(0, 3));
		expect(await members()).toEqual([
			[0, 3],
			[1, 1],
		]);
	});

	test("has all its members back when fewer seats are undone", async () => {
		await change(seats(3), bind(0, 1), bind(1, 2), bind(2, 3));
		const before = await office.project(at.p);
		const { inverse } = await change(seats(null));
		expect(await members()).toEqual([[0, 1]]);
		await change(...inverse);
		expect({ ...(await office.project(at.p)), rev: 0 }).toEqual({ ...before, rev: 0 });
	});

	test("is to clients of REST v0 a device object with its first member", async () => {
		await change(seats(5), bind(2, 1), bind(4, 2));
		const path = `/project/${at.p}/deviceobject/${at.fooObject}`;
		const shown = async () => {
			const { data } = await office.ok(TEACHER, "GET", `/project/${at.p}`);
			const { ido } = data as { ido: { do_id: number; d_name: string | null }[] };
			return ido.find(({ do_id }) => do_id === at.fooObject)?.d_name;
		};
		expect(await shown()).toBe("phone 1");
		await office.ok(TEACHER, "POST", `${path}/device/bind/${uuid(3)}`);
		expect(await members()).toEqual([
			[2, 3],
			[4, 2],
		]);
		await office.ok(TEACHER, "POST", `${path}/device/unbind`);
		expect(await shown()).toBe("phone 2");
		await office.ok(TEACHER, "POST", `${path}/device/unbind`);
		expect(await members()).toEqual([]);
		await office.ok(TEACHER, "POST", `${path}/device/bind/${uuid(3)}`);
		expect(await members()).toEqual([[0, 3]]);
	});

	test("is in a project's file with its seats and its rule, and without its members", async () => {
		await change(...[seats(40), bind(7, 1)], {
			kind: "set_crowd_rule",
			na_id: at.fooJoin,
			crowd: "together",
		});
		const take = (p_id: number) =>
			office.service.call("export_project", TEACHER, { p_id }) as Promise<ExportFile>;
		const file = JSON.parse(JSON.stringify(await take(at.p))) as ExportFile;
		const { DeviceObject, NetworkApplication } = file.project;
		expect(Object.values(DeviceObject).map((one) => one.seats)).toEqual([40, undefined]);
		expect(NetworkApplication.map((one) => one.crowd)).toEqual(["together", undefined]);
		const bring = (p_name: string) =>
			office.service.call("import_project", TEACHER, { p_name, file }) as Promise<{ p_id: number }>;
		const { blocks, joins } = await office.project((await bring("copy")).p_id);
		expect(blocks.map((one) => [one.seats, one.bindings])).toEqual([
			[40, []],
			[null, []],
		]);
		expect(joins.map(({ crowd }) => crowd)).toEqual(["together", "each"]);
		for (const one of Object.values(DeviceObject)) one.seats = 100;
		await expect(bring("more")).rejects.toThrow("at most 60 seats, not 100");
	});
});

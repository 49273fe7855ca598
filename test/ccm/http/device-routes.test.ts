import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { Value } from "@sinclair/typebox/value";
import { type CcmDevice, CcmDeviceSchema } from "../../../src/contract/mod.ts";
import type { DeviceFeature } from "../../../src/csm-client/csm-device.ts";
import { CcmHttp } from "../support/ccm-http.ts";
import { EventReader } from "../support/event-reader.ts";
import { ADMIN, OTHER, STUDENT, TEACHER } from "../support/office.ts";
import { DEVICE, furnish, type Workshop } from "../support/workshop.ts";

const PATH = "/api/v1/devices";
const LONE = "22222222-2222-4222-8222-222222222222";

let ccm: CcmHttp;
let at: Workshop;
beforeEach(async () => {
	ccm = await CcmHttp.start();
	at = await furnish(ccm.office);
	await ccm.office.store.write(async (tables) => {
		await tables.devices.put({
			...{ d_id: tables.newId("d"), mac_addr: LONE, d_name: "lone", status: "online" },
			...{ u_id: null, dm_name: "Thing", is_sim: false, register_time: 5 },
			...{ extra_setup_webpage: "", device_webpage: "" },
		});
	});
	registered(LONE, [{ name: "Heat-I", values: 2 }], [{ name: "foo", values: 1 }]);
});
afterEach(() => ccm.stop());

function registered(mac: string, inputs: DeviceFeature[], outputs: DeviceFeature[]): void {
	ccm.office.registered = (one) =>
		one === mac ? { inputs, outputs, seen: 9, isHttp: true } : undefined;
}

const bind = () =>
	ccm.office.service.call("change_project", TEACHER, {
		...{ p_id: at.p, base_rev: 0 },
		changes: [{ kind: "bind", do_id: at.fooObject, mac_addr: DEVICE }],
	});
const share = (u_id: number) =>
	ccm.office.service.call("share_project", TEACHER, { p_id: at.p, u_id, may: "look" });

async function list(person: typeof TEACHER): Promise<CcmDevice[]> {
	const { body } = await ccm.json(person, "GET", PATH);
	const devices = body.devices as CcmDevice[];
	for (const device of devices) {
		expect([...Value.Errors(CcmDeviceSchema, device)]).toEqual([]);
	}
	return devices;
}

const macs = async (person: typeof TEACHER) =>
	(await list(person)).map(({ mac_addr }) => mac_addr).sort();

describe("devices", () => {
	test("are a person's own, those without an owner, and those bound where one may look", async () => {
		expect(await macs(TEACHER)).toEqual([DEVICE, LONE].sort());
		expect(await macs(ADMIN)).toEqual([DEVICE, LONE].sort());
		expect(await macs(OTHER)).toEqual([LONE]);
		expect(await macs(STUDENT)).toEqual([]);
		await bind();
		await share(STUDENT.u_id);
		expect(await macs(STUDENT)).toEqual([DEVICE]);
		expect(await macs(OTHER)).toEqual([LONE]);
		expect((await ccm.json(null, "GET", PATH)).status).toBe(401);
	});

	test("say where they are bound, what they registered and what may be done with them", async () => {
		await bind();
		const [own, lone] = await list(TEACHER);
		expect(own).toMatchObject({
			...{ mac_addr: DEVICE, u_name: TEACHER.u_name, dm_id: at.fooModel, features: [], seen: null },
			is_http: false,
			may: { claim: false, release: true, model: false },
			bound: [{ p_id: at.p, p_name: "plan", do_id: at.fooObject, may: "own" }],
			bound_elsewhere: 0,
		});
		expect(lone).toMatchObject({
			...{ mac_addr: LONE, u_id: null, u_name: null, dm_id: null, dm_name: "Thing", seen: 9 },
			is_http: true,
			features: [
				{ df_name: "Heat-I", df_type: "input", param_no: 2 },
				{ df_name: "foo", df_type: "output", param_no: 1 },
			],
			may: { claim: true, release: false, model: true },
			bound: [],
		});
		await ccm.office.store.write(async ({ devices }) => {
			const [device] = await devices.list({ mac_addr: DEVICE });
			if (device !== undefined) await devices.put({ ...device, u_id: OTHER.u_id });
		});
		const theirs = (await list(OTHER)).find(({ mac_addr }) => mac_addr === DEVICE);
		expect([theirs?.bound, theirs?.bound_elsewhere]).toEqual([[], 1]);
	});

	test("are claimed and released: everyone × both", async () => {
		const step = async (person: typeof TEACHER | null, mac: string, word: string) =>
			(await ccm.json(person, "POST", `${PATH}/${mac}/${word}`)).status;
		expect(await step(null, LONE, "claim")).toBe(401);
		expect(await step(STUDENT, LONE, "claim")).toBe(403);
		expect(await step(OTHER, DEVICE, "claim")).toBe(404);
		expect(await step(OTHER, LONE, "claim")).toBe(200);
		expect(await step(TEACHER, LONE, "claim")).toBe(404);
		expect(await step(TEACHER, LONE, "release")).toBe(404);
		expect(await step(STUDENT, LONE, "release")).toBe(403);
		const { body } = await ccm.json(OTHER, "POST", `${PATH}/${LONE}/release`);
		expect(body.device).toMatchObject({ u_id: null, may: { claim: true, release: false } });
		expect(await step(TEACHER, LONE, "claim")).toBe(200);
		expect(await step(ADMIN, LONE, "release")).toBe(200);
		for (const bad of ["x", "22222222", `${LONE}0`])
			expect(await step(ADMIN, bad, "claim")).toBe(404);
	});
});

describe("a model of a device", () => {
	const make = (person: typeof TEACHER | null, body?: object, mac = LONE) =>
		ccm.json(person, "POST", `${PATH}/${mac}/model`, body);

	test("has the features it registered; those that are missing are made", async () => {
		const foo = await ccm.office.store.read(({ features }) => features.get(at.foo));
		const { status, body } = await make(TEACHER);
		const isOther = foo?.df_type === "input";
		expect([status, body]).toEqual([
			200,
			{
				...{ state: "ok", dm_id: expect.any(Number), dm_name: "Thing" },
				features_made: ["Heat-I"],
				left_out: isOther ? ["foo"] : [],
			},
		]);
		const { data } = await ccm.office.ok(TEACHER, "GET", "/devicemodel/Thing");
		expect(data).toMatchObject({
			df_list: [{ df_name: "Heat-I", df_type: "input", param_no: 2 }],
		});
		expect((await list(TEACHER)).find(({ mac_addr }) => mac_addr === LONE)).toMatchObject({
			...{ dm_id: body.dm_id, may: { model: false } },
		});
	});

	test("is refused where it could not be: everyone × every reason", async () => {
		expect((await make(null)).status).toBe(401);
		expect((await make(STUDENT)).status).toBe(403);
		expect((await make(OTHER, undefined, DEVICE)).status).toBe(404);
		const taken = await make(TEACHER, { dm_name: "FooModel" });
		expect([taken.status, taken.body.reason]).toEqual([
			...[409, 'Device Model "FooModel" already exists'],
		]);
		const nothing = await make(TEACHER, { dm_name: "New" }, DEVICE);
		expect([nothing.status, nothing.body.reason]).toEqual([
			400,
			"the device has no features, or is not registered at the moment",
		]);
		registered(LONE, [], [{ name: "foo", values: 1 }]);
		const clash = await make(TEACHER);
		expect([clash.status, clash.body.reason]).toEqual([
			400,
			"the catalog has the names of all its features for the other direction",
		]);
		expect((await make(TEACHER, { dm_name: "" })).status).toBe(400);
		expect((await make(TEACHER, { name: "x" })).body.reason).toBe("field `name` unknown");
		const models = await ccm.office.store.read((tables) =>
			tables.models.list({ dm_name: "Thing" }),
		);
		expect(models).toEqual([]);
	});
});

describe("the stream of devices", () => {
	test("begins with all, then tells what is new or gone, to each what is theirs", async () => {
		const reader = new EventReader(await ccm.send(TEACHER, "GET", `${PATH}/events`));
		const other = new EventReader(await ccm.send(OTHER, "GET", `${PATH}/events`));
		const first = await reader.next("devices");
		expect([first.whole, first.devices.map(({ mac_addr }) => mac_addr).sort()]).toEqual([
			true,
			[DEVICE, LONE].sort(),
		]);
		expect((await other.next("devices")).devices).toHaveLength(1);
		await ccm.json(TEACHER, "POST", `${PATH}/${LONE}/claim`);
		const mine = await reader.next("devices");
		expect(mine).toMatchObject({ whole: false, gone: [], devices: [{ mac_addr: LONE }] });
		expect(await other.next("devices")).toEqual({ whole: false, gone: [LONE], devices: [] });
		await ccm.json(TEACHER, "GET", "/api/v0/account/logout");
		await reader.over();
		expect(other.isOver).toBe(false);
		ccm.liveDevices.stop();
		await other.over();
	});

	test("is for five readers of each person", async () => {
		const open = () => ccm.send(TEACHER, "GET", `${PATH}/events`);
		const readers = [];
		for (let n = 0; n < 5; n++) readers.push(new EventReader(await open()));
		const refused = await open();
		expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "5"]);
		expect((await ccm.send(null, "GET", `${PATH}/events`)).status).toBe(401);
		for (const reader of readers) await reader.leave();
	});
});

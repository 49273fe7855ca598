import { beforeEach, describe, expect, test } from "bun:test";
import { DeviceRegister } from "../../../src/ccm/devices/device-register.ts";
import type { CsmDevice } from "../../../src/csm-client/mod.ts";
import { StorageError } from "../../../src/kit/errors.ts";
import { quietLog } from "../../support/log.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { uuid } from "../support/documents.ts";
import { Office, TEACHER } from "../support/office.ts";
import { DEVICE, furnish, type Workshop } from "../support/workshop.ts";

const SIMULATOR = DEVICE.replace("0", "d");

let office: Office;
let at: Workshop;
let register: DeviceRegister;
let clock: ManualClock;
let isBroken: boolean;
let writes: number;
const changed: number[] = [];
beforeEach(async () => {
	office = await Office.open(false);
	at = await furnish(office);
	changed.length = 0;
	clock = new ManualClock();
	isBroken = false;
	writes = 0;
	register = new DeviceRegister({
		store: {
			read: (work) => office.store.read(work),
			write: async (work) => {
				writes += 1;
				if (isBroken) throw new StorageError("the disk is full");
				return office.store.write(work);
			},
		},
		personNamed: async (name) => (name === "ann" ? TEACHER.u_id : undefined),
		onChanged: (pId) => changed.push(pId),
		isSimulator: ({ id }) => id === SIMULATOR,
		clock,
		log: quietLog,
	});
	const bind = `/project/${at.p}/deviceobject/${at.fooObject}/device/bind/${DEVICE}`;
	await office.ok(TEACHER, "POST", bind);
});

const device = (changes: Partial<CsmDevice> = {}): CsmDevice => ({
	...{ id: DEVICE, name: "new name", presence: "online", model: "FooModel" },
	...{ profile: { u_name: "ann" }, registerTime: 5, origin: null },
	...changes,
});

async function record(mac_addr = DEVICE) {
	await register.idle();
	return (await office.store.read(({ devices }) => devices.list({ mac_addr })))[0];
}

async function bindings() {
	await register.idle();
	const project = await office.store.read(({ projects }) => projects.get(at.p));
	return project?.blocks.flatMap((block) => block.bindings).map(({ mac_addr }) => mac_addr);
}

describe("register of devices", () => {
	test("takes name, profile and presence as they are now", async () => {
		register.take({ type: "registered", device: device() });
		expect(await record()).toMatchObject({
			d_id: at.device,
			d_name: "new name",
			u_id: TEACHER.u_id,
		});
		register.take({ type: "presence", device: device({ presence: "offline" }) });
		expect((await record())?.status).toBe("offline");
		const fresh = { id: DEVICE.replace("0", "a"), profile: { u_name: "nobody" }, model: null };
		register.take({ type: "registered", device: device(fresh) });
		expect(await record(fresh.id)).toMatchObject({ u_id: null, dm_name: "" });
	});

	test("keeps bindings over a fresh CSM that knows nothing, and over an expiry", async () => {
		register.take({ type: "resync", devices: new Map() });
		expect((await record())?.status).toBe("offline");
		register.take({ type: "gone", id: DEVICE, expired: true });
		expect((await record())?.d_id).toBe(at.device);
		expect(await bindings()).toEqual([DEVICE]);
		expect(changed).toEqual([]);
	});

	test("lets go what deregistered, everywhere", async () => {
		register.take({ type: "gone", id: DEVICE, expired: false });
		expect(await record()).toBeUndefined();
		expect(await bindings()).toEqual([]);
		expect(changed).toEqual([at.p]);
	});

	test("binds nothing by what a device says of itself, and offers it like any other", async () => {
		const profile = { is_sim: true, do_id: at.barObject };
		const id = DEVICE.replace("0", "b");
		register.take({ type: "registered", device: device({ id, profile }) });
		expect(await bindings()).toEqual([DEVICE]);
		expect(await record(id)).toMatchObject({ is_sim: false });
		const { data } = await office.ok(
			TEACHER,
			"GET",
			`/project/${at.p}/deviceobject/${at.fooObject}/device`,
		);
		expect(JSON.stringify(data)).toContain(id);
		register.take({ type: "registered", device: device({ id: SIMULATOR, profile }) });
		expect(await record(SIMULATOR)).toMatchObject({ is_sim: true });
	});

	test("does not believe a page of another origin whose device it is", async () => {
		const id = DEVICE.replace("0", "c");
		register.take({ type: "registered", device: device({ id, origin: "http://evil.example" }) });
		expect(await record(id)).toMatchObject({ u_id: null, dm_name: "FooModel" });
		expect(await bindings()).toEqual([DEVICE]);
	});

	test("keeps what the store did not take, in order, after growing pauses", async () => {
		isBroken = true;
		const fresh = DEVICE.replace("0", "e");
		register.take({ type: "registered", device: device({ id: fresh }) });
		// It deregistered, and came back at once: bindings go anyway.
		register.take({ type: "gone", id: DEVICE, expired: false });
		await register.idle();
		register.take({ type: "registered", device: device({ name: "back" }) });
		register.take({ type: "gone", id: fresh, expired: true });
		await register.idle();
		expect([await bindings(), clock.planned]).toEqual([[DEVICE], 1]);
		for (const pause of [1000, 2000, 4000]) {
			const before = writes;
			clock.move(pause - 1);
			await register.idle();
			expect(writes).toBe(before);
			clock.move(1);
			await register.idle();
			expect(writes).toBe(before + 1);
		}
		isBroken = false;
		clock.move(8000);
		expect(await bindings()).toEqual([]);
		expect(changed).toEqual([at.p]);
		expect(await record()).toMatchObject({ d_name: "back", status: "online" });
		expect((await record())?.d_id).not.toBe(at.device);
		expect(await record(fresh)).toBeUndefined();
		expect(clock.planned).toBe(0);
	});

	test("writes a thousand devices in one unit of work, and none that is as it was", async () => {
		const devices = new Map(
			Array.from({ length: 1000 }, (_, n) => uuid(n + 1000)).map((id) => [id, device({ id })]),
		);
		register.take({ type: "resync", devices });
		await register.idle();
		expect(writes).toBe(1);
		expect((await record())?.status).toBe("offline");
		const rows = await office.store.read((tables) => tables.devices.list({ status: "online" }));
		expect(rows).toHaveLength(1000);
	});
});

import { beforeEach, describe, expect, test } from "bun:test";
import { DeviceRegister } from "../../../src/ccm/devices/device-register.ts";
import type { CsmDevice } from "../../../src/csm-client/mod.ts";
import { quietLog } from "../../support/log.ts";
import { Office, TEACHER } from "../support/office.ts";
import { DEVICE, furnish, type Workshop } from "../support/workshop.ts";

let office: Office;
let at: Workshop;
let register: DeviceRegister;
const changed: number[] = [];
beforeEach(async () => {
	office = await Office.open(false);
	at = await furnish(office);
	changed.length = 0;
	register = new DeviceRegister({
		store: office.store,
		personNamed: async (name) => (name === "ann" ? TEACHER.u_id : undefined),
		onChanged: (pId) => changed.push(pId),
		log: quietLog,
	});
	const bind = `/project/${at.p}/deviceobject/${at.fooObject}/device/bind/${DEVICE}`;
	await office.ok(TEACHER, "POST", bind);
});

const device = (changes: Partial<CsmDevice> = {}): CsmDevice => ({
	...{ id: DEVICE, name: "new name", presence: "online", model: "FooModel" },
	...{ profile: { u_name: "ann" }, registerTime: 5 },
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

	test("binds nothing by what a device says of itself", async () => {
		const profile = { is_sim: true, do_id: at.barObject };
		register.take({
			type: "registered",
			device: device({ id: DEVICE.replace("0", "b"), profile }),
		});
		expect(await bindings()).toEqual([DEVICE]);
	});
});

import { expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { hashOf } from "../../src/auth/mod.ts";
import { RegistrationClient } from "../../src/csm-client/mod.ts";
import { sharedWebDevices } from "../../src/servers/shared-web-devices.ts";
import { startDeviceHttp } from "../support/device-http.ts";

test("devices of phones are registered as any client does it, and known as the database knows them", async () => {
	const { url, devices, stop } = await startDeviceHttp({
		...{ asksForLogins: false, brokerKnowsLogins: true },
	});
	const hashes = new Map<string, string | null>();
	const web = sharedWebDevices({
		registry: new RegistrationClient({ base: () => url }),
		stored: { secretHashOf: async (id) => hashes.get(id) },
	});
	const da_id = randomUUID();
	const { rev, password } = await web.register({
		...{ da_id, name: "Phone 1", model: "Smartphone", owner: "ann" },
		idf_list: [["Color-I1", [null, null, null]]],
		odf_list: [],
	});
	expect(devices.get(da_id)).toMatchObject({
		...{ rev, name: "Phone 1", acceptProtos: ["http"], secretHash: hashOf(password) },
		...{ idfList: [["Color-I1", [null, null, null]]], odfList: null },
		profile: { model: "Smartphone", u_name: "ann" },
	});
	expect(await web.isRegistered(da_id)).toBe(false);
	hashes.set(da_id, hashOf(password));
	expect(await web.isRegistered(da_id)).toBe(true);
	expect(await web.isPassword(da_id, password)).toBe(true);
	expect(await web.isPassword(da_id, "another")).toBe(false);
	hashes.set(da_id, null);
	expect(await web.isPassword(da_id, password)).toBe(false);
	await web.remove(da_id);
	expect(devices.get(da_id)).toBeUndefined();
	await stop();
});

import { expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { hashOf } from "../../src/auth/mod.ts";
import { webDevicesOf } from "../../src/servers/web-devices.ts";
import { startDeviceHttp } from "../support/device-http.ts";
import { HttpDevice } from "../support/http-device.ts";

test("devices of pages are registered as PUT does it, and deregistered whatever their rev", async () => {
	const server = await startDeviceHttp({ asksForLogins: true, brokerKnowsLogins: true });
	const { devices, http } = server;
	const web = webDevicesOf({
		...{ devices, http },
		isPassword: (id, password) => devices.get(id)?.secretHash === hashOf(password),
	});
	const da_id = randomUUID();
	const device = {
		...{ da_id, name: "Phone 1", model: "Smartphone", owner: "ann" },
		idf_list: [["Color-I1", [null, null, null]]] as const,
		odf_list: [],
	};
	const first = await web.register(device);
	expect(devices.get(da_id)).toMatchObject({
		rev: first.rev,
		name: "Phone 1",
		acceptProtos: ["http"],
		idfList: [["Color-I1", [null, null, null]]],
		odfList: null,
		profile: { model: "Smartphone", u_name: "ann" },
	});
	expect(web.isRegistered(da_id)).toBe(true);
	const second = await web.register(device);
	expect(web.isPassword(da_id, first.password)).toBe(false);
	expect(web.isPassword(da_id, second.password)).toBe(true);
	const up = await fetch(`${server.url}/da/${da_id}/up`, {
		method: "POST",
		headers: { cookie: `iottalk-da=${second.password}` },
		body: '["Color-I1",[1,2,3]]',
	});
	expect(up.status).toBe(200);
	await Promise.all([web.register(device), web.remove(da_id)]);
	await web.remove(da_id);
	await web.remove(da_id);
	expect(devices.get(da_id)).toBeUndefined();
	expect(web.isRegistered(da_id)).toBe(false);
	await expect(HttpDevice.register(server.url)).rejects.toThrow("401");
	await server.stop();
});

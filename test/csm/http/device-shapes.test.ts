import { afterAll, beforeAll, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import type { TSchema } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import {
	Deregistered,
	Device,
	DeviceId,
	Registered,
	RevBody,
} from "../../../src/csm/http/device-shapes.ts";
import { BODY, type DeviceHttp, startDeviceHttp } from "../../support/device-http.ts";
import { TOKEN } from "../../support/http-server.ts";

let http: DeviceHttp;
beforeAll(async () => {
	http = await startDeviceHttp({ asksForLogins: true, brokerKnowsLogins: true });
});
afterAll(() => http.stop());

/** The fields an answer has and its schema does not know, and the first thing that is wrong. */
function differences(schema: TSchema, value: Record<string, unknown>): unknown[] {
	const unknown = Object.keys(value).filter((field) => !(field in schema.properties));
	return [
		...unknown,
		...[...Value.Errors(schema, value)].map(({ path, message }) => path + message),
	];
}

test("answers are as the OpenAPI document says, without fields it does not have", async () => {
	const id = randomUUID();
	const headers = { authorization: `Bearer ${TOKEN}` };
	const full = { ...BODY, odf_list: [["Light", ["lx"]]] };
	const registered = await http.send("PUT", `/${id}`, { body: full, headers });
	expect(differences(Registered, registered.json)).toEqual([]);
	const shown = await http.send("GET", `/${id}`, { headers });
	expect(differences(Device, shown.json)).toEqual([]);
	const changed = await http.send("POST", `/${id}`, { body: { odf_list: null }, headers });
	expect(differences(Device, changed.json)).toEqual([]);
	const body = { rev: registered.json.rev };
	expect(Value.Check(RevBody, body)).toBe(true);
	const gone = await http.send("DELETE", `/${id}`, { body, headers });
	expect(differences(Deregistered, gone.json)).toEqual([]);
});

test("an id is a UUID of any version and case", () => {
	for (const id of [randomUUID(), randomUUID().toUpperCase(), Bun.randomUUIDv7()]) {
		expect(Value.Check(DeviceId, id)).toBe(true);
	}
	for (const id of ["lamp", randomUUID().slice(1), `${randomUUID()}0`]) {
		expect(Value.Check(DeviceId, id)).toBe(false);
	}
});

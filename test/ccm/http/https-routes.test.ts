import { afterEach, beforeEach, expect, test } from "bun:test";
import { CcmHttp } from "../support/ccm-http.ts";
import { ADMIN, STUDENT, TEACHER } from "../support/office.ts";

let ccm: CcmHttp;
beforeEach(async () => {
	ccm = await CcmHttp.start();
});
afterEach(() => ccm.stop());

const PATH = "/api/v1/https";

test("everyone with an account is told whether the server is encrypted, and who may change that", async () => {
	const ask = async (person: typeof ADMIN) => (await ccm.json(person, "GET", PATH)).body;
	expect(await ask(STUDENT)).toEqual({ state: "ok", https: null, may: false });
	expect(await ask(ADMIN)).toEqual({ state: "ok", https: null, may: true });
	ccm.https.port = 9993;
	expect(await ask(TEACHER)).toEqual({
		...{ state: "ok", may: false },
		https: {
			port: 9993,
			address: `https://${new URL(ccm.server.url).hostname}:9993`,
			names: ["gateway.test"],
			until: 1000,
			self_signed: true,
		},
	});
	expect((await fetch(ccm.server.url + PATH)).status).toBe(401);
	ccm.https.isByIni = true;
	expect(await ask(ADMIN)).toMatchObject({ may: false, by_ini: true, https: { port: 9993 } });
});

test("administrators open it, and hear what is left to do", async () => {
	const open = (person: typeof ADMIN, body: object) => ccm.json(person, "POST", PATH, body);
	expect((await open(TEACHER, {})).status).toBe(403);
	expect(ccm.https.port).toBeUndefined();
	for (const port of [0, 65_536, 1.5, "9993"]) {
		expect((await open(ADMIN, { port })).status).toBe(400);
	}
	const { status, body } = await open(ADMIN, {});
	expect([status, "todo" in body]).toEqual([200, false]);
	expect(body).toMatchObject({ https: { port: 9993 } });
	expect((await open(ADMIN, { port: 8443 })).body).toMatchObject({
		https: { port: 8443 },
		todo: "restart it",
	});
	ccm.https.trouble = "port 1 is used by another program: choose another one";
	expect(await open(ADMIN, { port: 1 })).toMatchObject({
		status: 409,
		body: { state: "error", reason: ccm.https.trouble },
	});
});

test("administrators let in the network", async () => {
	const reach = (person: typeof ADMIN, body: object) =>
		ccm.json(person, "POST", "/api/v1/reach", body);
	expect((await reach(TEACHER, { reach: "network" })).status).toBe(403);
	expect((await reach(ADMIN, { reach: "local" })).status).toBe(400);
	expect((await reach(ADMIN, { reach: "network" })).body).toEqual({
		...{ state: "ok", devices: 2 },
		addresses: ["http://192.0.2.7:9992/gui/"],
	});
});

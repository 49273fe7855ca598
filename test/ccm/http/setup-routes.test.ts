import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { CcmHttp } from "../support/ccm-http.ts";
import { TEACHER } from "../support/office.ts";

let ccm: CcmHttp;
beforeAll(async () => {
	ccm = await CcmHttp.start();
});
afterAll(() => ccm.stop());

describe("set-up over HTTP", () => {
	test("the first start: needed until it is done, with the key", async () => {
		expect(await ccm.json(null, "GET", "/api/v1/setup")).toEqual({
			status: 200,
			body: { state: "ok", needed: true, name: null, role: null },
		});
		const set = (body: object) => ccm.json(null, "POST", "/api/v1/setup", body);
		const good = { key: "key-1", name: "root", password: "a long one", reach: "network" };
		expect((await set({ ...good, key: "no" })).status).toBe(403);
		expect((await set({ ...good, reach: "moon" })).body.reason).toBe(
			"invalid reach: use local or network",
		);
		expect((await set({ key: "key-1" })).body.reason).toBe("field `name` is required");
		expect(await set(good)).toEqual({
			status: 200,
			body: {
				...{ state: "ok", addresses: ["http://192.0.2.7:9992/gui/"], devices: 3 },
				...{ token: "t0", token_address: "http://192.0.2.7:9992/token/t0" },
			},
		});
		expect((await ccm.json(TEACHER, "GET", "/api/v1/setup")).body).toEqual({
			...{ state: "ok", needed: false, name: "ann", role: "teacher" },
		});
	});
});

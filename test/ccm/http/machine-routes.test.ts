import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { CcmHttp } from "../support/ccm-http.ts";
import { TEACHER } from "../support/office.ts";
import { DEVICE, furnish, type Workshop } from "../support/workshop.ts";

let ccm: CcmHttp;
let at: Workshop;
beforeAll(async () => {
	ccm = await CcmHttp.start();
	at = await furnish(ccm.office);
});
afterAll(() => ccm.stop());

const get = async (path: string) => {
	const response = await ccm.send(null, "GET", path);
	expect(response.headers.get("cache-control")).toBe("no-store");
	return response;
};

describe("machine routes", () => {
	test("tell pages where things are, by the host they came to", async () => {
		const first = await (await get("/mqtt_url")).json();
		expect(first).toEqual({
			id: expect.stringMatching(/^[0-9a-f-]{36}$/),
			...{ host: "127.0.0.1", port: 1883, ws_scheme: "ws", ws_port: 1884 },
		});
		expect((await (await get("/mqtt_url/")).json()) as object).not.toEqual(first as object);
		expect(await (await get("/ec_endpoint")).json()).toEqual({
			ec_endpoint: "http://127.0.0.1:9992",
		});
		expect(await (await get("/simtalk_endpoint")).json()).toEqual({ simtalk_endpoint: "" });
	});

	test("an old device asks for an alias and gets a text", async () => {
		const alias = async (query: string) => {
			const response = await get(`/api/v1/get_alias?${query}`);
			return `${response.status} ${response.headers.get("content-type")} ${await response.text()}`;
		};
		const plain = "200 text/plain; charset=utf-8";
		expect(await alias(`mac_addr=${DEVICE}&df_name=foo`)).toBe(`${plain} foo`);
		const place = `/api/v0/project/${at.p}/deviceobject/${at.fooObject}/device/bind/${DEVICE}`;
		expect((await ccm.json(TEACHER, "POST", place)).status).toBe(200);
		const body = { alias_name: "門" };
		await ccm.json(TEACHER, "POST", `/api/v0/alias/${DEVICE}/foo`, body);
		expect(await alias(`mac_addr=${DEVICE.toUpperCase()}&df_name=foo`)).toBe(`${plain} 門`);
		expect(await alias("mac_addr=unknown&df_name=%E6%BA%AB%E5%BA%A6")).toBe(`${plain} 溫度`);
		expect(await alias("mac_addr=x")).toContain("400 application/json");
		expect(await alias("df_name=x")).toContain("field `mac_addr` is required");
	});
});

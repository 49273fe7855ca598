// Every address of the compiled program with all its servers: at the root, below each prefix, and at the second port.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { body } from "../support/gateway.ts";
import { freePort } from "../support/ports.ts";
import { startWithCcm, type Target } from "../support/target.ts";

const ID = "01234567-89ab-4def-8123-456789abcdef";
/** What each answers a program without a login, while devices need none. */
const ANSWERS: readonly (readonly [status: number, method: string, path: string])[] = [
	[302, "GET", "/"],
	[302, "GET", "/connection"],
	[302, "GET", "/management"],
	[302, "GET", "/device"],
	[302, "GET", "/admin"],
	[200, "GET", "/live"],
	[308, "GET", "/live/"],
	[200, "GET", "/health"],
	[200, "GET", "/metrics"],
	[200, "GET", "/openapi"],
	[200, "GET", "/api/openapi"],
	[200, "GET", "/api/status"],
	[200, "GET", "/api/devices"],
	[200, "GET", "/api/graphs"],
	[200, "GET", "/api/functions"],
	[200, "GET", "/api/log"],
	[404, "GET", "/api/functions/unknown"],
	[404, "GET", "/api/nothing"],
	[404, "GET", "/api/v0/nothing"],
	[404, "GET", "/api/v1/nothing"],
	[401, "GET", "/api/v0/project"],
	[401, "GET", "/api/v0/account/"],
	[400, "GET", "/api/v1/get_alias"],
	[200, "GET", "/api/v1/get_alias?mac_addr=x&df_name=y"],
	[200, "GET", "/api/v1/setup"],
	[200, "GET", "/gui/"],
	[308, "GET", "/gui"],
	[200, "GET", "/mqtt_url"],
	[200, "GET", "/ec_endpoint"],
	[200, "GET", "/simtalk_endpoint"],
	[401, "GET", "/export_project?p_id=1"],
	[401, "POST", "/import_project"],
	[401, "POST", "/device_confirm"],
	[200, "GET", `/${ID}`],
	[200, "GET", `//${ID}`],
	[200, "GET", `/token/none/${ID}`],
	[204, "OPTIONS", `/${ID}`],
	[405, "PATCH", `/${ID}`],
	[404, "GET", "/nothing"],
];

describe("all addresses", () => {
	let target: Target;
	let second: string;
	beforeAll(async () => {
		const port = await freePort();
		second = `http://127.0.0.1:${port}`;
		target = await startWithCcm({ gui: { port, prefix: "/lab/iottalk" } });
		const registered = await fetch(`${target.http}/${ID}`, {
			method: "PUT",
			headers: { "content-type": "application/json" },
			body: JSON.stringify(body()),
		});
		expect(registered.status).toBe(200);
	});
	afterAll(() => target.dispose());

	const seen = (base: string) =>
		Promise.all(
			ANSWERS.map(async ([, method, path]) => {
				const { status } = await fetch(base + path, { method, redirect: "manual" });
				return [status, method, path];
			}),
		);

	test.each(["", "/csm", "/lab/iottalk"])("answer below '%s', at both ports", async (prefix) => {
		const wanted: unknown = ANSWERS;
		expect<unknown>(await seen(target.http + prefix)).toEqual(wanted);
		expect<unknown>(await seen(second + prefix)).toEqual(wanted);
	});

	test("devices are readable by pages of other origins, the project manager is not", async () => {
		const cors = async (path: string) => {
			const response = await fetch(target.http + path);
			return response.headers.get("access-control-allow-origin");
		};
		expect(await cors(`/${ID}`)).toBe("*");
		for (const path of ["/api/v0/project", "/api/v0/nothing", "/gui/", "/mqtt_url"]) {
			expect([path, await cors(path)]).toEqual([path, null]);
		}
	});
});

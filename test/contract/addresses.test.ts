import { afterEach, describe, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { body, call, JSON_TYPE } from "../support/gateway.ts";
import { startTarget, type Target } from "../support/target.ts";
import { until } from "../support/waiting.ts";

let target: Target;
afterEach(() => target.dispose());

describe("§2.2 where devices are told the broker is", () => {
	test("§2.2 host and schemes come from the ini where it names them", async () => {
		const told = { host: "localhost", scheme: "mqtts" };
		const settings = process.env.IOTCTL_BROKER === "external" ? { host: told.host } : told;
		target = await startTarget({ "core-mqtt": settings, "core-ws": { scheme: "wss" } });
		const { json } = await call(target, "PUT", `/${randomUUID()}`, body());
		expect(json.url).toMatchObject({ ...settings, ws_scheme: "wss" });
		expect(json.url).not.toHaveProperty("ws_host");
	});

	test("§2.2 otherwise the host is the name the client used, also behind a reverse proxy", async () => {
		target = await startTarget({ core: { "http-prefix": "/csm" } });
		const { port } = new URL(target.http);
		const asked = async (headers: Record<string, string>) => {
			const response = await fetch(`http://127.0.0.1:${port}/csm/${randomUUID()}`, {
				method: "PUT",
				headers: { ...JSON_TYPE, ...headers },
				body: JSON.stringify(body()),
			});
			return ((await response.json()) as { url: { host: string } }).url.host;
		};
		expect(await asked({ Host: "gateway.lan:80" })).toBe("gateway.lan");
		expect(await asked({ Host: "192.168.1.5" })).toBe("192.168.1.5");
		expect(await asked({ Host: `[::1]:${port}` })).toBe("::1");
	});
});

describe("§2.6 expiry", () => {
	/** @returns whether the second of two devices, of which the first has expired, is still there. */
	async function isLateLeft(): Promise<boolean> {
		target = await startTarget({ core: { "da-expiration": 10 } });
		const [early, late] = [randomUUID(), randomUUID()];
		await call(target, "PUT", `/${early}`, body());
		// Most of the time passes before the restart: this is the input, not a wait for something.
		await Bun.sleep(6000);
		await call(target, "PUT", `/${late}`, body());
		target = await target.restart();
		let left: string[] = [];
		await until(async () => {
			const { text } = await call(target, "GET", "/api/devices");
			left = (JSON.parse(text) as { id: string }[]).map(({ id }) => id);
			return !left.includes(early);
		}, "the first device to expire");
		return left.includes(late);
	}

	test("§2.6 the clock of an offline device does not start over with the server", async () => {
		let isLeft = await isLateLeft();
		// Had both clocks started over, they would have run out together. On a machine that stood still for seconds both
		// are gone as well: once more.
		for (let more = 0; !isLeft && more < 3; more++) {
			await target.dispose();
			isLeft = await isLateLeft();
		}
		expect(isLeft).toBe(true);
	});
});

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { RegistrationClient, RegistrationError } from "../../src/csm-client/registration-client.ts";
import { call } from "../support/gateway.ts";
import { startTarget, type Target } from "../support/target.ts";

let target: Target;
beforeAll(async () => {
	target = await startTarget();
});
afterAll(() => target.dispose());

const DEVICE = {
	name: "sim",
	idfs: [["A-I", [null, "m"]]],
	odfs: [],
	profile: { model: "A" },
} as const;

describe("registration at a CSM", () => {
	test("registers a device, again under the same id, and deregisters it with the last rev", async () => {
		const client = new RegistrationClient({ base: () => target.http });
		const id = randomUUID();
		const first = await client.register(id, DEVICE);
		const rev = await client.register(id, DEVICE);
		expect(rev).not.toBe(first);
		const { json } = await call(target, "GET", `/${id}`);
		expect(json).toMatchObject({ rev, name: "sim", idf_list: [["A-I", [null, "m"]]] });
		expect(json.odf_list).toBeUndefined();
		await expect(client.deregister(id, first)).rejects.toThrow(
			"CSM answers 400: revision out-of-date",
		);
		await client.deregister(id, rev);
		await client.deregister(id, rev);
		expect((await call(target, "GET", `/${id}`)).status).toBe(404);
	});

	test("registers a device that speaks HTTP, with a password, and removes it whatever its rev", async () => {
		const client = new RegistrationClient({ base: () => target.http });
		const id = randomUUID();
		const first = await client.registerForHttp(id, DEVICE);
		const { password } = await client.registerForHttp(id, DEVICE);
		expect(password).not.toBe(first.password);
		const { json } = await call(target, "GET", `/${id}`);
		expect(json.accept_protos).toEqual(["http"]);
		await Promise.all([client.remove(id), client.registerForHttp(id, DEVICE)]);
		await client.remove(id);
		await client.remove(id);
		expect((await call(target, "GET", `/${id}`)).status).toBe(404);
	});

	test("says why it cannot: refused, not a CSM, not there", async () => {
		const client = new RegistrationClient({ base: () => target.http });
		const register = (one: RegistrationClient, profile = {}) =>
			one.register(randomUUID(), { ...DEVICE, profile });
		const refused = await register(client).catch((error: unknown) => error);
		expect(refused).toBeInstanceOf(RegistrationError);
		expect(refused).toHaveProperty(
			"message",
			"CSM answers 403: Field 'profile.model' is required.",
		);
		const away = new RegistrationClient({ base: () => "http://127.0.0.1:1" });
		await expect(register(away, { model: "A" })).rejects.toThrow();
		using other = Bun.serve({
			port: 0,
			hostname: "127.0.0.1",
			fetch: ({ headers }) => new Response(`{"you":"${headers.get("authorization")}"}`),
		});
		const stranger = new RegistrationClient({
			base: () => `http://127.0.0.1:${other.port}`,
			authorization: "Bearer token",
		});
		await expect(register(stranger)).rejects.toThrow("the answer to a registration has no rev");
		using slow = Bun.serve({
			port: 0,
			hostname: "127.0.0.1",
			fetch: () => new Promise<Response>(() => {}),
		});
		const late = new RegistrationClient({
			base: () => `http://127.0.0.1:${slow.port}`,
			timeoutMs: 50,
		});
		await expect(register(late)).rejects.toThrow("timed out");
	});
});

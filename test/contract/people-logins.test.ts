// What people and the project manager may do at a server that asks for logins (csm.md §8).
import { afterAll, beforeAll, expect, test } from "bun:test";
import { TestGraph } from "../support/gateway.ts";
import { addAdmin, basic, connectAs, makeToken, register, send, type } from "../support/logins.ts";
import { startTarget, type Target } from "../support/target.ts";
import { describeEmbedded } from "../support/variants.ts";
import { until } from "../support/waiting.ts";

const PASSWORD = "a long password";

// Another broker's logins are its own matter.
describeEmbedded("people and services", () => {
	let target: Target;
	beforeAll(async () => {
		target = await startTarget({ core: { auth: "on" } });
		addAdmin(target);
		for (const role of ["teacher", "student"]) {
			type(target, ["user", "add", role, "--role", role], `${PASSWORD}\n`);
		}
	});
	afterAll(() => target.dispose());

	test.each(["teacher", "student"])(
		"a %s has no login on MQTT, and none of the admins' routes",
		async (username) => {
			await expect(connectAs(target, { username, password: PASSWORD })).rejects.toThrow(
				/not authorized|bad user/i,
			);
			const isSaid = () => target.log().includes("people have no login on MQTT");
			await until(isSaid, "the log to say why");
			const authorization = basic(username, PASSWORD);
			for (const path of ["/api/status", "/api/devices", "/api/graphs", "/api/log", "/metrics"]) {
				expect([path, (await send(target, "GET", path, { authorization })).status]).toEqual([
					path,
					403,
				]);
			}
			const { id } = await register(target, makeToken(target, `of-${username}`));
			expect((await send(target, "DELETE", `/${id}`, { authorization, payload: {} })).status).toBe(
				403,
			);
		},
	);

	test("the project manager logs in with its own secret, and reaches its own topics alone", async () => {
		const secret = type(target, ["user", "secret", "ccm"]).split("\n")[0] ?? "";
		await expect(connectAs(target, { username: "ccm", password: "x" })).rejects.toThrow();
		const ccm = await connectAs(target, { username: "ccm", password: secret });
		const graph = await TestGraph.open(ccm, "ccm", "g");
		await graph.ok({ op: "attach" });
		for (const filter of ["iottalk/api/res/gui/graph/g", "iottalk/esm/#", "#", "+/ctrl/i"]) {
			expect([filter, await ccm.maySubscribe(filter)]).toEqual([filter, false]);
		}
		expect(await ccm.maySubscribe("iottalk/api/gui/req/+")).toBe(true);
		// A new secret ends the login of the old one.
		type(target, ["user", "secret", "ccm"]);
		await expect(connectAs(target, { username: "ccm", password: secret })).rejects.toThrow();
		await ccm.end();
	});
});

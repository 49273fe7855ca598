import { beforeEach, describe, expect, test } from "bun:test";
import { LOCAL_ACCOUNT } from "../../../src/auth/outcome.ts";
import { auditOf } from "../../../src/ccm/service/audit.ts";
import { GuiAdapter } from "../../../src/ccm/service/gui-adapter.ts";
import { ADMIN, Office, TEACHER } from "../support/office.ts";
import { furnish, type Workshop } from "../support/workshop.ts";

const SECRET = "hunter2hunter2";

let office: Office;
let at: Workshop;
beforeEach(async () => {
	office = await Office.open(false);
	at = await furnish(office);
	office.audited.length = 0;
});

const kept = () => office.store.read(({ audit }) => audit.list({}, 1000));

describe("audit", () => {
	test("names person, channel, project and what was changed, for each change that is kept", async () => {
		await office.ok(TEACHER, "POST", `/project/${at.p}`, { status: "on" });
		const gui = new GuiAdapter(office.service);
		const data = { na_id: at.fooJoin, dfo_id: at.input };
		await gui.answer({ op: "delete_link", data }, TEACHER);
		const changes = [{ kind: "set_alias", dfo_id: at.output, alias_name: "x" }];
		const change = { p_id: at.p, base_rev: 0, changes };
		await office.service.call("change_project", ADMIN, change, "v1");
		const off = { p_id: at.p, status: "off" };
		await office.service.call(
			"update_project",
			{ ...LOCAL_ACCOUNT, u_id: 0, u_name: "local" },
			off,
		);
		const told = office.audited.map(({ u_name, door: channel, operation, p_id, details }) => [
			...[u_name, channel, operation, p_id, details],
		]);
		expect(told).toEqual([
			["ann", "rest", "update_project", at.p, { status: "on" }],
			["ann", "page", "delete_link", at.p, { na_id: at.fooJoin, dfo_id: at.input }],
			["root", "v1", "change_project", at.p, { rev: expect.any(Number), changes: "set_alias" }],
			["local", "command line", "update_project", at.p, { status: "off" }],
		]);
		const newest = (await kept()).slice(0, 4).map(({ seq: _, ...entry }) => entry);
		expect(newest.toReversed()).toEqual(office.audited);
	});

	test("has nothing of what only looks, is refused, or failed", async () => {
		const before = await kept();
		await office.ok(TEACHER, "GET", "/project");
		await office.rest(TEACHER, "POST", "/project/999", { status: "on" });
		await office.rest(null, "POST", `/project/${at.p}`, { status: "on" });
		expect([office.audited, await kept()]).toEqual([[], before]);
	});

	test("has neither sources nor passwords, and no long texts", async () => {
		const code = `def run(x):\n    return "${SECRET}"\n`;
		await office.ok(TEACHER, "POST", `/function/${at.fn}`, { code });
		await office.ok(ADMIN, "PUT", "/people", {
			...{ username: "eve", password: SECRET, role: "student" },
		});
		await office.ok(TEACHER, "PUT", "/project", { p_name: "n".repeat(200) });
		expect(office.audited).toMatchObject([
			{ operation: "update_function", p_id: null, details: { fn_id: at.fn } },
			{ operation: "create_person", p_id: null, details: { username: "eve", role: "student" } },
			{
				operation: "create_project",
				p_id: expect.any(Number),
				details: { p_name: "n".repeat(100) },
			},
		]);
		expect(JSON.stringify(await kept())).not.toContain(SECRET);
	});

	test("names ten kinds of changes, whatever they are", () => {
		const kinds = Array.from({ length: 12 }, (_, n) => ({ kind: `kind ${n}` }));
		const entry = auditOf({
			...{ person: TEACHER, channel: "v1", operation: "change_project", at: "now", result: null },
			...{ input: { changes: [...kinds, null, 7, kinds[0]] }, changed: new Set([3]) },
		});
		expect(entry.p_id).toBe(3);
		expect(entry.details).toEqual({
			changes: `${kinds
				.slice(0, 10)
				.map(({ kind }) => kind)
				.join(", ")}, …`,
		});
	});
});

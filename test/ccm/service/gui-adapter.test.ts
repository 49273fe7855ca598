import { beforeEach, describe, expect, test } from "bun:test";
import { GuiAdapter } from "../../../src/ccm/service/gui-adapter.ts";
import { Office, TEACHER } from "../support/office.ts";
import { furnish, type Workshop } from "../support/workshop.ts";

let adapter: GuiAdapter;
let at: Workshop;
let office: Office;
beforeEach(async () => {
	office = await Office.open(false);
	at = await furnish(office);
	adapter = new GuiAdapter(office.service);
});

describe("GUI API", () => {
	test("gives attach back, and what was sent with it", async () => {
		const attach = { op: "attach", ref: "x" };
		expect(await adapter.answer(attach, null)).toEqual({ ...attach, state: "ok" });
	});

	test("answers a request with all that came, and its result under data", async () => {
		const request = { op: "get_na_list", data: { p_id: at.p, ctx: {} }, _id: "s", flag: "f" };
		const reply = await adapter.answer(request, TEACHER);
		expect(reply).toMatchObject({ op: "get_na_list", flag: "f", state: "ok" });
		expect(reply.data).toMatchObject({ p_id: at.p, na: [{ na_id: at.fooJoin }, {}] });
	});

	test("takes features by name, and ids without their project", async () => {
		const data = { p_id: at.p, dm_id: at.fooModel, df: ["foo"] };
		const made = await adapter.answer({ op: "create_device_object", data }, TEACHER);
		expect(made).toMatchObject({ state: "ok", data: { do_id: expect.any(Number) } });
		const link = { na_id: at.fooJoin, dfo_id: at.input };
		const gone = await adapter.answer({ op: "delete_link", data: link }, TEACHER);
		// The join went with its only input.
		expect(gone).toMatchObject({ state: "ok", data: null });
	});

	test("changes what can be undone like any change", async () => {
		const { p: p_id, input: dfo_id } = at;
		const shown = async () => {
			const reply = await adapter.answer({ op: "get_project_info", data: { p_id } }, TEACHER);
			return JSON.stringify(reply.data);
		};
		const before = await shown();
		const ops: [string, Record<string, unknown>][] = [
			["update_device_feature_object", { dfo_id, alias_name: "door" }],
			["delete_device_feature_object", { dfo_id, do_id: at.fooObject }],
			["turn_on_simulation", { p_id }],
			["delete_na", { na_id: at.barJoin }],
		];
		for (const [op, data] of ops) {
			expect([op, await adapter.answer({ op, data }, TEACHER)]).toMatchObject([op, {}]);
			expect([op, await shown()]).not.toEqual([op, before]);
			await office.service.call("undo_project", TEACHER, { p_id });
			expect([op, await shown()]).toEqual([op, before]);
		}
	});

	test("tells why not", async () => {
		const ask = (op: unknown, data: unknown, person = TEACHER as typeof TEACHER | null) =>
			adapter.answer({ op, data, flag: 1 }, person);
		expect(await ask("delete_na", { na_id: 99_999 })).toEqual({
			...{ op: "delete_na", data: { na_id: 99_999 }, flag: 1, state: "error" },
			msg: "NetworkApplication id 99999 not found",
		});
		expect((await ask("op_secret", {})).msg).toBe("operation `op_secret` not found");
		expect((await ask("constructor", {})).state).toBe("error");
		expect((await ask("get_project_list", "x")).msg).toContain("`data`");
		expect(await ask("get_project_list", {}, null)).toEqual({
			...{ op: "anno", state: "Authentication failed" },
		});
	});
});

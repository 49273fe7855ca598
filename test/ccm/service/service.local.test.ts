// The command line of the machine at the table of operations: an administrator to whom nothing can belong.
import { beforeEach, describe, expect, test } from "bun:test";
import { LOCAL_ACCOUNT } from "../../../src/auth/mod.ts";
import { OPERATIONS } from "../../../src/ccm/service/all-operations.ts";
import type { Person } from "../../../src/ccm/service/operation.ts";
import { Office, STUDENT, TEACHER } from "../support/office.ts";
import { furnish, type Workshop } from "../support/workshop.ts";

const LOCAL: Person = { u_id: LOCAL_ACCOUNT.id, u_name: LOCAL_ACCOUNT.name, role: "admin" };
const FILE = { project: { p_name: "x", DeviceObject: {}, NetworkApplication: [] } };

let office: Office;
let at: Workshop;
beforeEach(async () => {
	office = await Office.open(false);
	at = await furnish(office);
});
const call = (name: string, input: object) =>
	office.service.call(name, LOCAL, input as Record<string, unknown>);

describe("the command line", () => {
	test("may what nothing of its own comes of, and nothing else", () => {
		const allowed = OPERATIONS.filter(({ local }) => local).map(({ name }) => name);
		expect(allowed.toSorted()).toEqual([
			"admin_project_list",
			"admin_user_list",
			"copy_project",
			"copy_project_for_members",
			"export_project",
			"get_project_info",
			"get_project_outline",
			"import_project",
			"update_project",
		]);
	});

	test("is refused everything else, whatever is asked", async () => {
		for (const { name, local } of OPERATIONS) {
			if (local) continue;
			await expect(call(name, {})).rejects.toThrow("this needs an account: log in as a person");
		}
	});

	test("names whose an imported project is to be", async () => {
		const bring = (owner?: string) => call("import_project", { p_name: "new", file: FILE, owner });
		await expect(bring()).rejects.toThrow("field `owner` is required");
		await expect(bring("missing")).rejects.toThrow("user missing not found");
		await expect(bring(STUDENT.u_name)).rejects.toThrow("cat is a student");
		const { p_id } = (await bring(TEACHER.u_name)) as { p_id: number };
		const made = await office.store.read(({ projects }) => projects.get(p_id));
		expect(made).toMatchObject({ u_id: TEACHER.u_id, p_name: "new" });
	});

	test("copies a project for its owner", async () => {
		const { p_id } = (await call("copy_project", { p_id: at.p, p_name: "new" })) as {
			p_id: number;
		};
		const made = await office.store.read(({ projects }) => projects.get(p_id));
		expect(made?.u_id).toBe(TEACHER.u_id);
	});
});

describe("owners", () => {
	test("are named by administrators alone, or themselves", async () => {
		const bring = (owner: string) =>
			office.service.call("import_project", TEACHER, { p_name: "own", file: FILE, owner });
		await expect(bring("bob")).rejects.toThrow("You are not administrator.");
		await bring(TEACHER.u_name);
	});
});

describe("the outline of a project", () => {
	test("names owner, objects with devices, joins with functions", async () => {
		const dfmp_list = [{ param_i: 0, fn_id: at.fn }];
		const dfm_list = [{ dfo_id: at.input, dfmp_list }];
		await office.ok(TEACHER, "POST", `/project/${at.p}/na/${at.fooJoin}`, { dfm_list });
		const bind = `/project/${at.p}/deviceobject/${at.fooObject}/device/bind/${at.device}`;
		await office.ok(TEACHER, "POST", bind);
		expect(await call("get_project_outline", { p_id: at.p })).toMatchObject({
			...{ p_name: "plan", u_name: "ann", status: "off" },
			objects: [
				{ dm_name: "FooModel", devices: [{ d_name: "dev", status: "online" }] },
				{ dm_name: "BarModel", devices: [] },
			],
			joins: [
				{
					...{ na_name: "JoinFoo", function: null },
					inputs: [{ do_id: at.fooObject, dfo_id: at.input, functions: ["twice"] }],
					outputs: [{ dfo_id: at.output, functions: [] }],
				},
				{ na_name: "JoinBar" },
			],
		});
	});
});

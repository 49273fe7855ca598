// REST v0 as ccm-gui.md §3 answers it, over the operations' table.
import { beforeEach, describe, expect, test } from "bun:test";
import { ADMIN, Office, OTHER, TEACHER } from "../support/office.ts";
import { DEVICE, furnish, SOURCE, type Workshop } from "../support/workshop.ts";

let office: Office;
let at: Workshop;
beforeEach(async () => {
	office = await Office.open();
	at = await furnish(office);
});

const get = (path: string) => office.ok(TEACHER, "GET", path);

/** Status and reason of a refusal. */
async function refused(
	method: string,
	path: string,
	body?: Record<string, unknown>,
	person = TEACHER,
): Promise<string> {
	const { status, body: answer } = await office.rest(person, method, path, body);
	return `${status} ${answer.state} ${answer.reason}`;
}

describe("REST v0", () => {
	test("answers what is unknown, not allowed or without a body", async () => {
		expect((await office.rest(null, "GET", "/nothing-here", undefined)).body).toEqual({
			state: "error",
			reason: "API not found",
		});
		expect((await office.rest(null, "PUT", "/project", undefined)).status).toBe(401);
		expect(await refused("PUT", "/project/")).toBe(
			"400 error Content-type should be `application/json` and body should not be empty",
		);
	});

	test("names the field that is wrong", async () => {
		const project = (body: Record<string, unknown>) => refused("PUT", "/project", body);
		expect(await project({})).toBe("400 error field `p_name` is required");
		expect(await project({ p_name: "x", y: 1 })).toBe("400 error field `y` unknown");
		expect(await project({ p_name: 5 })).toBe("400 error field `p_name` should be type `string`");
		expect(await project({ p_name: "" })).toBe("400 error field `p_name` should not be empty");
		expect(await project({ p_name: "n".repeat(300) })).toContain("400 error field `p_name`");
		const join = `/project/${at.p}/na/${at.fooJoin}`;
		expect(await refused("POST", join, { multiplejoin_fn_id: "x" })).toBe(
			"400 error field `multiplejoin_fn_id` should be type `int` or `null`",
		);
		expect(await refused("POST", `/project/${at.p}`, { status: "maybe" })).toBe(
			"400 error invalid status",
		);
	});

	test("features: both lists in two places, by id and by name, with defaults", async () => {
		const list = await get("/devicefeature/");
		expect(list.input).toEqual((list.data as Record<string, unknown>).input);
		expect(list.output).toContainEqual(expect.objectContaining({ df_id: at.bar, df_name: "bar" }));
		const { data } = await get("/devicefeature/foo/");
		expect(data).toMatchObject({ df_id: at.foo, df_type: "input", param_no: 3 });
		expect((data as { df_parameter: unknown[] }).df_parameter[0]).toMatchObject({
			...{ param_type: "int", idf_type: "sample", min: 0, max: 0, param_i: 0, unit_id: 1 },
		});
		const create = (df_name: string, df_type: string, df_parameter: unknown[]) =>
			refused("PUT", "/devicefeature", { df_name, df_type, df_parameter });
		expect(await create("foo", "output", [{}])).toBe(
			'400 error Device Feature "foo" already exists',
		);
		expect(await create("m", "magic", [{}])).toBe('400 error Invalid feature type "magic"');
		expect(await create("m", "input", [])).toBe("400 error df_parameter is empty");
		expect(await refused("DELETE", `/devicefeature/${at.foo}`)).toBe(
			"400 error Device Feature is in use.",
		);
		expect(await refused("GET", "/devicefeature/99999")).toBe(
			"404 error Device Feature id 99999 not found",
		);
	});

	test("models: found by their id, plural and device_only taken", async () => {
		const df_list = [{ df_id: at.foo, df_parameter: [{}] }];
		const body = { dm_name: "P", df_list, plural: true, device_only: false };
		const { dm_id } = await office.ok(TEACHER, "PUT", "/devicemodel/", body);
		await office.ok(TEACHER, "POST", `/devicemodel/${dm_id}`, { dm_name: "Q", df_list });
		const { data } = await get("/devicemodel/Q");
		expect(data).toMatchObject({ dm_id, dm_type: "other", plural: true });
		expect((data as { df_list: unknown[] }).df_list).toHaveLength(1);
		expect(await refused("POST", `/devicemodel/${dm_id}`, { dm_name: "Q", df_list: [] })).toBe(
			"400 error Feature list cannot be empty",
		);
		expect(await refused("DELETE", `/devicemodel/${at.fooModel}`)).toBe(
			"400 error Device Model is in use.",
		);
		expect(await refused("DELETE", "/devicemodel/99999")).toBe("404 error Device Model not found");
	});

	test("projects: names are a person's own", async () => {
		expect(await refused("PUT", "/project/", { p_name: "plan" })).toBe(
			"400 error project name already exists",
		);
		await office.ok(OTHER, "PUT", "/project/", { p_name: "plan" });
		expect((await get("/project")).data).toEqual([
			expect.objectContaining({ p_id: at.p, status: "off", restart: false, exception: "" }),
		]);
		expect((await get("/project/plan")).data).toMatchObject({ p_id: at.p });
		expect(await office.ok(TEACHER, "POST", `/project/${at.p}`, { status: "on" })).toEqual({
			...{ state: "ok", p_id: at.p, status: "on" },
		});
		expect(office.changed).toContain(at.p);
		await office.ok(TEACHER, "DELETE", `/project/${at.p}/`);
		expect(await refused("DELETE", `/project/${at.p}/`)).toBe(
			`404 error project ${at.p} not found`,
		);
	});

	test("what a path cannot name is not found, in the contract's words where it has some", async () => {
		expect(await refused("GET", "/project/nothing")).toBe("404 error project not found");
		expect(await refused("GET", "/devicefeature/0")).toBe(
			"404 error Device Feature id 0 not found",
		);
		const long = "9".repeat(20);
		expect(await refused("GET", `/devicefeature/${long}`)).toBe(
			`404 error Device Feature id ${long} not found`,
		);
		for (const id of ["0", "-1", "1.5", "abc", long]) {
			const project = `404 error project id ${id} not found`;
			expect(await refused("POST", `/project/${id}`, { status: "on" })).toBe(project);
			expect(await refused("DELETE", `/project/${id}`)).toBe(project);
			expect(await refused("GET", `/project/${at.p}/deviceobject/${id}`)).toBe(
				`404 error Device Object id ${id} not found`,
			);
			expect(await refused("GET", `/function/${id}`)).toBe(`404 error Function id ${id} not found`);
		}
		const bind = `/project/${at.p}/deviceobject/${at.fooObject}/device/bind`;
		expect(await refused("POST", `${bind}/0`)).toBe("404 error unknown mac_addr");
	});

	test("the update of a join that is not in the project is refused in the contract's words", async () => {
		const words = "400 error NetworkApplication not find.";
		const update = (p: number, na: number) =>
			refused("POST", `/project/${p}/na/${na}`, { na_name: "x" });
		expect(await update(at.p, 99_999)).toBe(words);
		const { p_id } = await office.ok(TEACHER, "PUT", "/project", { p_name: "another" });
		expect(await update(Number(p_id), at.fooJoin)).toBe(words);
		expect(await update(99_999, at.fooJoin)).toBe("404 error project id 99999 not found");
	});

	test("objects: in both columns, with unknown models and features refused", async () => {
		const { data } = await get(`/project/${at.p}/`);
		const { ido, odo } = data as Record<"ido" | "odo", Record<string, unknown>[]>;
		expect([ido.length, odo.length]).toEqual([2, 2]);
		expect(ido[0]).toEqual({
			do_id: at.fooObject,
			...{ dm_id: at.fooModel, dm_name: "FooModel", d_id: null, d_name: null, status: null },
			dfo: [{ dfo_id: at.input, df_id: at.foo, alias_name: "foo", df_type: "input", src: null }],
		});
		const put = (body: Record<string, unknown>) =>
			refused("PUT", `/project/${at.p}/deviceobject/`, body);
		expect(await put({ dm_id: 99_999, df: [at.foo] })).toBe(
			"404 error Device Model id 99999 not found",
		);
		expect(await put({ dm_id: at.fooModel, df: [99_999] })).toBe(
			"404 error Device Feature id 99999 not found",
		);
		const info = await get(`/project/${at.p}/deviceobject/${at.fooObject}`);
		expect(info.data).toMatchObject({ do: { do_id: at.fooObject, dfo: ["foo", "bar"] } });
	});

	test("joins: update leaves the join function alone unless it is named", async () => {
		const path = `/project/${at.p}/na/${at.fooJoin}`;
		await office.ok(TEACHER, "POST", path, { multiplejoin_fn_id: at.fn });
		const dfmp_list = [{ param_i: 0, idf_type: "variant", fn_id: at.fn, min: 0, max: 5 }];
		const dfm_list = [{ dfo_id: at.input, dfmp_list }];
		await office.ok(TEACHER, "POST", path, { na_name: "門", dfm_list });
		const { data } = await get(path);
		expect(data).toMatchObject({
			na_name: "門",
			input: [{ dfmp: [{ fn_id: at.fn, idf_type: "variant", max: 5, color: "black" }, {}, {}] }],
			multiple: [{ na_id: at.fooJoin, param_i: 0, dfo_id: at.input, fn_id: at.fn }],
		});
		await office.ok(TEACHER, "POST", path, { multiplejoin_fn_id: null });
		expect((await get(path)).data).toMatchObject({ multiple: [{ fn_id: null }] });
		expect(await refused("POST", path, { multiplejoin_fn_id: 99_999 })).toBe(
			"400 error Function id not find.",
		);
		for (const dfo_id of [99_999, at.fooObject + 99]) {
			const dfm_list = [{ dfo_id, dfmp_list: [] }];
			expect(await refused("POST", path, { na_name: "K", dfm_list })).toContain("404");
		}
		expect((await get(`/project/${at.p}/na`)).data).toHaveLength(2);
		await office.ok(TEACHER, "DELETE", path);
		expect(await refused("GET", path)).toContain("404");
	});

	test("objects: a feature's parameters are its links', with functions of the project's", async () => {
		const port = `/project/${at.p}/deviceobject/${at.fooObject}/devicefeatureobject/${at.input}`;
		const given = [{ param_i: 1, fn_id: at.fn, normalization: 1, max: 5 }];
		await office.ok(TEACHER, "POST", port, { df_parameter: given });
		const document = await office.store.read(({ projects }) => projects.get(at.p));
		const params = document?.joins.map(
			({ links }) => links.find(({ dfo_id }) => dfo_id === at.input)?.params[1],
		);
		const wanted = { fn_id: at.fn, normalization: true, max: 5 };
		expect(params).toEqual([expect.objectContaining(wanted), expect.objectContaining(wanted)]);
		const { df_parameter } = Object((await get(port)).data);
		expect(df_parameter).toEqual([
			expect.objectContaining({ param_i: 0, param_type: "int", max: 0 }),
			expect.objectContaining({ param_i: 1, param_type: "int", ...wanted }),
			expect.objectContaining({ param_i: 2, param_type: "int", max: 0 }),
		]);
		const foreign = await office.ok(OTHER, "PUT", "/function", { fn_name: "own", code: SOURCE });
		for (const fn_id of [foreign.fn_id, 99_999]) {
			expect(await refused("POST", port, { df_parameter: [{ fn_id }] })).toBe(
				"400 error Function id not find.",
			);
		}
	});

	test("features and models take no function of another person, and no unknown unit", async () => {
		const own = await office.ok(OTHER, "PUT", "/function", { fn_name: "own", code: SOURCE });
		const model = (param: object) => ({
			...{ dm_name: "M", df_list: [{ df_id: at.foo, df_parameter: [param] }] },
		});
		const feature = (param: object) => ({
			...{ df_name: "f", df_type: "input", df_parameter: [param] },
		});
		const { df_id } = await office.ok(TEACHER, "PUT", "/devicefeature", {
			...feature({ fn_id: at.fn, unit_id: 1 }),
			df_name: "g",
		});
		const { dm_id } = await office.ok(TEACHER, "PUT", "/devicemodel", {
			...model({ fn_id: at.fn }),
			dm_name: "N",
		});
		const change = (param: object) => ({ ...feature(param), df_name: "g" });
		for (const [method, path, body] of [
			["PUT", "/devicefeature", feature],
			["POST", `/devicefeature/${df_id}`, change],
			["PUT", "/devicemodel", model],
			["POST", `/devicemodel/${dm_id}`, model],
		] as const) {
			expect(await refused(method, path, body({ fn_id: own.fn_id }))).toBe(
				"400 error Function id not find.",
			);
			expect(await refused(method, path, body({ unit_id: 99_999 }))).toBe(
				"400 error Unit id 99999 not find.",
			);
		}
		// An administrator's change keeps what the owner chose.
		const { status } = await office.rest(ADMIN, "POST", `/devicefeature/${df_id}`, {
			...change({ fn_id: at.fn }),
		});
		expect(status).toBe(200);
	});

	test("a function that only a feature has cannot be deleted", async () => {
		const df_parameter = [{ fn_id: at.fn }];
		const feature = { df_name: "f", df_type: "input", df_parameter };
		const { df_id } = await office.ok(TEACHER, "PUT", "/devicefeature", feature);
		expect(await refused("DELETE", `/function/${at.fn}`)).toBe(
			"400 error This function is used, can not delete.",
		);
		await office.ok(TEACHER, "DELETE", `/devicefeature/${df_id}`);
		await office.ok(TEACHER, "DELETE", `/function/${at.fn}`);
	});

	test("projects: an administrator renames among the owner's names, not their own", async () => {
		await office.ok(TEACHER, "PUT", "/project/", { p_name: "second" });
		await office.ok(ADMIN, "PUT", "/project/", { p_name: "mine" });
		const rename = (newname: string) =>
			office.service.call("rename_project", ADMIN, { p_id: at.p, newname });
		expect(await rename("second").catch(String)).toContain("project name already exists");
		expect(await rename("mine")).toEqual({ p_id: at.p, p_name: "mine" });
	});

	test("devices: candidates only, by id or UUID", async () => {
		const device = `/project/${at.p}/deviceobject/${at.fooObject}/device`;
		expect(await get(device)).toMatchObject({
			do_id: at.fooObject,
			data: [{ d_id: at.device, mac_addr: DEVICE, d_name: "dev" }],
		});
		const bind = (id: unknown) => office.rest(TEACHER, "POST", `${device}/bind/${id}/`, undefined);
		expect((await bind(DEVICE)).body).toEqual({ state: "ok", d_name: "dev" });
		expect((await bind("nobody")).body).toMatchObject({ reason: "unknown mac_addr" });
		expect((await bind(99_999)).body).toMatchObject({ reason: "Device id 99999 not found" });
		// It is of another model.
		const other = `/project/${at.p}/deviceobject/${at.barObject}/device/bind/${at.device}`;
		expect(await refused("POST", other)).toContain("404");
		const alias = `/alias/${DEVICE}/foo`;
		expect((await get(alias)).alias_name).toBe("foo");
		await office.ok(TEACHER, "POST", alias, { alias_name: "Door" });
		expect((await get(alias)).alias_name).toBe("Door");
		await office.ok(TEACHER, "POST", `${device}/unbind`);
		await office.ok(TEACHER, "POST", `${device}/unbind`);
		expect(await refused("GET", alias)).toBe("404 error alias_name not find");
	});

	test("functions: checked, versioned, protected, offered", async () => {
		const put = (fn_name: string, code: string) => refused("PUT", "/function/", { fn_name, code });
		expect(await put("bad", "def run(x: return")).toContain("400 error Compile Error: ");
		expect(await put("bad", "x = 1\n")).toContain("function name `run` is undefined");
		expect(await put("1_x", SOURCE)).toContain("begin with a letter");
		expect(await put("x1", SOURCE)).toContain("cannot be modified");
		const three = "def run(*args):\n    return 3\n";
		const { fnvt_idx } = await office.ok(TEACHER, "POST", `/function/${at.fn}`, { code: three });
		const four = { code: three.replace("3", "4"), fnvt_idx };
		await office.ok(TEACHER, "POST", `/function/${at.fn}`, four);
		expect((await get(`/function/${at.fn}`)).data).toMatchObject({ fnvt_idx, code: four.code });
		expect((await get(`/function/version/${fnvt_idx}`)).data).toMatchObject({ name: "twice" });
		expect((await get(`/function/${at.fn}/a`)).fnvt_list).toHaveLength(2);
		const offered = async (path: string) => (await get(path)).fn_list as { fn_id: number }[];
		for (const [sdf, list] of [
			[`/function/${at.fn}/SDF/${at.foo}`, `/function/devicefeature/${at.foo}`],
			[`/function/${at.fn}/SDF/`, "/function/networkapplication"],
		] as const) {
			expect((await office.rest(TEACHER, "PUT", sdf, undefined)).status).toBe(201);
			expect((await offered(list)).map(({ fn_id }) => fn_id)).toContain(at.fn);
			await office.ok(TEACHER, "DELETE", sdf);
			expect((await offered(list)).map(({ fn_id }) => fn_id)).not.toContain(at.fn);
		}
		const chosen = { multiplejoin_fn_id: at.fn };
		await office.ok(TEACHER, "POST", `/project/${at.p}/na/${at.fooJoin}`, chosen);
		office.changed.length = 0;
		await office.ok(TEACHER, "POST", `/function/${at.fn}`, { code: SOURCE });
		expect(office.changed).toEqual([at.p]);
		expect(await refused("DELETE", `/function/${at.fn}`)).toBe(
			"400 error This function is used, can not delete.",
		);
	});

	test("names are any language's, and a person's own function may be called as the system's", async () => {
		const { fn_id } = await office.ok(TEACHER, "PUT", "/function", {
			fn_name: "平均",
			code: SOURCE,
		});
		expect((await get(`/function/${fn_id}`)).data).toMatchObject({ name: "平均" });
		const own = await office.ok(TEACHER, "PUT", "/function", { fn_name: "average", code: SOURCE });
		const { data } = await office.ok(OTHER, "GET", "/function/2");
		expect(data).toBeDefined();
		expect((await office.rest(OTHER, "GET", `/function/${own.fn_id}`, undefined)).status).toBe(404);
	});
});

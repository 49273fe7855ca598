import { uuid } from "./documents.ts";
import { type Office, TEACHER } from "./office.ts";

export const DEVICE = uuid(77);
export const SOURCE = "def run(*args):\n    return args[0] * 2\n";

/** What a teacher has made: two features, two models, a project with two objects and two joins, a function, a device. */
export async function furnish(office: Office) {
	const made = async (method: string, path: string, key: string, body: Record<string, unknown>) =>
		Number((await office.ok(TEACHER, method, path, body))[key]);
	const feature = (df_name: string, df_type: string, params: number) =>
		made("PUT", "/devicefeature/", "df_id", {
			df_name,
			df_type,
			df_parameter: Array.from({ length: params }, () => ({})),
		});
	const foo = await feature("foo", "input", 3);
	const bar = await feature("bar", "output", 1);
	const df_list = [foo, bar].map((df_id) => ({ df_id, df_parameter: [{}] }));
	const model = (dm_name: string) => made("PUT", "/devicemodel/", "dm_id", { dm_name, df_list });
	const fooModel = await model("FooModel");
	const barModel = await model("BarModel");
	const p = await made("PUT", "/project/", "p_id", { p_name: "plan" });
	const object = (dm_id: number) =>
		made("PUT", `/project/${p}/deviceobject/`, "do_id", { dm_id, df: [foo, bar] });
	const fooObject = await object(fooModel);
	const barObject = await object(barModel);
	const [document] = await office.store.read(({ projects }) => projects.list({ p_id: p }));
	const [input = 0, output = 0] = document?.blocks[0]?.ports.map(({ dfo_id }) => dfo_id) ?? [];
	const join = (na_name: string, na_idx: number) =>
		made("PUT", `/project/${p}/na/`, "na_id", { na_name, na_idx, dfo_ids: [input, output] });
	const fooJoin = await join("JoinFoo", 0);
	const barJoin = await join("JoinBar", 1);
	const fn = await made("PUT", "/function/", "fn_id", { fn_name: "twice", code: SOURCE });
	const device = await office.store.write(async (tables) => {
		const d_id = tables.newId("d");
		await tables.devices.put({
			...{ d_id, mac_addr: DEVICE, d_name: "dev", status: "online", dm_name: "FooModel" },
			...{ u_id: TEACHER.u_id, is_sim: false, register_time: 0 },
			...{ extra_setup_webpage: "", device_webpage: "" },
		});
		return d_id;
	});
	office.changed.length = 0;
	const models = { fooModel, barModel };
	return {
		foo,
		bar,
		...models,
		p,
		fooObject,
		barObject,
		input,
		output,
		fooJoin,
		barJoin,
		fn,
		device,
	};
}

export type Workshop = Awaited<ReturnType<typeof furnish>>;

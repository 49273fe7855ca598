// Every operation of the page API over MQTT, and strangers at it (ccm-gui.md §5).
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { MAX_IN_FLIGHT } from "../../../src/ccm/pages/page-api.ts";
import { GuiAdapter } from "../../../src/ccm/service/gui-adapter.ts";
import { story } from "../../support/story.ts";
import { until, within } from "../../support/waiting.ts";
import { Page, PageServer, type Visitor } from "../support/page-server.ts";

type Json = Record<string, unknown>;
type Expected = Parameters<ReturnType<typeof expect>["toEqual"]>[0];

const ID = expect.any(Number);
const SOURCE = "def run(*args):\n    return args[0]\n";
const UNKNOWN = { op: "anno", state: "Authentication failed" };

let server: PageServer;
let teacher: Visitor;
let page: Page;
/** What was asked for over MQTT. */
const asked = new Set<string>();

beforeAll(async () => {
	server = await PageServer.start();
	teacher = await server.register();
	page = await teacher.open();
});
afterAll(() => server.stop());

/** Asks for something, and compares its result. */
async function is(op: string, data: Json, expected: Expected): Promise<Json> {
	asked.add(op);
	const reply = await page.ask(op, data);
	expect([op, reply]).toEqual([
		op,
		{ op, data: expected, state: "ok", _id: page.token, flag: ID_TEXT, req_timestamp: 1 },
	]);
	return reply.data as Json;
}
const ID_TEXT = expect.stringMatching(/^[0-9a-f-]{36}$/);
const some = (keys: Json) => expect.objectContaining(keys);
const listOf = (...items: unknown[]) => expect.arrayContaining(items);

/** Fresh names for one test. */
function names() {
	const end = crypto.randomUUID().slice(0, 8);
	return {
		...{ input: `In${end}`, output: `Out${end}`, model: `Model${end}` },
		...{ project: `plan ${end}`, fn: `f${end}`, word: `w${end}` },
	};
}

/** Two features, a model, a project with an object that has both, and a join of them. */
async function furnish() {
	const at = names();
	const feature = (df_name: string, df_type: string) =>
		page.ok("create_device_feature", { df_name, df_type, df_parameter: [{}] }) as Promise<{
			df_id: number;
		}>;
	const { df_id: input } = await feature(at.input, "input");
	const { df_id: output } = await feature(at.output, "output");
	const df_list = [{ df_id: input }, { df_id: output }];
	const made = await page.ok("create_device_model", { dm_name: at.model, df_list });
	const { dm_id } = made as { dm_id: number };
	const { p_id } = (await page.ok("create_project", { p_name: at.project })) as { p_id: number };
	const df = [at.input, at.output];
	const object = await page.ok("create_device_object", { p_id, dm_id, df });
	const { do_id } = object as { do_id: number };
	const info = (await page.ok("get_project_info", { p_id })) as Record<"ido" | "odo", Block[]>;
	const source = info.ido[0]?.dfo[0]?.dfo_id ?? 0;
	const target = info.odo[0]?.dfo[0]?.dfo_id ?? 0;
	const dfo_ids = [source, target];
	const join = await page.ok("create_na", { p_id, na_name: "j", na_idx: 0, dfo_ids });
	const { na_id } = join as { na_id: number };
	return { at, input, output, dm_id, p_id, do_id, source, target, na_id };
}
interface Block {
	readonly dfo: readonly { readonly dfo_id: number }[];
}

/** A registered device of a model, online. */
async function device(model: string, mac: string = crypto.randomUUID()) {
	const response = await fetch(`${server.http}/${mac}`, {
		method: "PUT",
		headers: { "content-type": "application/json" },
		body: JSON.stringify({
			name: "dev",
			profile: { model, u_name: teacher.name },
			accept_protos: ["mqtt"],
			idf_list: [["In", ["x"]]],
		}),
	});
	const text = await response.text();
	expect([response.status, text]).toEqual([200, text]);
	const { rev } = JSON.parse(text) as { rev: string };
	const client = await server.connect();
	await client.subscribe(`${mac}/ctrl/o`);
	const online = async () =>
		client.publish(`${mac}/ctrl/i`, { state: "online", rev }, { retain: false });
	const leave = () =>
		fetch(`${server.http}/${mac}`, {
			method: "DELETE",
			headers: { "content-type": "application/json" },
			body: JSON.stringify({ rev }),
		});
	return { mac, client, online, leave };
}

describe("every operation answers in its shape:", () => {
	const step = story("one after another, and no other is answered");
	step("projects", async () => {
		const { project } = names();
		const { p_id } = await is("create_project", { p_name: project }, { p_id: ID });
		const row = some({ p_id, p_name: project, status: "off", sim: "off", restart: false });
		await is("get_project_list", {}, listOf(row));
		await is("get_project_status", { p_id }, "off");
		await is("search_project", { p_name: project }, p_id);
		await is("search_project", { p_name: `${project}?` }, null);
		await is("get_project_info", { p_id }, some({ p_id, na: [], ido: [], odo: [] }));
		await is("update_project", { p_id, status: "on" }, { p_id, status: "on" });
		await is("get_project_status", { p_id }, "on");
		const renamed = { p_id, p_name: `${project}2` };
		await is("rename_project", { p_id, newname: renamed.p_name, ctx: {} }, renamed);
		await is("turn_on_simulation", { p_id }, "on");
		await is("get_simulation_status", { p_id }, "on");
		await is("turn_off_simulation", { p_id }, "off");
		await is("update_simulation", { p_id, sim: "on" }, { p_id, sim: "on" });
		await is("delete_project", { p_id }, { p_id });
	});

	step("device objects and their features", async () => {
		const { at, p_id, dm_id, do_id, source, input, output } = await furnish();
		const df = [at.input];
		const made = await is("create_device_object", { p_id, dm_id, df }, { do_id: ID });
		await is("update_device_object", { do_id: made.do_id, p_id, df }, { do_id: made.do_id });
		const info = some({ dm_id, df_list: listOf(some({ df_id: input })), do: some({ do_id }) });
		await is("get_device_object_info", { do_id, p_id }, info);
		const wish = { do_id: made.do_id, df_id: output, alias_name: "lamp" };
		const port = await is("create_device_feature_object", wish, { dfo_id: ID });
		const dfo_id = port.dfo_id;
		const shown = some({ dfo_id, df_id: output, alias_name: "lamp", dm_name: at.model });
		await is("get_device_feature_object_info", { dfo_id, p_id }, shown);
		await is("delete_device_feature_object", { dfo_id, do_id: made.do_id }, { dfo_id });
		const update = { dfo_id: source, alias_name: "door", df_parameter: [{ min: 1, max: 2 }] };
		await is("update_device_feature_object", update, { dfo_id: source });
		await is("delete_device_object", { do_id: made.do_id }, { do_id: made.do_id });
	});

	step("joins and links", async () => {
		const { p_id, na_id, source, target, do_id, at, dm_id } = await furnish();
		const dfo_ids = [source, target];
		const data = { p_id, na_name: "other", na_idx: 1, dfo_ids };
		const made = await is("create_na", data, { na_id: ID });
		const update = { na_id, na_name: "j2", multiplejoin_fn_id: null, dfm_list: [] };
		await is("update_na", update, { na_id });
		const item = some({ na_id, na_name: "j2", input: [some({ dfo_id: source })] });
		await is("get_na_list", { p_id }, { p_id, na: listOf(item) });
		const sides = { input: [some({ dfo_id: source })], output: [some({ dfo_id: target })] };
		await is("get_na_info", { na_id, p_id }, some({ na_id, ...sides, multiple: [some({})] }));
		await is("get_na_monitor", { na_id, p_id, aa_credential_id: null }, sides);
		// The project is off: there is no graph to look into.
		expect(await page.announcement("monitor_anno")).toBe("");
		const more = await page.ok("create_device_object", { p_id, dm_id, df: [at.input] });
		const info = (await page.ok("get_project_info", { p_id })) as { ido: (Block & Json)[] };
		const block = info.ido.find((one) => one.do_id === (more as Json).do_id);
		const link = { na_id, dfo_id: block?.dfo[0]?.dfo_id };
		await is("create_link", link, { na_id });
		await is("delete_link", link, { na_id });
		// The join goes with its only input.
		await is("delete_link", { na_id, dfo_id: source }, null);
		await is("delete_na", { na_id: made.na_id }, { na_id: made.na_id });
		expect(do_id).toBePositive();
	});

	step("functions", async () => {
		const { at, input, source, na_id } = await furnish();
		const versions = { fn_id: ID, fnvt_idx: ID };
		const made = await is("create_function", { fn_name: at.fn, code: SOURCE }, versions);
		const { fn_id, fnvt_idx } = made;
		await is("update_function", { fn_id, code: `${SOURCE}#\n` }, versions);
		const item = { fn_id, fn_name: at.fn, is_protect: false };
		await is("get_function_list", {}, { fn_list: listOf(item) });
		const info = { name: at.fn, fnvt_idx: ID, code: `${SOURCE}#\n`, date: expect.any(String) };
		await is("get_function_info", { fn_id }, info);
		await is("get_function_info", { fnvt_idx }, { ...info, fnvt_idx, code: SOURCE });
		await is("get_function_version_list", { fn_id }, { fnvt_list: [some({}), some({})] });
		await is("create_functionSDF", { fn_id, df_id: input }, { fn_id, df_id: input });
		await is("create_functionSDF", { fn_id }, { fn_id, df_id: null });
		await is("get_device_feature_function_list", { df_id: input }, { fn_list: [item] });
		await is("get_na_function_list", {}, { fn_list: listOf(item) });
		const lists = { fn_list: listOf(item), other_fn_list: expect.any(Array) };
		const ofPort = { df_id: input, dfo_id: source, df_name: at.input, dfm_fn_list: [null] };
		await is("get_dfo_function_info", { dfo_id: source }, { ...ofPort, ...lists });
		const ofJoin = { df_id: null, dfo_id: null, df_name: null, multiplejoin_fn_id: null };
		await is("get_dfo_function_info", { na_id }, { ...ofJoin, ...lists });
		await is("delete_functionSDF", { fn_id, df_id: input }, { fn_id, df_id: input });
		await is("delete_functionSDF", { fn_id }, { fn_id, df_id: null });
		await is("delete_function", { fn_id }, { fn_id });
	});

	step("features, models and their parameters", async () => {
		const at = names();
		const feature = { df_name: at.input, df_type: "input", df_parameter: [{}, {}] };
		const { df_id } = await is("create_device_feature", feature, { df_id: ID });
		const change = { df_id, df_type: "input", df_parameter: [{}, {}], df_category: at.word };
		await is("update_device_feature", change, { df_id });
		const lists = { input: listOf(some({ df_id, param_no: 2 })), output: [] };
		await is("get_device_feature_list", { df_category: at.word }, lists);
		await is("get_device_feature_info", { df_id }, some({ df_parameter: [some({}), some({})] }));
		await is("search_device_feature", { df_name: at.input }, df_id);
		await is("search_device_feature", { df_name: at.word }, null);
		const categories = await is("get_device_feature_category_list", {}, some({}));
		expect(categories.dfc_list).toEqual(listOf({ dfc_id: ID, dfc_name: at.word }));
		const category = { dfc_id: ID, dfc_name: `${at.word}2` };
		await is("create_device_feature_category", { dfc_name: category.dfc_name }, category);
		const row = (min: number, owner: Json) =>
			some({ min, param_i: expect.any(Number), df_id: null, mf_id: null, ...owner });
		const two = (min: number, owner: Json) => ({
			df_parameter: [row(min, owner), row(min, owner)],
		});
		const write = [{ min: 3 }, { min: 3 }];
		await is("create_device_feature_parameter", { df_id, df_parameter: write }, two(3, { df_id }));
		await is("get_device_feature_parameter", { df_id }, two(3, { df_id }));
		const model = { dm_name: at.model, df_list: [{ df_id }] };
		const { dm_id } = await is("create_device_model", model, { dm_id: ID });
		await is("update_device_model", { ...model, dm_id, plural: true }, { dm_id });
		await is("get_device_model_list", {}, { dm_list: listOf(some({ dm_id, plural: true })) });
		const info = await is("get_device_model_info", { dm_id }, some({ dm_name: at.model }));
		await is("search_device_model", { dm_name: at.model }, dm_id);
		const [{ mf_id }] = info.df_list as [{ mf_id: number }];
		const other = [{ min: 4 }, { min: 4 }];
		await is("update_device_feature_parameter", { mf_id, df_parameter: other }, two(4, { mf_id }));
		await is("delete_device_feature_parameter", { mf_id }, two(3, { mf_id }));
		const { tag_id } = await is("create_tag", { tag_name: at.word, param_no: 2 }, { tag_id: ID });
		const tag = { tag_id, tag_name: at.word, param_no: 2 };
		await is("get_tag_list", {}, { tag_list: listOf(tag) });
		await is("save_dm_df_tag", { mf_id, tag_id }, { mf_id, tag_id });
		await is("get_dm_df_tag", { mf_id }, { mf_id, tags: [tag] });
		await is("delete_dm_df_tag", { mf_id }, { mf_id });
		const unit = await is("create_unit", { unit_name: at.word }, { unit_id: ID });
		await is("get_unit_list", {}, { unit_list: listOf({ ...unit, unit_name: at.word }) });
		const types = ["int", "float", "boolean", "void", "string", "json"];
		await is("get_type_list", {}, { type_list: types });
		await is("delete_device_model", { dm_id }, { dm_id });
		await is("delete_device_feature", { df_id }, { df_id });
	});

	step("devices, with announcements to those whom they concern", async () => {
		const { at, p_id, do_id, source } = await furnish();
		const other = await (await server.register()).open();
		const { mac, client, online, leave } = await device(at.model);
		expect(await page.announcement("offline", { id: mac })).toMatchObject({ d_id: ID });
		await online();
		const came = await page.announcement("online", { id: mac });
		const { d_id } = came as { d_id: number };
		expect(came).toEqual(some({ id: mac, name: "dev", d_id, profile: some({ model: at.model }) }));
		const row = some({ d_id, mac_addr: mac, status: "online" });
		await is("get_device_list", { do_id }, { do_id, device_list: [row] });
		await is("bind_device", { do_id, d_id }, { d_name: "dev" });
		const place = { mac_addr: mac, df_name: at.input };
		await is("set_alias_name", { ...place, alias_name: "door" }, { alias_name: "door" });
		expect(await page.announcement("change_alias", { dfo_id: source })).toEqual({ dfo_id: source });
		await is("get_alias_name", place, { alias_name: "door" });
		// By REST as well.
		await teacher.ok("POST", `/alias/${mac}/${at.input}`, { alias_name: "gate" });
		expect(await page.announcement("change_alias", { dfo_id: source })).toEqual({ dfo_id: source });
		await is("unbind_device", { do_id }, { do_id });
		expect((await leave()).status).toBe(200);
		expect(await page.announcement("deregister", { d_id })).toEqual({ d_id });
		await client.end();
		// Another teacher's page heard nothing of this device.
		await other.ok("get_project_list");
		expect(other.client.inbox.waiting).toEqual([]);
		expect(p_id).toBePositive();
	});

	step("no other", async () => {
		expect([...GuiAdapter.operations].filter((op) => !asked.has(op))).toEqual([]);
		for (const op of ["admin_user_list", "change_password", "delete_account", "constructor"]) {
			const reply = await page.ask(op);
			expect(reply).toMatchObject({ state: "error", msg: `operation \`${op}\` not found` });
		}
		await page.send({ op: ["x"], _id: page.token, flag: "list" });
		const reply = await page.reply("a list", ({ flag }) => flag === "list");
		expect(reply).toMatchObject({ state: "error", msg: "operation `x` not found" });
	});
});

test("what a page changes is seen over REST, and the other way round", async () => {
	const { p_id, source, na_id } = await furnish();
	await page.ok("update_device_feature_object", { dfo_id: source, alias_name: "door" });
	const shown = async () => JSON.stringify(await teacher.ok("GET", `/project/${p_id}`));
	expect(await shown()).toContain(`"alias_name":"door"`);
	expect(await page.announcement("change_alias", { dfo_id: source })).toEqual({ dfo_id: source });
	await teacher.ok("POST", `/project/${p_id}/na/${na_id}`, { na_name: "by REST" });
	expect(await page.ok("get_na_list", { p_id })).toMatchObject({ na: [{ na_name: "by REST" }] });
});

describe("a page", () => {
	test("attaches again, with what it sends; ids that are none are ignored", async () => {
		const client = await server.connect();
		for (const id of ["nonsense", "", "a/b", "x".repeat(1000)]) {
			await client.publish(`iottalk/api/gui/req/${id}`, { op: "attach" });
		}
		const own = new Page(client, crypto.randomUUID(), undefined);
		await own.listen();
		const attach = { ref: "x", deep: { y: [1, null] } };
		const reply = { op: "attach", ...attach, state: "ok" };
		expect(await own.attach(attach)).toEqual(reply);
		expect(await own.attach(attach)).toEqual(reply);
		await own.send({ op: "detach", data: { credential_id: own.id } });
		expect(await own.reply("detach", ({ op }) => op === "detach")).toMatchObject({ state: "ok" });
		const refused = { op: "anno", state: "Authentication Fail" };
		expect(await own.ask("get_project_list")).toEqual(refused);
		await client.end();
	});

	test("gets one clear answer to what is not a request", async () => {
		const own = await teacher.open();
		const { client, res, id } = own;
		const answer = async (payload: string | Buffer) => {
			await client.publish(`iottalk/api/gui/req/${id}`, payload);
			return JSON.parse((await client.next(res)).text) as Json;
		};
		const wrong = { op: "anno", state: "error", msg: "a request is a JSON object in UTF-8" };
		for (const text of ["", "{", "[]", "null", `"attach"`])
			expect(await answer(text)).toEqual(wrong);
		expect(await answer(Buffer.from([0xff, 0x7b]))).toEqual(wrong);
		const deep = `{"op":${"[".repeat(500)}${"]".repeat(500)}}`;
		expect(await answer(deep)).toMatchObject({ msg: "the request nests too deep" });
		const tooLong = await own.ask("get_project_info", { p_id: "x".repeat(300) });
		expect(tooLong.state).toBe("error");
		await own.ok("get_project_list");
		await client.end();
	});

	test("that asks for many things at once gets an answer to each", async () => {
		const own = await teacher.open();
		const replies = await Promise.all(
			Array.from({ length: 2 * MAX_IN_FLIGHT }, () => own.ask("get_project_list")),
		);
		for (const { state, msg } of replies) {
			if (state !== "ok") expect(msg).toContain(`more than ${MAX_IN_FLIGHT} requests`);
		}
		await own.ok("get_project_list");
		await own.client.end();
	});

	test("that asks too fast is told so once, and goes on later", async () => {
		const own = await teacher.open();
		for (let n = 0; n < 400; n++) own.client.raw.publish(`iottalk/api/gui/req/${own.id}`, "{}");
		const isTold = ({ msg }: Json) =>
			typeof msg === "string" && msg.startsWith("too many requests");
		await own.reply("the flood", isTold);
		await until(async () => {
			const reply = await own.ask("get_project_list").catch(() => undefined);
			return reply?.state === "ok";
		}, "an answer again");
		await own.client.end();
	});
});

describe("strangers", () => {
	const get = "get_project_list";

	test("without a login get no token, may attach and are shown nothing", async () => {
		const identity = await server.stranger.identity();
		expect(identity._id).toBeUndefined();
		const own = await server.stranger.open();
		for (const quoted of [undefined, null, "", "x", 5, own.id, teacher.cookie.split("=")[1]]) {
			expect(await own.ask(get, {}, quoted)).toEqual(UNKNOWN);
		}
		const { mac, client } = await device(names().model);
		await page.announcement("offline", { id: mac });
		expect(own.client.inbox.waiting).toEqual([]);
		await client.end();
		await own.client.end();
	});

	test("with another page's token, or on a second connection", async () => {
		const victim = await teacher.open();
		const thief = await server.stranger.open();
		// Also before the page has used it itself.
		const fresh = await teacher.identity();
		for (const token of [victim.token, fresh._id, page.token]) {
			expect(await thief.ask(get, {}, token)).toEqual(UNKNOWN);
		}
		const client = await server.connect();
		expect(await client.maySubscribe(victim.res)).toBe(false);
		await client.publish(`iottalk/api/gui/req/${victim.id}`, { op: "detach" });
		await victim.ok(get);
		// When the page has left, its token is worth nothing anywhere.
		victim.client.vanish();
		await until(() => client.maySubscribe(victim.res), "the page's end");
		const second = new Page(client, victim.id, victim.token);
		await second.listen();
		await second.attach({ _id: victim.token });
		expect(await second.ask(get)).toEqual(UNKNOWN);
	});

	test("whose session has ended, or account, are told so and shown nothing more", async () => {
		const person = await server.register();
		const own = await person.open();
		const later = await person.open();
		await own.ok(get);
		await person.ok("GET", "/account/logout");
		expect(await own.ask(get)).toEqual(UNKNOWN);
		await later.reply("the end", ({ state }) => state === "Authentication Fail");
		const again = await server.logIn(person.name);
		const last = await again.open();
		await again.ok("DELETE", "/account");
		expect(await last.ask(get)).toEqual(UNKNOWN);
	});

	test("at others' projects, which look as if they were not there", async () => {
		const { p_id, na_id, do_id, source } = await furnish();
		const own = await (await server.register()).open();
		const tries: [string, Json][] = [
			["get_project_info", { p_id }],
			["get_project_status", { p_id }],
			["delete_project", { p_id }],
			["get_na_monitor", { na_id, p_id }],
			["delete_na", { na_id }],
			["delete_device_object", { do_id }],
			["create_device_feature_object", { do_id, df_id: 1 }],
			["get_dfo_function_info", { dfo_id: source }],
			["turn_on_simulation", { p_id }],
		];
		for (const [op, data] of tries) {
			const [theirs, none] = [await own.ask(op, data), await own.ask(op, unknownOf(data))];
			expect([op, theirs.state]).toEqual([op, "error"]);
			const blank = (text: unknown) => String(text).replace(/\d+/, "N");
			expect([op, blank(theirs.msg)]).toEqual([op, blank(none.msg)]);
		}
	});
});

/** The same with ids of nothing. */
function unknownOf(data: Json): Json {
	return Object.fromEntries(Object.keys(data).map((key) => [key, 999_999_999]));
}

test("nothing of the page API is heard by anyone else, and no token is in the log", async () => {
	const spy = await server.connect();
	await spy.subscribe("#");
	await spy.subscribe("iottalk/api/gui/res/+");
	await page.ok("get_project_list");
	await spy.publish("fence", "x");
	await spy.next("fence");
	const overheard = spy.inbox.waiting.filter(({ topic }) => topic.startsWith("iottalk/api/gui/"));
	expect(overheard).toEqual([]);
	expect(server.log).not.toContain(String(page.token));
	await spy.end();
});

/** A page written with paho: its last will is its detach, as of the original's pages. */
const PAHO = `
import json, sys, paho.mqtt.client as mqtt
port, page, token = int(sys.argv[1]), sys.argv[2], sys.argv[3]
req, res = f'iottalk/api/gui/req/{page}', f'iottalk/api/gui/res/{page}'
client = mqtt.Client()
def say(**message): client.publish(req, json.dumps(message), qos=2)
def on_message(client, _, message):
    reply = json.loads(message.payload)
    print(json.dumps(reply), flush=True)
    if reply['op'] == 'attach': say(op='get_project_list', data={}, _id=token, flag='f')
    if reply['op'] == 'get_project_list': client.disconnect()
client.on_connect = lambda *_: client.subscribe(res, 2)
client.on_subscribe = lambda *_: say(op='attach', ref=[1, None, 'x'])
client.on_message = on_message
client.will_set(req, json.dumps({'op': 'detach', 'data': {'credential_id': page}}), 2)
client.connect('127.0.0.1', port)
client.loop_forever()
`;

test("a paho client attaches and asks", async () => {
	const { id, _id } = await teacher.identity();
	const port = new URL(server.mqtt).port;
	const child = Bun.spawn(["/usr/bin/python3", "-c", PAHO, port, id, _id ?? ""]);
	const lines = (await within(new Response(child.stdout).text(), "the paho client's end")).trim();
	const replies = lines.split("\n").map((line) => JSON.parse(line));
	const answered = { op: "get_project_list", state: "ok", flag: "f", data: expect.any(Array) };
	expect(replies).toEqual([{ op: "attach", ref: [1, null, "x"], state: "ok" }, some(answered)]);
});

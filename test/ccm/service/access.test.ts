// Every person × every operation: what one person must not see or change looks like what does not exist.
import { describe, expect, test } from "bun:test";
import { Refusal } from "../../../src/ccm/projects/refusal.ts";
import { OPERATIONS } from "../../../src/ccm/service/all-operations.ts";
import { GuiAdapter } from "../../../src/ccm/service/gui-adapter.ts";
import type { Person } from "../../../src/ccm/service/operation.ts";
import { ADMIN, CLASSMATE, Office, OTHER, PASSWORD, STUDENT, TEACHER } from "../support/office.ts";
import { DEVICE, furnish, SOURCE, type Workshop } from "../support/workshop.ts";

const PEOPLE = ["admin", "owner", "teacher", "editor", "viewer", "student", "nobody"] as const;
type Who = (typeof PEOPLE)[number];

const PERSONS: Readonly<Record<Who, Person | null>> = {
	admin: ADMIN,
	owner: TEACHER,
	teacher: OTHER,
	editor: STUDENT,
	viewer: STUDENT,
	student: STUDENT,
	nobody: null,
};

/** Answers in the order of PEOPLE: 0 = done. */
type Row = readonly [number, number, number, number, number, number, number];
const EVERYONE: Row = [0, 0, 0, 0, 0, 0, 401];
const TEACHERS: Row = [0, 0, 0, 403, 403, 403, 401];
const ADMINS: Row = [0, 403, 403, 403, 403, 403, 401];
const LOOK: Row = [0, 0, 404, 0, 0, 404, 401];
const EDIT: Row = [0, 0, 404, 0, 404, 404, 401];
/** The owner has made all there is, and no one has undone anything. */
const UNDO: Row = [409, 0, 404, 409, 404, 404, 401];
const REDO: Row = [409, 409, 404, 409, 404, 404, 401];
const OWN: Row = [0, 0, 404, 404, 404, 404, 401];
const OWN_TEACHER: Row = [0, 0, 404, 403, 403, 403, 401];
/** Of the person's own only, in every role. */
const SELF: Row = [404, 0, 404, 404, 404, 404, 401];
/** The same, for teachers. */
const SELF_TEACHER: Row = [404, 0, 404, 403, 403, 403, 401];
/** The function of a teacher. */
const FUNCTION: Row = [0, 0, 404, 404, 404, 404, 401];

type Case = readonly [Row, (at: Workshop) => Record<string, unknown>];

const CASES: Readonly<Record<string, Case>> = {
	create_project: [TEACHERS, () => ({ p_name: "new" })],
	get_audit: [ADMINS, () => ({})],
	get_project_list: [EVERYONE, () => ({})],
	get_project_info: [LOOK, ({ p }) => ({ p_id: p })],
	update_project: [EDIT, ({ p }) => ({ p_id: p, status: "on" })],
	rename_project: [OWN, ({ p }) => ({ p_id: p, newname: "other" })],
	delete_project: [OWN, ({ p }) => ({ p_id: p })],
	get_simulation_status: [LOOK, ({ p }) => ({ p_id: p })],
	update_simulation: [EDIT, ({ p }) => ({ p_id: p, sim: "on" })],
	get_project_outline: [LOOK, ({ p }) => ({ p_id: p })],
	copy_project: [OWN_TEACHER, ({ p }) => ({ p_id: p, p_name: "copy" })],
	// It is not shared with a student.
	copy_project_for_members: [[400, 400, 404, 403, 403, 403, 401], ({ p }) => ({ p_id: p })],
	change_project: [
		EDIT,
		({ p }) => ({ p_id: p, base_rev: 0, changes: [{ kind: "set_status", status: "on" }] }),
	],
	undo_project: [UNDO, ({ p }) => ({ p_id: p })],
	redo_project: [REDO, ({ p }) => ({ p_id: p })],
	get_projects: [EVERYONE, () => ({})],
	get_project_document: [LOOK, ({ p }) => ({ p_id: p })],
	share_project: [OWN_TEACHER, ({ p }) => ({ p_id: p, u_id: CLASSMATE.u_id, may: "look" })],
	unshare_project: [OWN_TEACHER, ({ p }) => ({ p_id: p, u_id: CLASSMATE.u_id })],
	get_project_members: [OWN_TEACHER, ({ p }) => ({ p_id: p })],
	get_account: [EVERYONE, () => ({})],
	// The last administrator stays.
	delete_account: [[400, 0, 0, 0, 0, 0, 401], () => ({})],
	change_password: [EVERYONE, () => ({ old_password: PASSWORD, password: "another password" })],
	get_people: [TEACHERS, () => ({})],
	create_person: [TEACHERS, () => ({ username: "eve", password: "pw", role: "student" })],
	create_students: [TEACHERS, () => ({ students: [{ username: "eve", password: "pw" }] })],
	set_role: [ADMINS, () => ({ u_id: OTHER.u_id, role: "admin" })],
	set_active: [ADMINS, () => ({ u_id: OTHER.u_id, is_active: false })],
	create_registration_code: [ADMINS, () => ({ days: 1, count: 2 })],
	remove_registration_codes: [ADMINS, () => ({})],
	admin_user_list: [ADMINS, () => ({})],
	admin_user_pass: [ADMINS, () => ({ id: OTHER.u_id, password: "new" })],
	admin_user_switch: [ADMINS, () => ({ id: OTHER.u_id, is_admin: true })],
	admin_user_delete: [ADMINS, () => ({ id: OTHER.u_id })],
	admin_project_list: [ADMINS, () => ({})],
	admin_project_stop: [ADMINS, ({ p }) => ({ p_id: p, u_id: TEACHER.u_id })],
	admin_project_delete: [ADMINS, ({ p }) => ({ p_id: p, u_id: TEACHER.u_id })],
	admin_device_list: [ADMINS, () => ({})],
	admin_device_unbind: [ADMINS, ({ device }) => ({ d_id: device })],
	create_device_object: [EDIT, ({ p, fooModel, foo }) => ({ p_id: p, dm_id: fooModel, df: [foo] })],
	get_device_object_info: [LOOK, ({ fooObject }) => ({ do_id: fooObject })],
	update_device_object: [EDIT, ({ fooObject, foo }) => ({ do_id: fooObject, df: [foo] })],
	delete_device_object: [EDIT, ({ fooObject }) => ({ do_id: fooObject })],
	get_device_feature_object_info: [LOOK, ({ input }) => ({ dfo_id: input })],
	update_device_feature_object: [EDIT, ({ input }) => ({ dfo_id: input, alias_name: "Door" })],
	get_device_list: [LOOK, ({ fooObject }) => ({ do_id: fooObject })],
	bind_device: [EDIT, ({ fooObject, device }) => ({ do_id: fooObject, d_id: device })],
	unbind_device: [EDIT, ({ fooObject }) => ({ do_id: fooObject })],
	claim_device: [SELF_TEACHER, ({ device }) => ({ d_id: device })],
	get_alias_name: [SELF, () => ({ mac_addr: DEVICE, df_name: "foo" })],
	set_alias_name: [SELF, () => ({ mac_addr: DEVICE, df_name: "foo", alias_name: "Door" })],
	create_na: [
		EDIT,
		({ p, input, output }) => ({ p_id: p, na_name: "J", na_idx: 5, dfo_ids: [input, output] }),
	],
	get_na_list: [LOOK, ({ p }) => ({ p_id: p })],
	get_na_info: [LOOK, ({ fooJoin }) => ({ na_id: fooJoin })],
	update_na: [EDIT, ({ fooJoin }) => ({ na_id: fooJoin, na_name: "K" })],
	delete_na: [EDIT, ({ fooJoin }) => ({ na_id: fooJoin })],
	create_link: [
		EDIT,
		({ fooJoin, second }: Workshop & { second?: number }) => ({ na_id: fooJoin, dfo_id: second }),
	],
	delete_link: [EDIT, ({ fooJoin, input }) => ({ na_id: fooJoin, dfo_id: input })],
	create_function: [TEACHERS, () => ({ fn_name: "new", code: SOURCE })],
	update_function: [OWN_TEACHER, ({ fn }) => ({ fn_id: fn, code: SOURCE })],
	delete_function: [OWN_TEACHER, ({ fn }) => ({ fn_id: fn })],
	get_function_list: [EVERYONE, () => ({})],
	get_device_feature_function_list: [EVERYONE, ({ foo }) => ({ df_id: foo })],
	get_na_function_list: [EVERYONE, () => ({})],
	get_function_info: [FUNCTION, ({ fn }) => ({ fn_id: fn })],
	get_function_version_info: [FUNCTION, () => ({ fnvt_idx: 1 })],
	get_function_version_list: [FUNCTION, ({ fn }) => ({ fn_id: fn })],
	create_functionSDF: [OWN_TEACHER, ({ fn, foo }) => ({ fn_id: fn, df_id: foo })],
	create_join_functionSDF: [OWN_TEACHER, ({ fn }) => ({ fn_id: fn })],
	delete_functionSDF: [OWN_TEACHER, ({ fn, foo }) => ({ fn_id: fn, df_id: foo })],
	delete_join_functionSDF: [OWN_TEACHER, ({ fn }) => ({ fn_id: fn })],
	get_device_feature_list: [EVERYONE, () => ({})],
	create_device_feature: [
		TEACHERS,
		() => ({ df_name: "new", df_type: "input", df_parameter: [{}] }),
	],
	get_device_feature_info: [EVERYONE, ({ foo }) => ({ df_id: foo })],
	update_device_feature: [
		OWN_TEACHER,
		({ foo }) => ({ df_id: foo, df_type: "input", df_parameter: [{}, {}, {}] }),
	],
	delete_device_feature: [
		OWN_TEACHER,
		({ free }: Workshop & { free?: number }) => ({ df_id: free }),
	],
	get_device_model_list: [EVERYONE, () => ({})],
	create_device_model: [TEACHERS, ({ foo }) => ({ dm_name: "new", df_list: [{ df_id: foo }] })],
	get_device_model_info: [EVERYONE, ({ fooModel }) => ({ dm_id: fooModel })],
	update_device_model: [
		OWN_TEACHER,
		({ spare, foo }: Workshop & { spare?: number }) => ({
			dm_id: spare,
			dm_name: "Spare",
			df_list: [{ df_id: foo }],
		}),
	],
	get_project_status: [LOOK, ({ p }) => ({ p_id: p })],
	search_project: [EVERYONE, () => ({ p_name: "plan" })],
	search_device_feature: [EVERYONE, () => ({ df_name: "foo" })],
	search_device_model: [EVERYONE, () => ({ dm_name: "FooModel" })],
	create_device_feature_object: [
		EDIT,
		({ narrow, bar }: Workshop & { narrow?: number }) => ({ do_id: narrow, df_id: bar }),
	],
	delete_device_feature_object: [
		EDIT,
		({ fooObject, input }) => ({ do_id: fooObject, dfo_id: input }),
	],
	get_device_feature_parameter: [EVERYONE, ({ foo }) => ({ df_id: foo })],
	create_device_feature_parameter: [
		OWN_TEACHER,
		({ foo }) => ({ df_id: foo, df_parameter: [{}, { min: 1 }, {}] }),
	],
	update_device_feature_parameter: [
		OWN_TEACHER,
		({ member }: Workshop & { member?: number }) => ({
			mf_id: member,
			df_parameter: [{}, { min: 1 }, {}],
		}),
	],
	delete_device_feature_parameter: [
		OWN_TEACHER,
		({ member }: Workshop & { member?: number }) => ({ mf_id: member }),
	],
	get_device_feature_category_list: [EVERYONE, () => ({})],
	create_device_feature_category: [TEACHERS, () => ({ dfc_name: "new" })],
	get_unit_list: [EVERYONE, () => ({})],
	create_unit: [TEACHERS, () => ({ unit_name: "new" })],
	get_tag_list: [EVERYONE, () => ({})],
	create_tag: [TEACHERS, () => ({ tag_name: "new", param_no: 1 })],
	delete_unit: [ADMINS, ({ unit }: Workshop & { unit?: number }) => ({ unit_id: unit })],
	delete_tag: [ADMINS, ({ tag }: Workshop & { tag?: number }) => ({ tag_id: tag })],
	get_catalog: [EVERYONE, () => ({})],
	get_device_model_uses: [EVERYONE, ({ fooModel }) => ({ dm_id: fooModel })],
	get_device_feature_uses: [EVERYONE, ({ foo }) => ({ df_id: foo })],
	change_device_model: [
		OWN_TEACHER,
		({ spare, foo }: Workshop & { spare?: number }) => ({
			dm_id: spare,
			dm_name: "Spare",
			df_list: [{ df_id: foo }],
		}),
	],
	import_seed: [ADMINS, () => ({ file: { Unit: [{ unit_name: "new" }] } })],
	get_type_list: [EVERYONE, () => ({})],
	get_dm_df_tag: [EVERYONE, ({ member }: Workshop & { member?: number }) => ({ mf_id: member })],
	save_dm_df_tag: [
		OWN_TEACHER,
		({ member, tag }: Workshop & { member?: number; tag?: number }) => ({
			mf_id: member,
			tag_id: tag,
		}),
	],
	delete_dm_df_tag: [
		OWN_TEACHER,
		({ member }: Workshop & { member?: number }) => ({ mf_id: member }),
	],
	get_na_monitor: [LOOK, ({ fooJoin }) => ({ na_id: fooJoin })],
	get_dfo_function_info: [LOOK, ({ input }) => ({ dfo_id: input })],
	turn_on_simulation: [EDIT, ({ p }) => ({ p_id: p })],
	turn_off_simulation: [EDIT, ({ p }) => ({ p_id: p })],
	export_project: [OWN, ({ p }) => ({ p_id: p })],
	import_project: [
		TEACHERS,
		() => ({
			p_name: "new",
			file: { project: { p_name: "x", DeviceObject: {}, NetworkApplication: [] } },
		}),
	],
	make_invitation: [EDIT, ({ p, fooObject }) => ({ p_id: p, do_id: fooObject })],
	get_invitation: [EDIT, ({ p, fooObject }) => ({ p_id: p, do_id: fooObject })],
	end_invitation: [EDIT, ({ p, fooObject }) => ({ p_id: p, do_id: fooObject })],
	remove_seat: [EDIT, ({ p, barObject }) => ({ p_id: p, do_id: barObject, seat: 0 })],
	get_project_log: [LOOK, ({ p }) => ({ p_id: p })],
	get_templates: [EVERYONE, () => ({})],
	create_project_from_template: [TEACHERS, () => ({ name: "thermometer" })],
	get_registration_codes: [ADMINS, () => ({})],
	list_devices: [EVERYONE, () => ({})],
	claim_registered_device: [SELF_TEACHER, () => ({ mac_addr: DEVICE })],
	release_device: [OWN_TEACHER, () => ({ mac_addr: DEVICE })],
	// CSM does not know it: there are no features to make one of.
	create_model_of_device: [
		[400, 400, 404, 403, 403, 403, 401],
		() => ({ mac_addr: DEVICE, dm_name: "New" }),
	],
	list_functions: [EVERYONE, () => ({})],
	show_function: [FUNCTION, ({ fn }) => ({ fn_id: fn })],
	show_function_uses: [FUNCTION, ({ fn }) => ({ fn_id: fn })],
	add_function: [TEACHERS, () => ({ fn_name: "new", code: SOURCE })],
	save_function: [OWN_TEACHER, ({ fn }) => ({ fn_id: fn, code: SOURCE })],
	delete_device_model: [
		OWN_TEACHER,
		({ spare }: Workshop & { spare?: number }) => ({ dm_id: spare }),
	],
};

/** A workshop with a bound device, a feature and a model nothing uses, shared as the person needs it. */
async function prepare(who: Who) {
	const office = await Office.open(false);
	const at = await furnish(office);
	const bind = `/project/${at.p}/deviceobject/${at.barObject}/device/bind/${DEVICE}`;
	await office.store.write(async ({ devices }) => {
		const [device] = await devices.list({ mac_addr: DEVICE });
		if (device !== undefined) await devices.put({ ...device, dm_name: "BarModel" });
	});
	await office.ok(TEACHER, "POST", bind);
	await office.store.write(async ({ devices }) => {
		const [device] = await devices.list({ mac_addr: DEVICE });
		if (device !== undefined) await devices.put({ ...device, dm_name: "FooModel" });
	});
	await office.store.write(({ seats }) =>
		seats.add({ da_id: DEVICE, p_id: at.p, do_id: at.barObject, seat: 0, nickname: "小明" }),
	);
	const feature = { df_name: "free", df_type: "input", df_parameter: [{}] };
	const free = Number((await office.ok(TEACHER, "PUT", "/devicefeature", feature)).df_id);
	const model = { dm_name: "Spare", df_list: [{ df_id: at.foo }] };
	const spare = Number((await office.ok(TEACHER, "PUT", "/devicemodel", model)).dm_id);
	const [member] = await office.store.read(async ({ models }) => {
		return (await models.get(spare))?.members.map(({ mf_id }) => mf_id) ?? [];
	});
	const { tag, unit } = await office.store.write(async ({ tags, units, newId }) => {
		const tag_id = newId("tag");
		// The first one is "None", which stays.
		await units.put({ unit_id: newId("unit"), unit_name: "None" });
		const unit_id = newId("unit");
		await tags.put({ tag_id, tag_name: "T", param_no: 1 });
		await units.put({ unit_id, unit_name: "U" });
		return { tag: tag_id, unit: unit_id };
	});
	const object = { dm_id: at.fooModel, df: [at.foo] };
	const place = `/project/${at.p}/deviceobject`;
	const narrow = Number((await office.ok(TEACHER, "PUT", place, object)).do_id);
	const [project] = await office.store.read(({ projects }) => projects.list({ p_id: at.p }));
	const second = project?.blocks[1]?.ports[0]?.dfo_id ?? 0;
	if (who === "editor" || who === "viewer") {
		const may = who === "editor" ? "edit" : "look";
		const share = { p_id: at.p, u_id: STUDENT.u_id, may };
		await office.service.call("share_project", TEACHER, share);
	}
	return { office, at: { ...at, free, spare, second, member, tag, unit, narrow } };
}

/** Everything there is, as text. */
function contentOf({ store }: Office): Promise<string> {
	return store.read(async (tables) =>
		JSON.stringify([
			await tables.projects.list(),
			await tables.features.list(),
			await tables.models.list(),
			await tables.functions.list(),
			await tables.favourites.list(),
			await tables.members.list(),
			await tables.devices.list(),
			await tables.units.list(),
			await tables.tags.list(),
			await tables.people.list(),
			await tables.people.codes(0),
			await tables.invitations.list(),
			await tables.seats.list(),
		]),
	);
}

type Input = Record<string, unknown>;
/** Carries an operation out. @returns 0, or the status of the refusal; undefined: this API does not have it. */
type Enter = (
	office: Office,
	name: string,
	person: Person | null,
	input: Input,
	at: Workshop,
) => Promise<number | undefined>;

const APIS: Readonly<Record<string, Enter>> = {
	service: (office, name, person, input) =>
		office.service
			.call(name, person, input)
			.then(() => 0)
			.catch((error: unknown) => {
				if (error instanceof Refusal) return error.status;
				throw error;
			}),
	"REST v0": async (office, name, person, input, at) => {
		const rest = office.service.operations.get(name)?.rest;
		if (rest === undefined) return undefined;
		const body = { ...input };
		// Its paths name all that a part is in.
		const places: Input = { p_id: at.p, do_id: at.fooObject, na_id: at.fooJoin };
		const path = rest.path.replaceAll(/:(\w+)/g, (_, field: string) => {
			const value = String(body[field] ?? places[field]);
			delete body[field];
			return encodeURIComponent(value);
		});
		const { status } = await office.rest(person, rest.method, path, body);
		return status < 300 ? 0 : status;
	},
	"GUI API": async (office, op, person, data, at) => {
		if (![...GuiAdapter.operations].includes(op)) return undefined;
		const reply = await new GuiAdapter(office.service).answer({ op, data }, person);
		if (reply.state === "ok") return 0;
		if (reply.state === "Authentication failed") return 401;
		// It has words, no status: they are those of the service.
		return APIS.service?.(office, op, person, data, at);
	},
};

describe("people and operations", () => {
	test("are all in the table", () => {
		expect(OPERATIONS.map(({ name }) => name).sort()).toEqual(Object.keys(CASES).sort());
	});

	describe.each(Object.entries(APIS))("%s", (_, enter) => {
		test.each(PEOPLE.map((who, index): [Who, number] => [who, index]))(
			"%s may what the table says, and nothing else changes",
			async (who, index) => {
				const seen: Record<string, number | undefined> = {};
				const wanted: Record<string, number> = {};
				for (const [name, [row, input]] of Object.entries(CASES)) {
					const { office, at } = await prepare(who);
					const before = await contentOf(office);
					seen[name] = await enter(office, name, PERSONS[who], input(at), at);
					if (seen[name] === undefined) {
						delete seen[name];
						continue;
					}
					wanted[name] = row[index] ?? -1;
					if (seen[name] !== 0) expect(await contentOf(office)).toBe(before);
				}
				expect(seen).toEqual(wanted);
			},
		);
	});

	test("forbidden and unknown have the same words", async () => {
		const { office, at } = await prepare("student");
		const reasonOf = (path: string) =>
			office.rest(OTHER, "GET", path).then(({ status, body }) => `${status} ${body.reason}`);
		const same = async (path: (id: number) => string, id: number) =>
			expect((await reasonOf(path(id))).replaceAll(String(id), "N")).toBe(
				(await reasonOf(path(99_999))).replaceAll("99999", "N"),
			);
		await same((id) => `/project/${id}`, at.p);
		await same((id) => `/project/${at.p}/deviceobject/${id}`, at.fooObject);
		await same((id) => `/project/${at.p}/na/${id}`, at.fooJoin);
		await same((id) => `/function/${id}`, at.fn);
	});
});

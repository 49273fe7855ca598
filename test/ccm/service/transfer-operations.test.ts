import { beforeEach, describe, expect, test } from "bun:test";
import type { ExportFile } from "../../../src/ccm/projects/export-file.ts";
import { Refusal } from "../../../src/ccm/projects/refusal.ts";
import { Office, OTHER, TEACHER } from "../support/office.ts";
import { furnish, SOURCE, type Workshop } from "../support/workshop.ts";

let office: Office;
let at: Workshop;
let file: ExportFile;

const take = (pId: number, person = TEACHER) =>
	office.service.call("export_project", person, { p_id: pId }) as Promise<ExportFile>;
const bring = async (p_name: string, what: unknown, person = TEACHER) =>
	(await office.service.call("import_project", person, { p_name, file: what })) as { p_id: number };

/** Why a file is refused. */
async function refusal(what: unknown, p_name = "copy", person = TEACHER): Promise<string> {
	return bring(p_name, what, person).then(
		() => "taken",
		(error: unknown) => {
			if (error instanceof Refusal) return `${error.status} ${error.message}`;
			throw error;
		},
	);
}

beforeEach(async () => {
	office = await Office.open();
	at = await furnish(office);
	const dfmp_list = [
		{ param_i: 0, idf_type: "variant", fn_id: at.fn, min: 1, max: 5 },
		{ param_i: 1, normalization: true },
	];
	const changes = { multiplejoin_fn_id: at.fn, dfm_list: [{ dfo_id: at.input, dfmp_list }] };
	await office.ok(TEACHER, "POST", `/project/${at.p}/na/${at.fooJoin}`, changes);
	const port = `/project/${at.p}/deviceobject/${at.fooObject}/devicefeatureobject/${at.input}`;
	await office.ok(TEACHER, "POST", port, { alias_name: "教室" });
	file = await take(at.p);
});

describe("export and import", () => {
	test("name models, features and functions, and tie parts together by ids", () => {
		const { p_name, DeviceObject, NetworkApplication } = file.project;
		expect(p_name).toBe("plan");
		expect(DeviceObject[at.fooObject]).toEqual({
			...{ do_idx: 0, dm_name: "FooModel" },
			dfo: {
				[at.input]: { df_name: "foo", alias_name: "教室" },
				[at.output]: { df_name: "bar", alias_name: "bar" },
			},
		});
		expect(NetworkApplication[0]?.DF_Module[0]).toEqual({
			...{ dfo_id: at.input, param_i: 0, idf_type: "variant", min: 1, max: 5 },
			...{ normalization: false, fn_name: "twice" },
		});
		expect(NetworkApplication[0]?.MultipleJoin_Module).toEqual([
			{ param_i: 0, dfo_id: at.input, fn_name: "twice" },
		]);
	});

	test("and export again give the same file, but for its ids", async () => {
		const { p_id } = await bring("copy", JSON.parse(JSON.stringify(file)));
		const again = await take(p_id);
		const shape = ({ project }: ExportFile) => {
			const ids = Object.values(project.DeviceObject).flatMap(({ dfo }) => Object.keys(dfo));
			return {
				objects: Object.values(project.DeviceObject).map(({ dfo, ...rest }) => [
					rest,
					Object.values(dfo),
				]),
				joins: JSON.parse(JSON.stringify(project.NetworkApplication), (key, value) =>
					key === "dfo_id" ? ids.indexOf(String(value)) : value,
				),
			};
		};
		expect(shape(again)).toEqual(shape(file));
		const project = await office.store.read(({ projects }) => projects.get(p_id));
		expect(project).toMatchObject({ status: "off", p_name: "copy", u_id: TEACHER.u_id });
	});

	test("refuse what is missing with all its names, and keep nothing", async () => {
		const text = JSON.stringify(file)
			.replaceAll('"FooModel"', '"Gone"')
			.replace('"df_name":"bar"', '"df_name":"baz"')
			.replaceAll('"twice"', '"thrice"');
		const reason = await refusal(JSON.parse(text));
		expect(reason).toContain('400 save error: missing Device Model "Gone"');
		expect(reason).toContain('Function "thrice"');
		// Another's functions are as good as none, one's own or the system's of that name serve.
		expect(await refusal(file, "copy", OTHER)).toContain('Function "twice"');
		await office.ok(OTHER, "PUT", "/function", { fn_name: "twice", code: SOURCE });
		expect(await refusal(file, "plan", OTHER)).toBe("taken");
		expect(
			await office.store.read(({ projects }) => projects.list({ u_id: TEACHER.u_id })),
		).toHaveLength(1);
	});

	test("refuse other files and taken names", async () => {
		expect(await refusal("text")).toContain("400 Invalid format");
		expect(await refusal({ project: {} })).toContain("400 Invalid format: /project/");
		expect(await refusal(file, "plan")).toBe("400 project name already exists");
		const lonely = JSON.parse(
			JSON.stringify(file).replaceAll(`"dfo_id":${at.output}`, '"dfo_id":9999'),
		);
		expect(await refusal(lonely)).toContain("both sides");
	});

	test("refuse what is not under the number of an object, whatever it is", async () => {
		const { DeviceObject } = file.project;
		const object = DeviceObject[at.fooObject] ?? never();
		for (const odd of [1, null, [], {}, { a: 1 }, object]) {
			for (const key of ["a", "", "-1", "1.5", "constructor"]) {
				const objects = { ...DeviceObject, [key]: odd };
				const dfo = { ...object.dfo, [key]: odd };
				const within = { ...DeviceObject, [at.fooObject]: { ...object, dfo } };
				for (const altered of [objects, within]) {
					const project = { ...file.project, DeviceObject: altered };
					expect(await refusal({ project })).toStartWith(
						"400 Invalid format: /project/DeviceObject/",
					);
				}
			}
		}
	});

	test("refuse files with contradictions in them", async () => {
		const altered = (change: (project: ExportFile["project"]) => void) => {
			const copy: ExportFile = structuredClone(file);
			change(copy.project);
			return refusal(copy);
		};
		expect(
			await altered((project) => {
				for (const join of project.NetworkApplication) join.na_idx = 3;
			}),
		).toBe("400 Invalid format: na_idx 3 is there twice");
		expect(
			await altered(({ DeviceObject }) => {
				DeviceObject["77"] = structuredClone(DeviceObject[at.fooObject] ?? never());
			}),
		).toContain("is in two device objects");
		expect(
			await altered(({ DeviceObject }) => {
				const object = DeviceObject[at.fooObject] ?? never();
				object.dfo["9000"] = { df_name: "foo", alias_name: "again" };
			}),
		).toContain("has a feature twice");
		expect(
			await altered(({ NetworkApplication: [join = never()] }) => {
				const [link = never()] = join.DF_Module;
				join.DF_Module.push({ ...link, dfo_id: 9999 });
			}),
		).toBe("400 Invalid format: feature object 9999 is linked but not there");
	});

	test("with a bundle bring along what is used, as the importer's own", async () => {
		const whole = (await office.service.call("export_project", TEACHER, {
			...{ p_id: at.p, bundle: true },
		})) as ExportFile;
		expect(whole.bundle?.Function).toEqual([{ fn_name: "twice", code: SOURCE }]);
		expect(whole.bundle?.DeviceModel?.map(({ dm_name }) => dm_name)).toEqual([
			"FooModel",
			"BarModel",
		]);
		const other = await Office.open();
		const { p_id } = (await other.service.call("import_project", OTHER, {
			...{ p_name: "plan", file: JSON.parse(JSON.stringify(whole)) },
		})) as { p_id: number };
		const [model] = await other.store.read(({ models }) => models.list({ dm_name: "FooModel" }));
		expect(model?.u_id).toBe(OTHER.u_id);
		const again = (await other.service.call("export_project", OTHER, {
			p_id,
			bundle: true,
		})) as ExportFile;
		expect(again.bundle).toEqual(whole.bundle);
		const [fn] = await other.store.read(({ functions }) => functions.list({ fn_name: "twice" }));
		expect(fn).toMatchObject({ u_id: OTHER.u_id, is_protect: false });
	});

	test("with a bundle that does not compile, or is not one, keep nothing of it", async () => {
		const broken = {
			...file,
			bundle: { Function: [{ fn_name: "bad", code: "def run(x: return" }] },
		};
		expect(await refusal(broken)).toContain("400 Compile Error");
		const named = { ...file, bundle: { Function: [{ fn_name: "9bad", code: SOURCE }] } };
		expect(await refusal(named)).toContain("should begin with a letter");
		expect(await refusal({ ...file, bundle: { DeviceModel: "x" } })).toContain("Invalid format");
		const more = { Unit: [{ unit_name: "lux" }] };
		const incomplete = JSON.parse(
			JSON.stringify({ ...file, bundle: more }).replaceAll("twice", "no"),
		);
		expect(await refusal(incomplete)).toContain('missing Function "no"');
		expect(await office.store.read(({ units }) => units.list({ unit_name: "lux" }))).toEqual([]);
	});
});

function never(): never {
	throw new Error("the workshop has none");
}

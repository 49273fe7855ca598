import { Type } from "@sinclair/typebox";
import { NameSchema } from "../../contract/mod.ts";
import { notFound } from "../projects/refusal.ts";
import {
	TEMPLATES,
	type Template,
	type TemplateFile,
	type TemplateLanguage,
} from "../templates/templates.ts";
import { importedProject } from "./imported-project.ts";
import { type Call, operation } from "./operation.ts";

const Language = Type.Union([Type.Literal("en"), Type.Literal("zh")]);

const getTemplates = operation({
	name: "get_templates",
	who: "student",
	reads: true,
	input: Type.Object({}),
	run: async () =>
		TEMPLATES.map(({ name, files: { en, zh } }) => ({
			name,
			titles: { en: en.project.p_name, zh: zh.project.p_name },
			blocks: Object.values(en.project.DeviceObject).map(({ dm_name }) => dm_name),
			joins: en.project.NetworkApplication.length,
		})),
});

const createFromTemplate = operation({
	name: "create_project_from_template",
	who: "teacher",
	reads: false,
	input: Type.Object({
		name: Type.String({ minLength: 1 }),
		/** Without one the template's own, with a number where there is a project of that name. */
		p_name: Type.Optional(NameSchema),
		/** Of the names in it; English by default. */
		lang: Type.Optional(Language),
	}),
	run: async (call, { name, p_name: wanted, lang = "en" }) => {
		const template = TEMPLATES.find((one) => one.name === name) ?? notFound(`template ${name}`);
		const file = template.files[lang];
		const p_name = wanted ?? (await freeName(call, file.project.p_name));
		const own = withFunctions(file, await functionNames(call, template, lang));
		const project = { ...(await importedProject(call, p_name, own)), ...RUNNING };
		await call.tables.projects.put(project);
		call.changed(project.p_id);
		return { p_id: project.p_id, p_name };
	},
});

const RUNNING = { status: "on", sim: "on" } as const;

/** A name none of the person's projects has: `Thermometer`, `Thermometer 2`, … */
async function freeName({ person: { u_id }, tables }: Call, p_name: string): Promise<string> {
	const taken = new Set((await tables.projects.heads({ u_id })).map((head) => head.p_name));
	return firstFree(p_name, " ", (name) => taken.has(name));
}

/**
 * For each function of a template the name it has here: one that is there with the same source, in whatever language its
 * comments are, is used; a name that stands for another source is not.
 */
async function functionNames(
	{ person, tables }: Call,
	{ files }: Template,
	lang: TemplateLanguage,
): Promise<ReadonlyMap<string, string>> {
	const all = await tables.functions.list();
	const known = all.filter(({ u_id }) => u_id === null || u_id === person.u_id);
	const names = new Map<string, string>();
	for (const { fn_name } of files[lang].bundle.Function) {
		const sources = Object.values(files)
			.flatMap(({ bundle }) => bundle.Function)
			.flatMap((fn) => (fn.fn_name === fn_name ? [fn.code] : []));
		// The import prefers the person's own function to the system's.
		const isOther = (name: string) =>
			known.some((fn) => fn.fn_name === name && !sources.includes(fn.versions.at(-1)?.code ?? ""));
		names.set(fn_name, firstFree(fn_name, "_", isOther));
	}
	return names;
}

function firstFree(name: string, between: string, isTaken: (name: string) => boolean): string {
	for (let number = 1; ; number++) {
		const one = number === 1 ? name : `${name}${between}${number}`;
		if (!isTaken(one)) return one;
	}
}

/** The file with other names for its functions. */
function withFunctions(file: TemplateFile, names: ReadonlyMap<string, string>): unknown {
	return JSON.parse(JSON.stringify(file), (key: string, value: unknown) =>
		key === "fn_name" && typeof value === "string" ? (names.get(value) ?? value) : value,
	);
}

export const templateOperations = [getTemplates, createFromTemplate] as const;

import { Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { ConfigError, visible, withPlainNumbers } from "../../kit/mod.ts";
import { quoted } from "../advice.ts";
import { readJsonFile } from "../json-file.ts";
import { writeNewFile } from "../new-file.ts";
import type { GlobalOptions } from "../options.ts";
import { print } from "../output.ts";
import { say } from "../read-config.ts";
import type { ProjectOptions } from "./projects.ts";
import { ProjectServer } from "./server.ts";

const ProjectFile = Type.Object({ project: Type.Object({ p_name: Type.String() }) });
const Made = Type.Object({ p_id: Type.Integer() });

export interface ProjectExportOptions extends ProjectOptions {
	/** Without the models, features and functions it uses, as the original writes it. */
	readonly plain?: boolean;
}

/**
 * `iotctl project export NAME FILE`; `-` is standard output.
 * @throws NotRunning; ConfigError when it is none or several, or the file is there; DeniedError.
 */
export async function exportProject(
	options: GlobalOptions,
	name: string,
	file: string,
	{ owner, plain = false }: ProjectExportOptions,
): Promise<void> {
	const server = ProjectServer.find(options);
	const { p_id, p_name } = await server.project(name, owner);
	const bundle = plain ? "" : "&bundle=1";
	const content = await server.ask("GET", `/export_project?p_id=${p_id}${bundle}`);
	const text = `${JSON.stringify(content, null, "\t")}\n`;
	if (file === "-") return print(text);
	writeNewFile(file, text);
	const next = `iotctl project import --owner NAME ${quoted(file)}`;
	say(options, `Wrote ${visible(p_name)} to ${file}. Load it with: ${next}\n`);
}

export interface ProjectImportOptions extends ProjectOptions {
	/** Of the new project; that in the file by default. */
	readonly name?: string;
}

/**
 * `iotctl project import --owner NAME FILE`; `-` is standard input.
 * @throws NotRunning; ConfigError when the file is not a project or the server refuses it: then nothing was made.
 */
export async function importProject(
	options: GlobalOptions,
	file: string,
	{ owner, name, json = false }: ProjectImportOptions,
): Promise<void> {
	if (owner === undefined) {
		throw new ConfigError(
			"missing owner of the project: add --owner NAME, a teacher or administrator",
		);
	}
	const refuse = (why: string): never => {
		throw new ConfigError(`Cannot import "${file}": ${why}; nothing was changed`);
	};
	const content = readJsonFile(file, refuse);
	if (!Value.Check(ProjectFile, content)) return refuse("it is not an exported project");
	const p_name = name ?? content.project.p_name;
	const form = new FormData();
	form.set("p_name", p_name);
	form.set("owner", owner);
	form.set("importfilename", new Blob([JSON.stringify(withPlainNumbers(content))]), "project.json");
	const server = ProjectServer.find(options);
	const made = await server.ask("POST", "/import_project", form);
	if (json) return print(`${JSON.stringify(made, null, 2)}\n`);
	const id = Value.Check(Made, made) ? ` (${made.p_id})` : "";
	say(
		options,
		`Imported ${visible(p_name)}${id} for ${visible(owner)}: it is off and has no devices. See: iotctl project list\n`,
	);
}

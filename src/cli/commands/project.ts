import type { Command } from "commander";
import type { ProjectExportOptions, ProjectImportOptions } from "../projects/files.ts";
import type { CopyOptions, ProjectOptions } from "../projects/projects.ts";
import type { CliCommand } from "./command.ts";

const load = () => import("../projects/projects.ts");
const loadFiles = () => import("../projects/files.ts");

const ofOwner = (command: Command) =>
	command.option("--owner <NAME>", "its owner, where several projects have the name");
const named = (command: Command) => ofOwner(command.argument("<name>", "name or id"));

const list: CliCommand = {
	name: "list",
	description: "list all projects with their owners",
	example: "iotctl project list --owner ann",
	next: "iotctl project show NAME",
	build: (command, { options }) =>
		command
			.option("--owner <NAME>", "only those of this person")
			.option("--json", "print JSON")
			.action(async (how: ProjectOptions) =>
				(await load()).listProjects(await options("service"), how),
			),
};

const show: CliCommand = {
	name: "show",
	description: "show a project: its device objects, devices and joins",
	example: "iotctl project show weather",
	next: "iotctl graph show NAME draws it",
	build: (command, { options }) =>
		named(command)
			.option("--json", "print JSON")
			.action(async (name: string, how: ProjectOptions) =>
				(await load()).showProject(await options("service"), name, how),
			),
};

const on: CliCommand = {
	name: "on",
	description: "switch a project on: its data flow",
	example: "iotctl project on weather",
	next: "iotctl graph show NAME",
	build: (command, { options }) =>
		named(command).action(async (name: string, how: ProjectOptions) =>
			(await load()).switchProject(await options("service"), name, "on", how),
		),
};

const off: CliCommand = {
	name: "off",
	description: "switch a project off: its data stops, its devices stay bound",
	example: "iotctl project off weather",
	next: "iotctl project on NAME",
	build: (command, { options }) =>
		named(command).action(async (name: string, how: ProjectOptions) =>
			(await load()).switchProject(await options("service"), name, "off", how),
		),
};

const copy: CliCommand = {
	name: "copy",
	description: "copy a project, or make a copy for each student it is shared with",
	example: "iotctl project copy weather --for-members",
	next: "iotctl project list",
	build: (command, { options }) =>
		named(command)
			.argument("[new]", "name of the copy; its owner is the same")
			.option(
				"--for-members",
				"a copy NAME-STUDENT per student, who may edit it; adds those missing",
			)
			.option("--json", "print JSON")
			.action(async (name: string, copied: string | undefined, how: CopyOptions) =>
				(await load()).copyProject(await options("service"), name, copied, how),
			),
};

const exportOne: CliCommand = {
	name: "export",
	description: "write a project to a JSON file, with the models, features and functions it uses",
	example: "iotctl project export weather weather.json",
	next: "iotctl project import --owner NAME FILE, also on another server",
	build: (command, { options }) =>
		named(command)
			.argument("<FILE>", "file to write; - is standard output")
			.option("--plain", "the project alone, as the original writes it")
			.action(async (name: string, file: string, how: ProjectExportOptions) =>
				(await loadFiles()).exportProject(await options("service"), name, file, how),
			),
};

const importOne: CliCommand = {
	name: "import",
	description: "make a project of an exported file; all or nothing",
	example: "iotctl project import --owner ann weather.json",
	next: "iotctl project list",
	completion: "files",
	build: (command, { options }) =>
		command
			.argument(
				"<FILE>",
				"file written by iotctl project export, or the original; - is standard input",
			)
			.option("--owner <NAME>", "its owner, a teacher or administrator; required")
			.option("--name <NAME>", "name of the new project (default: that in the file)")
			.option("--json", "print JSON")
			.action(async (file: string, how: ProjectImportOptions) =>
				(await loadFiles()).importProject(await options("service"), file, how),
			),
};

export const project: CliCommand = {
	name: "project",
	description: "list, show, switch, copy, export and import people's projects",
	example: "iotctl project list",
	next: "iotctl graph show NAME",
	commands: [list, show, on, off, copy, exportOne, importOne],
};

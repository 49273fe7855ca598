import type { Command } from "commander";
import { buildProgram } from "../src/cli/program.ts";
import { VERSION } from "../src/kit/version.ts";
import { SERVER_MODULES } from "../src/servers/server-modules.ts";

/** The man page iotctl(1), made from the words of the command line and the ini's schema. */
export function manPage(): string {
	const program = buildProgram(async () => SERVER_MODULES);
	return [
		`.TH IOTCTL 1 "" "IoTtalk ${VERSION}" "User Commands"`,
		".SH NAME",
		"iotctl \\- IoTtalk gateway in one file",
		".SH SYNOPSIS",
		".B iotctl\n[\\fIoptions\\fR] \\fIcommand\\fR [\\fIarguments\\fR]",
		".SH DESCRIPTION",
		roff(program.description()),
		"Devices register over HTTP, talk MQTT, and their data flows through graphs of Python functions.",
		".SH OPTIONS",
		...optionsOf(program),
		".SH COMMANDS",
		...commandsOf(program, ""),
		".SH EXIT STATUS",
		"0 done; 1 failure, which stderr explains in one line; 2 wrong command line; 3 the server does not run; 4 it runs, but does not answer.",
		".SH FILES",
		".TP\n.I /etc/iotctl/iotctl.ini\nsettings of the service",
		".TP\n.I ~/.iottalk/iotctl.ini\nsettings of your own server",
		".TP\n.I ~/.iottalk\nuser directory without an ini: database and pid file",
		".SH ENVIRONMENT",
		".TP\n.B IOTCTL_CONFIG\nini file without \\fB\\-c\\fR",
		".TP\n.B IOTCTL_PASSWORD\npassword for \\fBuser add\\fR and \\fBuser passwd\\fR",
		".SH SETTINGS",
		"Keys of the ini with their defaults; \\fBiotctl genconf\\fR writes them with the values they accept.",
		...SERVER_MODULES.ini.sections.flatMap(({ name, fields }) =>
			fields
				.filter(({ hidden }) => !hidden)
				.map(
					({ key, schema, description }) =>
						`.TP\n.B [${roff(name)}] ${roff(key)} = ${roff(String(schema.default ?? ""))}\n${roff(description)}`,
				),
		),
		"",
	].join("\n");
}

function commandsOf(parent: Command, prefix: string): string[] {
	return parent
		.createHelp()
		.visibleCommands(parent)
		.filter((command) => command.name() !== "help")
		.flatMap((command) => {
			const name = `${prefix}${command.name()}`;
			if (command.commands.length > 0) return commandsOf(command, `${name} `);
			const words = command.registeredArguments.map(
				(argument) => `\\fI${roff(argument.name())}\\fR`,
			);
			return [
				`.TP\n\\fB${roff(name)}\\fR ${words.join(" ")}\n${roff(command.description())}`,
				...optionsOf(command).map((text) => `.RS\n${text}\n.RE`),
			];
		});
}

function optionsOf(command: Command): string[] {
	return command
		.createHelp()
		.visibleOptions(command)
		.filter(({ long }) => command.parent === null || long !== "--help")
		.map(({ flags, description }) => `.TP\n.B ${roff(flags)}\n${roff(description)}`);
}

/** Hyphens that are typed, and lines that must not begin like a request. */
function roff(text: string): string {
	return text
		.replaceAll("\\", "\\e")
		.replaceAll("-", "\\-")
		.replace(/^([.'])/, "\\&$1");
}

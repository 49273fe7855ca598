import type { CliCommand } from "./command.ts";

const load = () => import("../accounts.ts");
const PASSWORDS = "enter the password when asked, pipe it in, or set IOTCTL_PASSWORD";

const add: CliCommand = {
	name: "add",
	description: "add an administrator",
	example: "iotctl user add admin",
	next: PASSWORDS,
	build: (command, { options }) =>
		command
			.argument("<name>")
			.action(async (name: string) => (await load()).addUser(await options("service"), name)),
};

const passwd: CliCommand = {
	name: "passwd",
	description: "change a password; ends existing logins",
	example: "iotctl user passwd admin",
	next: PASSWORDS,
	build: (command, { options }) =>
		command
			.argument("<name>")
			.action(async (name: string) =>
				(await load()).changePassword(await options("service"), name),
			),
};

const list: CliCommand = {
	name: "list",
	description: "list administrators",
	example: "iotctl user list",
	next: "iotctl user del NAME",
	build: (command, { options }) =>
		command.action(async () => (await load()).listUsers(await options("service"))),
};

const del: CliCommand = {
	name: "del",
	description: "remove an administrator; ends their logins",
	example: "iotctl user del admin",
	next: "iotctl user list",
	build: (command, { options }) =>
		command
			.argument("<name>")
			.action(async (name: string) => (await load()).removeUser(await options("service"), name)),
};

export const user: CliCommand = {
	name: "user",
	description: "manage administrators",
	example: "iotctl user add admin",
	next: "iotctl token create phones",
	commands: [add, passwd, list, del],
};

import { InvalidArgumentError } from "commander";
import type { Role } from "../../store/mod.ts";
import { type CliCommand, dayCount, wholeNumber } from "./command.ts";

const load = () => import("../accounts.ts");
const PASSWORDS = "enter the password when asked, pipe it in, or set IOTCTL_PASSWORD";

const ROLES: readonly Role[] = ["admin", "teacher", "student"];
/** More are not people of one place. */
const MOST_PEOPLE = 100_000;

const add: CliCommand = {
	name: "add",
	description: "add an administrator, teacher or student",
	example: "iotctl user add admin",
	next: PASSWORDS,
	build: (command, { options }) =>
		command
			.argument("<name>")
			.option("--role <role>", "admin, teacher or student (default: admin)", roleNamed)
			.action(async (name: string, { role }: { role?: Role }) =>
				(await load()).addUser(await options("service"), name, role),
			),
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
	description: "list people with their roles",
	example: "iotctl user list",
	next: "iotctl user del NAME",
	build: (command, { options }) =>
		command.action(async () => (await load()).listUsers(await options("service"))),
};

const del: CliCommand = {
	name: "del",
	description: "remove a person; ends their logins",
	example: "iotctl user del admin",
	next: "iotctl user list",
	build: (command, { options }) =>
		command
			.argument("<name>")
			.action(async (name: string) => (await load()).removeUser(await options("service"), name)),
};

const code: CliCommand = {
	name: "code",
	description: "create a code people register with (registration = code); it is shown only once",
	example: "iotctl user code --days 7 --count 30",
	next: "people enter it where they register at http://<host>:<port>/gui/",
	build: (command, { options }) =>
		command
			.option("--days <N>", "days until it expires (default: 7)", dayCount)
			.option("--count <N>", "how many people may use it (default: 1)", peopleCount)
			.action(async ({ days = 7, count = 1 }: { days?: number; count?: number }) =>
				(await load()).createCode(await options("service"), { days, count }),
			),
};

const secret: CliCommand = {
	name: "secret",
	description: "create the secret a project manager elsewhere logs in with; it is shown only once",
	example: "iotctl user secret ccm",
	next: "set user = ccm and the password in [gui-mqtt] of the project manager's ini",
	build: (command, { options }) =>
		command
			.argument("<name>")
			.action(async (name: string) => (await load()).createSecret(await options("service"), name)),
};

export const user: CliCommand = {
	name: "user",
	description: "manage people and their logins",
	example: "iotctl user add admin",
	next: "iotctl token create phones",
	commands: [add, passwd, list, del, code, secret],
};

function roleNamed(text: string): Role {
	const role = ROLES.find((one) => one === text);
	if (role !== undefined) return role;
	throw new InvalidArgumentError("It must be admin, teacher or student.");
}

function peopleCount(text: string): number {
	const count = wholeNumber(text);
	if (count <= MOST_PEOPLE) return count;
	throw new InvalidArgumentError(`At most ${MOST_PEOPLE} are accepted.`);
}

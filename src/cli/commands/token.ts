import { type CliCommand, dayCount } from "./command.ts";

const load = () => import("../tokens.ts");
const EXAMPLE = "iotctl token create --days 30 phones";
const REGISTER = "register a device with it: PUT /<uuid>?token=<token>";

const create: CliCommand = {
	name: "create",
	description: "create a registration token; it is shown only once",
	example: EXAMPLE,
	next: REGISTER,
	build: (command, { options }) =>
		command
			.argument("<name>")
			.option("--days <N>", "days until it expires (default: never)", dayCount)
			.action(async (name: string, { days }: { days?: number }) =>
				(await load()).createToken(await options("service"), name, days),
			),
};

const list: CliCommand = {
	name: "list",
	description: "list registration tokens by name",
	example: "iotctl token list",
	next: "iotctl token revoke NAME",
	build: (command, { options }) =>
		command.action(async () => (await load()).listTokens(await options("service"))),
};

const revoke: CliCommand = {
	name: "revoke",
	description: "revoke a registration token",
	example: "iotctl token revoke phones",
	next: "iotctl token list",
	build: (command, { options }) =>
		command
			.argument("<name>")
			.action(async (name: string) => (await load()).revokeToken(await options("service"), name)),
};

export const token: CliCommand = {
	name: "token",
	description: "manage the tokens devices register with when logins are required",
	example: EXAMPLE,
	next: REGISTER,
	commands: [create, list, revoke],
};

import type { Command } from "commander";
import type { CertOptions } from "./cert.ts";
import { dayCount, type Options, sub, wholeNumber } from "./sub-command.ts";

/** Commands on logins and tokens. */
export function addAccountCommands(program: Command, options: Options): void {
	const load = () => import("./accounts.ts");
	const passwords = "type the password when asked, pipe it in, or set IOTCTL_PASSWORD";
	const user = sub(
		program,
		"user",
		"people who may do everything",
		"iotctl user add admin",
		"iotctl token create phones",
	);
	sub(user, "add", "add an admin", "iotctl user add admin", passwords)
		.argument("<name>")
		.action(async (name: string) => (await load()).addUser(options("service"), name));
	sub(user, "passwd", "change a password; old logins end", "iotctl user passwd admin", passwords)
		.argument("<name>")
		.action(async (name: string) => (await load()).changePassword(options("service"), name));
	sub(user, "list", "list admins", "iotctl user list", "iotctl user del NAME").action(async () =>
		(await load()).listUsers(options("service")),
	);
	sub(user, "del", "remove an admin; their logins end", "iotctl user del admin", "iotctl user list")
		.argument("<name>")
		.action(async (name: string) => (await load()).removeUser(options("service"), name));
	const token = sub(
		program,
		"token",
		"what devices register with where logins are asked for",
		"iotctl token create --days 30 phones",
		"register a device with it: PUT /<uuid>?token=<token>",
	);
	sub(
		token,
		"create",
		"make a registration token; it is shown once",
		"iotctl token create --days 30 phones",
		"register a device with it: PUT /<uuid>?token=<token>",
	)
		.argument("<name>")
		.option("--days <N>", "until it expires; without it never", dayCount)
		.action(async (name: string, { days }: { days?: number }) =>
			(await load()).createToken(options("service"), name, days),
		);
	sub(token, "list", "list tokens by name", "iotctl token list", "iotctl token revoke NAME").action(
		async () => (await load()).listTokens(options("service")),
	);
	sub(
		token,
		"revoke",
		"let nobody register with a token any more",
		"iotctl token revoke phones",
		"iotctl token list",
	)
		.argument("<name>")
		.action(async (name: string) => (await load()).revokeToken(options("service"), name));
}

/** Commands on certificates. */
export function addCertificateCommands(program: Command, options: Options): void {
	const cert = sub(
		program,
		"cert",
		"certificates, for encrypted connections",
		"iotctl cert self-signed gateway.local",
		"put what it prints into the ini",
	);
	sub(
		cert,
		"self-signed",
		"make a certificate for a network of your own",
		"iotctl -c iottalk.ini cert self-signed gateway.local 192.168.1.5",
		"put what it prints into the ini, and start the server again",
	)
		.argument("[names...]", "host names and addresses devices use, beside those this machine knows")
		.option("--days <N>", "how long it is good; 825, the most that phones take", wholeNumber)
		.option("--force", "replace one made before")
		.action(async (names: string[], how: CertOptions) =>
			(await import("./cert.ts")).selfSigned(options("service"), names, how),
		);
}

import type { CertOptions } from "../cert.ts";
import { type CliCommand, wholeNumber } from "./command.ts";

const selfSigned: CliCommand = {
	name: "self-signed",
	description: "make a certificate for a network of your own",
	example: "iotctl -c iottalk.ini cert self-signed gateway.local 192.168.1.5",
	next: "put what it prints into the ini, and start the server again",
	build: (command, { options }) =>
		command
			.argument(
				"[names...]",
				"host names and addresses devices use, beside those this machine knows",
			)
			.option("--days <N>", "how long it is good; 825, the most that phones take", wholeNumber)
			.option("--force", "replace one made before")
			.action(async (names: string[], how: CertOptions) =>
				(await import("../cert.ts")).selfSigned(options("service"), names, how),
			),
};

export const cert: CliCommand = {
	name: "cert",
	description: "certificates, for encrypted connections",
	example: "iotctl cert self-signed gateway.local",
	next: "put what it prints into the ini",
	commands: [selfSigned],
};

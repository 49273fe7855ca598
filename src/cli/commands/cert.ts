import type { CertOptions } from "../cert.ts";
import { type CliCommand, wholeNumber } from "./command.ts";

const selfSigned: CliCommand = {
	name: "self-signed",
	description: "create a certificate for a private network",
	example: "iotctl -c iottalk.ini cert self-signed gateway.local 192.168.1.5",
	next: "add what it prints to the ini, and restart the server",
	build: (command, { options }) =>
		command
			.argument("[names...]", "host names and IP addresses devices use, besides this machine's own")
			.option(
				"--days <N>",
				"days until it expires (default 825, the most that phones accept)",
				wholeNumber,
			)
			.option("--force", "replace an existing certificate")
			.action(async (names: string[], how: CertOptions) =>
				(await import("../cert.ts")).selfSigned(await options("service"), names, how),
			),
};

export const cert: CliCommand = {
	name: "cert",
	description: "manage TLS certificates",
	example: "iotctl cert self-signed gateway.local",
	next: "add what it prints to the ini",
	commands: [selfSigned],
};

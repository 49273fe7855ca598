import type { ServiceOptions } from "../service.ts";
import type { CliCommand } from "./command.ts";

const install: CliCommand = {
	name: "install",
	description: "install the unit and an ini, start the service now and at boot",
	example: "iotctl service install --dry-run",
	next: "journalctl -u iotctl",
	build: (command, { options }) =>
		command
			.option("--dry-run", "only print the unit")
			.action(async (how: ServiceOptions) =>
				(await import("../service.ts")).installService(await options("own"), how),
			),
};

const uninstall: CliCommand = {
	name: "uninstall",
	description: "stop and remove the service; keeps settings and data",
	example: "sudo iotctl service uninstall",
	next: "iotctl start",
	build: (command) =>
		command.action(async () => (await import("../service.ts")).uninstallService()),
};

const status: CliCommand = {
	name: "status",
	description: "show the systemd unit status",
	example: "iotctl service status",
	next: "journalctl -u iotctl",
	build: (command) =>
		command.action(async () => {
			process.exitCode = (await import("../service.ts")).serviceStatus();
		}),
};

export const service: CliCommand = {
	name: "service",
	description: "run the server as a systemd service",
	example: "sudo iotctl service install",
	next: "systemctl status iotctl",
	commands: [install, uninstall, status],
};

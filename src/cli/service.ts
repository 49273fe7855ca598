import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { loadConfig, renderSampleIni } from "../config/config.ts";
import { unitText } from "../daemon/unit.ts";
import { ConfigError, messageOf } from "../errors.ts";
import { selfCommand } from "../self-command.ts";
import type { GlobalOptions } from "./options.ts";

const UNIT = "/etc/systemd/system/iotctl.service";
const INI = "/etc/iotctl/iotctl.ini";
const STATE = "iotctl";
/** Where a service may be started from: ProtectHome hides the rest. */
const SYSTEM_PLACES = ["/usr/", "/opt/"];
const PROGRAM = "/usr/local/bin/iotctl";

export interface ServiceOptions {
	/** Only print the unit. */
	readonly dryRun?: boolean;
}

/** `iotctl service install`: writes the unit and an ini, and starts the service. */
export function installService(options: GlobalOptions, { dryRun = false }: ServiceOptions): void {
	const [program = "", ...rest] = selfCommand();
	if (rest.length > 0) {
		throw new ConfigError("only the executable can be a service; build it with: npm run build");
	}
	const isSystemPlace = SYSTEM_PLACES.some((place) => program.startsWith(place));
	const ini = options.config === undefined ? INI : resolve(options.config);
	const unit = unitText({
		program: isSystemPlace ? program : PROGRAM,
		ini,
		stateDirectory: STATE,
	});
	if (dryRun) {
		process.stdout.write(unit);
		return;
	}
	needSystemd();
	try {
		// The service has a user of its own, who reads these: whatever root's umask is.
		process.umask(0o022);
		if (!isSystemPlace) copyFileSync(program, PROGRAM);
		if (!existsSync(ini)) {
			mkdirSync(dirname(ini), { recursive: true });
			writeFileSync(ini, serviceIni());
		}
		loadConfig(ini);
		writeFileSync(UNIT, unit);
	} catch (error) {
		if (error instanceof ConfigError) throw error;
		throw new ConfigError(`Cannot install the service: ${messageOf(error)}; try sudo`);
	}
	systemctl("daemon-reload");
	systemctl("enable", "--now", "iotctl.service");
	process.stdout.write(
		`Installed ${UNIT}; it is running and starts with the machine.\n  settings  ${ini} (then: systemctl reload iotctl, or restart)\n  log       journalctl -u iotctl\n  status    iotctl -c ${ini} status\n  remove    iotctl service uninstall\n`,
	);
}

/** `iotctl service uninstall`: stops and forgets the service; settings and data stay. */
export function uninstallService(): void {
	needSystemd();
	if (!existsSync(UNIT)) {
		throw new ConfigError(`the service is not installed (${UNIT} does not exist)`);
	}
	systemctl("disable", "--now", "iotctl.service");
	rmSync(UNIT);
	systemctl("daemon-reload");
	process.stdout.write(
		`Removed ${UNIT}. Settings and data are still in ${dirname(INI)} and /var/lib/${STATE}\n`,
	);
}

/** `iotctl service status`: what systemd says. @returns systemctl's exit code. */
export function serviceStatus(): number {
	needSystemd();
	const { exitCode } = Bun.spawnSync(["systemctl", "--no-pager", "status", "iotctl.service"], {
		stdio: ["ignore", "inherit", "inherit"],
	});
	return exitCode;
}

/** The sample, with the state directory systemd gives, and open to this machine only. */
export function serviceIni(): string {
	return renderSampleIni({ "core.userdir": join("/var/lib", STATE), "core.bind": undefined });
}

function needSystemd(): void {
	if (existsSync("/run/systemd/system")) return;
	throw new ConfigError(
		"systemd does not run on this machine; iotctl start --detach csm runs the server in the background, and iotctl service install --dry-run prints the unit",
	);
}

function systemctl(...words: string[]): void {
	const { exitCode, stderr } = Bun.spawnSync(["systemctl", ...words]);
	if (exitCode === 0) return;
	throw new ConfigError(`systemctl ${words.join(" ")} failed: ${stderr.toString().trim()}`);
}

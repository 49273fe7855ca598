import {
	accessSync,
	constants,
	copyFileSync,
	existsSync,
	mkdirSync,
	readFileSync,
	renameSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { IniFormat } from "../config/mod.ts";
import { CSM_ONLY, SERVERS_FILE, unitText } from "../daemon/mod.ts";
import { ConfigError, DeniedError, selfCommand } from "../kit/mod.ts";
import type { Config } from "../settings/mod.ts";
import { SERVICE_INI } from "./ini-path.ts";
import type { GlobalOptions } from "./options.ts";
import { complain, print } from "./output.ts";
import { whyNoService } from "./service-fit.ts";
import { serviceMemory } from "./service-memory.ts";

const UNIT = "/etc/systemd/system/iotctl.service";
const STATE = "iotctl";
const STATE_PATH = join("/var/lib", STATE);
/** Where a service may be started from: ProtectHome hides the rest. */
const SYSTEM_PLACES = ["/usr/", "/opt/"];
const PROGRAM = "/usr/local/bin/iotctl";

export interface ServiceOptions {
	/** Only print the unit. */
	readonly dryRun?: boolean;
}

/** `iotctl service install`: writes the unit and an ini, and starts the service. */
export function installService(options: GlobalOptions, { dryRun = false }: ServiceOptions): void {
	const { ini: format } = options.modules;
	const [program = "", ...rest] = selfCommand();
	if (rest.length > 0) {
		throw new ConfigError(
			"only the compiled executable can be installed as a service; build it with: npm run build",
		);
	}
	const isSystemPlace = SYSTEM_PLACES.some((place) => program.startsWith(place));
	// What is found for the person who types is not meant for the service.
	const given = options.origin === "-c" ? options.config : undefined;
	const ini = given === undefined ? SERVICE_INI : resolve(given);
	if (ini !== SERVICE_INI && !existsSync(ini)) throw new ConfigError(`ini file not found: ${ini}`);
	const config = existsSync(ini) ? format.load(ini) : format.parse(ini, "");
	const unit = unitText({
		program: isSystemPlace ? program : PROGRAM,
		ini,
		stateDirectory: STATE,
		memoryBytes: serviceMemory(config, options.modules.names),
	});
	const refusal = existsSync(ini) ? whyNoService(ini, SERVICE_INI, STATE_PATH, format) : undefined;
	if (dryRun) {
		print(unit);
		if (refusal !== undefined) complain(`iotctl: it would be rejected: ${refusal}`);
		return;
	}
	needSystemd();
	if (refusal !== undefined) throw new ConfigError(`Cannot install the service: ${refusal}`);
	// The service has a user of its own, who reads these: whatever root's umask is.
	process.umask(0o022);
	write(UNIT, () => {
		if (!isSystemPlace) replaceProgram(program);
		if (!existsSync(ini)) {
			mkdirSync(dirname(ini), { recursive: true });
			writeFileSync(ini, serviceIni(format));
		}
		keepServers();
		writeFileSync(UNIT, unit);
	});
	systemctl("daemon-reload");
	systemctl("enable", "--now", "iotctl.service");
	print(
		`Installed ${UNIT}; it is running and starts at boot.\n  settings  ${ini} (then: systemctl reload iotctl, or restart)\n  log       journalctl -u iotctl\n  status    sudo iotctl -c ${ini} status\n  remove    iotctl service uninstall\n`,
	);
}

/** `iotctl service uninstall`: stops and forgets the service; settings and data stay. */
export function uninstallService(): void {
	needSystemd();
	if (!existsSync(UNIT)) {
		throw new ConfigError(`the service is not installed (${UNIT} does not exist)`);
	}
	// Before anything is stopped that could not be removed afterwards.
	write(UNIT, () => accessSync(dirname(UNIT), constants.W_OK));
	systemctl("disable", "--now", "iotctl.service");
	rmSync(UNIT);
	systemctl("daemon-reload");
	print(
		`Removed ${UNIT}. Settings and data are still in ${dirname(SERVICE_INI)} and /var/lib/${STATE}\n`,
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
export function serviceIni(format: IniFormat<Config>): string {
	return format.sample({ "core.userdir": STATE_PATH, "core.bind": undefined });
}

/** A unit of a version that had CSM alone is replaced by one that starts all: it goes on with CSM. */
function keepServers(): void {
	if (!existsSync(UNIT) || existsSync(SERVERS_FILE)) return;
	const isCsmAlone = /^ExecStart=.* start csm$/m.test(readFileSync(UNIT, "utf8"));
	if (isCsmAlone) writeFileSync(SERVERS_FILE, CSM_ONLY);
}

/** Beside the one that may be running, and then in its place: a program that runs cannot be written to. */
function replaceProgram(program: string): void {
	copyFileSync(program, `${PROGRAM}.new`);
	renameSync(`${PROGRAM}.new`, PROGRAM);
}

/** @throws ConfigError in words when the system does not let us. */
function write(path: string, work: () => void): void {
	try {
		work();
	} catch (error) {
		throw DeniedError.from("Cannot change the service", path, error);
	}
}

function needSystemd(): void {
	if (existsSync("/run/systemd/system")) return;
	throw new ConfigError(
		"systemd is not running on this machine; iotctl start --detach runs the server in the background, and iotctl service install --dry-run prints the unit",
	);
}

function systemctl(...words: string[]): void {
	const { exitCode, stderr } = Bun.spawnSync(["systemctl", ...words]);
	if (exitCode === 0) return;
	throw new ConfigError(`systemctl ${words.join(" ")} failed: ${stderr.toString().trim()}`);
}

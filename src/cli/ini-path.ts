import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** The service's settings: the Debian package and `iotctl service install` put them there. */
export const SERVICE_INI = "/etc/iotctl/iotctl.ini";

/**
 * Whose server a command is for. `own`: it would start or fill one of the user's own. `service`: it speaks to a
 * server that is there, or works on its data.
 */
export type Reach = "own" | "service";

/** How the ini in use was found. */
export type IniOrigin = "-c" | "IOTCTL_CONFIG" | "user directory" | "service";

export interface FoundIni {
	readonly path: string;
	readonly origin: IniOrigin;
}

/** What the search depends on. */
export interface Surroundings {
	readonly home: string;
	/** The variable `IOTCTL_CONFIG`. */
	readonly variable: string | undefined;
	readonly isRoot: boolean;
	exists(path: string): boolean;
}

/**
 * The ini a command uses: that of `-c`, of `IOTCTL_CONFIG`, `iotctl.ini` in the default user directory, or the
 * service's. The last one is root's, and for commands that speak to the running service also that of a user
 * without a database of their own: `initdb` and `start` of an ordinary user never touch the service.
 * @returns undefined when all defaults count.
 */
export function findIni(
	given: string | undefined,
	reach: Reach,
	around: Surroundings = surroundings(),
): FoundIni | undefined {
	if (given !== undefined) return { path: given, origin: "-c" };
	const { home, variable, isRoot, exists } = around;
	if (variable !== undefined && variable !== "") {
		return { path: variable, origin: "IOTCTL_CONFIG" };
	}
	const own = join(home, ".iottalk");
	const ownIni = join(own, "iotctl.ini");
	if (exists(ownIni)) return { path: ownIni, origin: "user directory" };
	const isService = isRoot || (reach === "service" && !exists(join(own, "iottalk.db")));
	return isService && exists(SERVICE_INI) ? { path: SERVICE_INI, origin: "service" } : undefined;
}

function surroundings(): Surroundings {
	return {
		home: homedir(),
		variable: process.env.IOTCTL_CONFIG,
		isRoot: process.getuid?.() === 0,
		exists: existsSync,
	};
}
